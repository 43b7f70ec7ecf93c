import { type Bundle, bundleFromJSON, ValidationError } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { limits } from '#lib/model/limits.ts';
import { BundleJson, bundleVersionOf } from './bundle-schema.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { parseJson } from './json.ts';
import type { HashName } from './keys.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import type { ItemContent, SignedItem } from './signed-item.ts';

/**
 * Reads a Sigstore bundle, v0.1 to v0.3. The JSON is checked against the closed schema first: the
 * generated reader underneath would skip unknown members and take one of two contents.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export function readBundle(bytes: Uint8Array): SignedItem | Refusal {
  const json = parseJson(bytes);
  if (isRefusal(json)) return json;
  const version = bundleVersionOf(json);
  if (isRefusal(version)) return version;
  const shape = BundleJson.safeParse(json);
  if (!shape.success) {
    const issue = shape.error.issues[0];
    return invalid('bundle-malformed', `${issue?.path.join('.') || 'bundle'}: ${issue?.message}`);
  }
  const excess = checkCounts(shape.data);
  if (excess) return excess;
  try {
    return itemOf(bundleFromJSON(shape.data), version);
  } catch (error) {
    if (error instanceof ValidationError)
      return invalid('bundle-malformed', `the bundle lacks ${error.fields.join(', ')}`);
    throw error;
  }
}

/** sigstore-go stops at the same counts: more is an attack on the reader (GHSA-cq38-jh5f-37mq). */
function checkCounts({ verificationMaterial: material }: BundleJson): Refusal | undefined {
  const entries = material.tlogEntries?.length ?? 0;
  const tokens = material.timestampVerificationData?.rfc3161Timestamps?.length ?? 0;
  const certificates = material.x509CertificateChain?.certificates.length ?? 0;
  if (entries > limits.bundleEntries || tokens > limits.bundleEntries)
    return inconclusive(
      'limit-exceeded',
      `the bundle has ${entries} log entries, ${tokens} timestamps`,
    );
  if (certificates > limits.certificates)
    return inconclusive('limit-exceeded', `the bundle has ${certificates} certificates`);
  return undefined;
}

function itemOf(bundle: Bundle, version: number): SignedItem | Refusal {
  const certificates = certificatesOf(bundle);
  if (isRefusal(certificates)) return certificates;
  const [certificate, ...chain] = certificates;
  if (chain.some(({ x509 }) => x509.checkIssued(x509)) && version >= 3)
    return invalid('cert-root-in-bundle', 'the chain in the bundle ends in its own root');
  const content = contentOf(bundle);
  if (isRefusal(content)) return content;
  const material = bundle.verificationMaterial;
  return {
    layout: 'bundle',
    ...content,
    ...(certificate && { certificate }),
    chain,
    tlogEntries: material.tlogEntries,
    timestamps:
      material.timestampVerificationData?.rfc3161Timestamps.map(({ signedTimestamp }) =>
        Buffer.from(signedTimestamp),
      ) ?? [],
    unreadTimestamps: 0,
    notes: [],
  };
}

function certificatesOf({ verificationMaterial }: Bundle): readonly Certificate[] | Refusal {
  const { content } = verificationMaterial;
  const raw = rawCertificates(content);
  const certificates: Certificate[] = [];
  for (const { rawBytes } of raw) {
    const parsed = parseCertificate(Buffer.from(rawBytes));
    if (isRefusal(parsed)) return parsed;
    certificates.push(parsed);
  }
  return certificates;
}

function rawCertificates(content: Bundle['verificationMaterial']['content']) {
  switch (content.$case) {
    case 'certificate':
      return [content.certificate];
    case 'x509CertificateChain':
      return content.x509CertificateChain.certificates;
    case 'publicKey':
      return [];
  }
}

const hashNames: Readonly<Partial<Record<HashAlgorithm, HashName>>> = {
  [HashAlgorithm.SHA2_256]: 'sha256',
  [HashAlgorithm.SHA2_384]: 'sha384',
  [HashAlgorithm.SHA2_512]: 'sha512',
};

function contentOf(bundle: Bundle): { content: ItemContent; signature: Buffer } | Refusal {
  if (bundle.content.$case === 'dsseEnvelope') {
    const { payloadType, payload, signatures } = bundle.content.dsseEnvelope;
    const values = signatures.map(({ sig }) => Buffer.from(sig));
    const [signature] = values;
    // More than one signature would leave open which of them a log entry and a key belong to.
    if (signature === undefined || values.length !== 1)
      return invalid('bundle-malformed', `the envelope has ${values.length} signatures, not one`);
    const envelope = { payloadType, payload: Buffer.from(payload), signatures: values };
    return { content: { form: 'dsse', envelope }, signature };
  }
  const { messageDigest, signature } = bundle.content.messageSignature;
  const algorithm = hashNames[messageDigest.algorithm];
  if (algorithm === undefined)
    return inconclusive('unsupported-algorithm', 'the message digest is of an unsupported kind');
  return {
    content: { form: 'message', algorithm, digest: Buffer.from(messageDigest.digest) },
    signature: Buffer.from(signature),
  };
}
