import type { CosignAnnotations, Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import { decodeBase64 } from './base64.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { parseEnvelope, strayMember } from './envelope.ts';
import { isObject, parseJson } from './json.ts';
import { readPem } from './pem.ts';
import { readBundle } from './read-bundle.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import { readRekorAnnotation } from './rekor-entry.ts';
import type { SignedItem } from './signed-item.ts';

/**
 * The signatures in one item of evidence, in one shape. A legacy attestation may carry several, any
 * of which may count; everything else carries one. Nothing is believed here.
 */
export function readEvidence(evidence: Evidence): readonly SignedItem[] | Refusal {
  switch (evidence.kind) {
    case 'cosign-signature':
      return readSignatureLayer(asBuffer(evidence.payload), evidence.annotations);
    case 'cosign-attestation':
      return readAttestationLayer(evidence.envelope, evidence.annotations);
    case 'sigstore-bundle': {
      const item = readBundle(evidence.bundle);
      return isRefusal(item) ? item : [item];
    }
    case 'content-trust':
      return inconclusive('unsupported-format', 'it is Docker Content Trust data');
    case 'notation':
      return inconclusive('unsupported-format', 'it is a Notation signature');
    case 'unsigned-attachment':
      return invalid('no-signature', `${evidence.mediaType} is present, but nobody signed it`);
    case 'unreadable':
      return inconclusive(evidence.reason, evidence.detail);
  }
}

/** The same bytes, not a copy. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

type Provenance = Pick<
  SignedItem,
  'certificate' | 'chain' | 'tlogEntries' | 'timestamps' | 'notes'
>;

function readSignatureLayer(
  payload: Buffer,
  annotations: CosignAnnotations,
): readonly SignedItem[] | Refusal {
  if (!annotations.signature)
    return invalid('signature-bad', 'the layer has no signature annotation');
  // openssl wraps what it writes, and cosign, like Go's decoder, passes over line breaks alone.
  const signature =
    decodeBase64(annotations.signature) ??
    decodeBase64(annotations.signature.replace(/[\r\n]+/g, ''));
  if (signature === undefined)
    return invalid('base64-malformed', 'the signature annotation is not proper base64');
  const provenance = readProvenance(annotations);
  if (isRefusal(provenance)) return provenance;
  const content = { form: 'simple-signing', payload } as const;
  return [{ layout: 'legacy', content, signature, timestamped: signature, ...provenance }];
}

function readAttestationLayer(
  bytes: Uint8Array,
  annotations: CosignAnnotations,
): readonly SignedItem[] | Refusal {
  const envelope = parseEnvelope(bytes);
  if (isRefusal(envelope)) return envelope;
  if (envelope.payloadType !== mediaTypes.inToto)
    return invalid('payload-type', `the envelope holds ${JSON.stringify(envelope.payloadType)}`);
  if (envelope.signatures.length === 0)
    return invalid('signature-bad', 'the envelope has no signature');
  const provenance = readProvenance(annotations);
  if (isRefusal(provenance)) return provenance;
  return envelope.signatures.map((signature) => ({
    layout: 'legacy',
    content: { form: 'dsse', envelope },
    signature,
    // Cosign timestamps the whole envelope here, not its signature as every other format does.
    timestamped: bytes,
    ...provenance,
  }));
}

function readProvenance(annotations: CosignAnnotations): Provenance | Refusal {
  const notes: string[] = [];
  const certificate = readLeaf(annotations.certificate, notes);
  if (isRefusal(certificate)) return certificate;
  const entry = annotations.rekorBundle ? readRekorAnnotation(annotations.rekorBundle) : undefined;
  if (isRefusal(entry)) return entry;
  const token = annotations.timestamp ? readTimestamp(annotations.timestamp) : undefined;
  if (isRefusal(token)) return token;
  return {
    ...(certificate && { certificate }),
    chain: readChain(annotations.chain, notes),
    tlogEntries: entry ? [entry] : [],
    timestamps: token ? [token] : [],
    notes,
  };
}

/** The first certificate counts, as Go's pem.Decode has it; more is odd and said so. */
function readLeaf(pem: string | undefined, notes: string[]): Certificate | Refusal | undefined {
  if (!pem) return undefined;
  const { blocks, surplus } = readPem(pem, 'CERTIFICATE');
  const [first] = blocks;
  if (first === undefined)
    return invalid('cert-malformed', 'the certificate annotation holds no PEM certificate');
  if (blocks.length > 1 || surplus)
    notes.push('the certificate annotation holds more than one certificate');
  return parseCertificate(first);
}

/**
 * Certificates of the chain that can be read; a root among them is dropped, it proves nothing. One more
 * than the limit is kept, so that the path knows that there were too many.
 */
function readChain(pem: string | undefined, notes: string[]): readonly Certificate[] {
  if (!pem) return [];
  const chain = readPem(pem, 'CERTIFICATE')
    .blocks.slice(0, limits.certificates + 1)
    .map(parseCertificate)
    .filter((certificate): certificate is Certificate => !isRefusal(certificate));
  const above = chain.filter(({ subjectDer, issuerDer }) => !subjectDer.equals(issuerDer));
  if (above.length < chain.length) notes.push('the chain annotation carries a root certificate');
  return above;
}

function readTimestamp(text: string): Buffer | Refusal {
  const malformed = invalid('tsa-bad', 'the timestamp annotation is malformed');
  const json = parseJson(text);
  if (isRefusal(json) || !isObject(json)) return malformed;
  const stray = strayMember(json, ['SignedRFC3161Timestamp']);
  if (stray) return stray;
  const value = json['SignedRFC3161Timestamp'];
  return (typeof value === 'string' ? decodeBase64(value) : undefined) ?? malformed;
}
