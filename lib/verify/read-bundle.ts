import { limits } from '#lib/model/limits.ts';
import { tlogEntryAt } from './bundle-log-entry.ts';
import { bundleVersionOf } from './bundle-version.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import {
  bytesAt,
  dsseBytesAt,
  listAt,
  maybe,
  misfit,
  objectAt,
  readShape,
  textAt,
} from './json-shape.ts';
import type { HashName } from './keys.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import type { ItemContent, SignedItem } from './signed-item.ts';

/**
 * Reads a Sigstore bundle, v0.1 to v0.3. The shape is closed: a member that is not known here, a
 * second content or a second kind of key is refused, because readers differ in what they make of it.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export function readBundle(bytes: Uint8Array): SignedItem | Refusal {
  const json = parseJson(bytes);
  if (isRefusal(json)) return json;
  const version = bundleVersionOf(json);
  if (isRefusal(version)) return version;
  return readShape(() => bundleAt(json, version));
}

function bundleAt(json: JsonValue, version: number): SignedItem | Refusal {
  const bundle = objectAt(json, 'bundle', [
    'mediaType',
    'verificationMaterial',
    'messageSignature',
    'dsseEnvelope',
  ]);
  const material = objectAt(bundle['verificationMaterial'], 'verificationMaterial', [
    'x509CertificateChain',
    'certificate',
    'publicKey',
    'tlogEntries',
    'timestampVerificationData',
  ]);
  const excess = checkCounts(material);
  if (excess) return excess;
  const tlogEntries = listAt(material['tlogEntries'], 'tlogEntries', (one, path) =>
    tlogEntryAt(one, path, version),
  );
  const timestamps = timestampsAt(material['timestampVerificationData']);
  const content = contentAt(bundle);
  if (isRefusal(content)) return content;
  const certificates = certificatesOf(certificatesAt(material));
  if (isRefusal(certificates)) return certificates;
  if (version >= 3 && material['x509CertificateChain'] !== undefined)
    return refuseChain(certificates);
  const [certificate, ...chain] = certificates;
  return {
    layout: 'bundle',
    ...content,
    ...(certificate && { certificate }),
    chain,
    tlogEntries,
    timestamps,
    timestamped: content.signature,
    notes: [],
  };
}

/**
 * sigstore-go stops at the same counts: more is an attack on the reader (GHSA-cq38-jh5f-37mq). Looked
 * at before anything else of the lists is read.
 */
function checkCounts(material: JsonObject): Refusal | undefined {
  const lengthOf = (value: JsonValue | undefined, member?: string): number => {
    const list = member !== undefined && isObject(value) ? value[member] : value;
    return Array.isArray(list) ? list.length : 0;
  };
  const entries = lengthOf(material['tlogEntries']);
  const tokens = lengthOf(material['timestampVerificationData'], 'rfc3161Timestamps');
  const certificates = lengthOf(material['x509CertificateChain'], 'certificates');
  if (entries > limits.bundleEntries || tokens > limits.bundleEntries)
    return inconclusive(
      'limit-exceeded',
      `the bundle has ${entries} log entries, ${tokens} timestamps`,
    );
  if (certificates > limits.certificates)
    return inconclusive('limit-exceeded', `the bundle has ${certificates} certificates`);
  return undefined;
}

/** Version 0.3 carries the leaf alone (sigstore_bundle.proto, VerificationMaterial). */
const refuseChain = (certificates: readonly Certificate[]): Refusal =>
  certificates.some(({ subjectDer, issuerDer }) => subjectDer.equals(issuerDer))
    ? invalid('cert-root-in-bundle', 'the chain in the bundle ends in its own root')
    : invalid('bundle-malformed', 'a bundle of version 0.3 carries one certificate, not a chain');

/** The certificates, leaf first; none where a bare key signed. */
function certificatesAt(material: JsonObject): readonly Buffer[] {
  const { x509CertificateChain: chain, certificate, publicKey } = material;
  const kinds = [chain, certificate, publicKey].filter((one) => one !== undefined);
  if (kinds.length !== 1)
    misfit('verificationMaterial', 'must hold exactly one of certificate, chain and public key');
  if (publicKey !== undefined) {
    maybe(objectAt(publicKey, 'publicKey', ['hint'])['hint'], (hint) => textAt(hint, 'hint'));
    return [];
  }
  if (certificate !== undefined) return [certificateAt(certificate, 'certificate')];
  const inside = objectAt(chain, 'x509CertificateChain', ['certificates']);
  const certificates = listAt(inside['certificates'], 'certificates', certificateAt);
  return certificates.length > 0 ? certificates : misfit('x509CertificateChain', 'is empty');
}

const certificateAt = (value: JsonValue, path: string): Buffer =>
  bytesAt(objectAt(value, path, ['rawBytes'])['rawBytes'], `${path}.rawBytes`);

function certificatesOf(raw: readonly Buffer[]): readonly Certificate[] | Refusal {
  const certificates: Certificate[] = [];
  for (const der of raw) {
    const parsed = parseCertificate(der);
    if (isRefusal(parsed)) return parsed;
    certificates.push(parsed);
  }
  return certificates;
}

const timestampsAt = (value: JsonValue | undefined): readonly Buffer[] =>
  maybe(value, (data) => {
    const inside = objectAt(data, 'timestampVerificationData', ['rfc3161Timestamps']);
    return listAt(inside['rfc3161Timestamps'], 'rfc3161Timestamps', (one, path) =>
      bytesAt(objectAt(one, path, ['signedTimestamp'])['signedTimestamp'], path),
    );
  }) ?? [];

const hashNames: Readonly<Record<string, HashName>> = {
  '1': 'sha256',
  SHA2_256: 'sha256',
  '2': 'sha384',
  SHA2_384: 'sha384',
  '3': 'sha512',
  SHA2_512: 'sha512',
};

interface Content {
  readonly content: ItemContent;
  readonly signature: Buffer;
}

function contentAt({
  messageSignature: message,
  dsseEnvelope: dsse,
}: JsonObject): Content | Refusal {
  if ((message === undefined) === (dsse === undefined))
    return misfit('bundle', 'must hold either a message signature or an envelope');
  return dsse === undefined ? messageAt(message) : envelopeAt(dsse);
}

function envelopeAt(value: JsonValue): Content {
  const path = 'dsseEnvelope';
  const envelope = objectAt(value, path, ['payload', 'payloadType', 'signatures']);
  const payload = dsseBytesAt(envelope['payload'], `${path}.payload`);
  const signatures = listAt(envelope['signatures'], `${path}.signatures`, (one, place) => {
    const entry = objectAt(one, place, ['sig', 'keyid']);
    maybe(entry['keyid'], (id) => textAt(id, `${place}.keyid`));
    return dsseBytesAt(entry['sig'], `${place}.sig`);
  });
  const [signature] = signatures;
  // More than one signature would leave open which of them a log entry and a key belong to.
  if (signature === undefined || signatures.length !== 1)
    return misfit(path, `has ${signatures.length} signatures, not one`);
  if (payload.length === 0 || signature.length === 0) misfit(path, 'has nothing in it');
  const payloadType = textAt(envelope['payloadType'], `${path}.payloadType`);
  return { content: { form: 'dsse', envelope: { payloadType, payload, signatures } }, signature };
}

function messageAt(value: JsonValue | undefined): Content | Refusal {
  const path = 'messageSignature';
  const message = objectAt(value, path, ['messageDigest', 'signature']);
  const about = objectAt(message['messageDigest'], `${path}.messageDigest`, [
    'algorithm',
    'digest',
  ]);
  const digest = bytesAt(about['digest'], `${path}.messageDigest.digest`);
  const signature = bytesAt(message['signature'], `${path}.signature`);
  if (digest.length === 0 || signature.length === 0) misfit(path, 'has nothing in it');
  const name = String(about['algorithm']);
  const algorithm = Object.hasOwn(hashNames, name) ? hashNames[name] : undefined;
  if (algorithm === undefined)
    return inconclusive('unsupported-algorithm', 'the message digest is of an unsupported kind');
  return { content: { form: 'message', algorithm, digest }, signature };
}
