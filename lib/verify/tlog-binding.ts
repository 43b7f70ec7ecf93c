import { createHash } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import type { Artifact } from './artifact.ts';
import { decodeBase64 } from './base64.ts';
import { parseCertificate } from './certificate.ts';
import { preAuthEncoding } from './envelope.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { type HashName, type PreparedKey, prepareSpki } from './keys.ts';
import { readPem } from './pem.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';

/** The digest of what was signed, by any of the algorithms; undefined where it cannot be known. */
export type DigestOf = (algorithm: HashName) => Buffer | undefined;

/** What an entry says it is about, whatever its kind. Digests and signatures as bytes. */
interface Recorded {
  readonly digest: {
    readonly of: 'signed' | 'payload';
    readonly algorithm: HashName;
    readonly value: Buffer;
  };
  readonly signature: Buffer;
  /** DER certificate or SPKI. */
  readonly verifier: Buffer;
}

/**
 * Demands that a log entry is about this very signature by this very key: digest, signature bytes
 * and verifier must all be equal. A log holds true entries about other signatures, so inclusion alone
 * proves nothing, and an entry under another key hides who signed (CVE-2022-23649, CVE-2026-22703).
 */
export function checkLogBinding(
  entry: TransparencyLogEntry,
  item: SignedItem,
  key: PreparedKey,
  artifact: Artifact,
): Refusal | undefined {
  const recorded = readEntry(entry);
  if (isRefusal(recorded)) return recorded;
  const { of, algorithm, value } = recorded.digest;
  const expected = (of === 'payload' ? payloadDigestOf(item) : signedDigestOf(item, artifact))(
    algorithm,
  );
  if (expected === undefined || !value.equals(expected))
    return invalid('tlog-body', 'the log entry records the digest of something else');
  if (!recorded.signature.equals(item.signature))
    return invalid('tlog-body', 'the log entry records another signature');
  return compareVerifier(recorded.verifier, item.certificate?.der, key);
}

/** Digests of the bytes under the signature; of a message, of the artifact. */
export function signedDigestOf({ content }: SignedItem, artifact: Artifact): DigestOf {
  if (content.form === 'simple-signing') return digestsOf(content.payload);
  if (content.form === 'dsse') return digestsOf(preAuthEncoding(content.envelope));
  return (algorithm) => {
    const hex = artifact.digests[algorithm];
    return hex === undefined ? undefined : Buffer.from(hex, 'hex');
  };
}

/** Digests of the payload of an envelope. */
export const payloadDigestOf = ({ content }: SignedItem): DigestOf =>
  content.form === 'dsse' ? digestsOf(content.envelope.payload) : () => undefined;

const digestsOf =
  (bytes: Uint8Array): DigestOf =>
  (algorithm) =>
    createHash(algorithm).update(bytes).digest();

/** Certificates are compared as DER, keys as SPKI: writers differ in the line ends of PEM. */
function compareVerifier(
  verifier: Buffer,
  certificate: Buffer | undefined,
  key: PreparedKey,
): Refusal | undefined {
  if (verifier.equals(certificate ?? key.spki)) return undefined;
  const other = describeVerifier(verifier);
  return invalid('tlog-key', `the log entry names ${other}, not the one that signed`);
}

function describeVerifier(der: Buffer): string {
  const certificate = parseCertificate(der);
  if (!isRefusal(certificate)) return `a certificate of ${certificate.subjectNames[0]?.value}`;
  const key = prepareSpki(der);
  return isRefusal(key) ? 'no key that can be read' : `the key ${key.fingerprint}`;
}

function readEntry(entry: TransparencyLogEntry): Recorded | Refusal {
  const json = parseJson(entry.canonicalizedBody);
  if (isRefusal(json)) return invalid('tlog-body', `the log entry: ${json.detail}`);
  const spec = isObject(json) ? json['spec'] : undefined;
  if (!isObject(json) || !isObject(spec)) return invalid('tlog-body', 'the log entry has no spec');
  const { kind, version } = entry.kindVersion;
  if (json['kind'] !== kind || json['apiVersion'] !== version)
    return invalid('tlog-body', `the log entry is not of the kind ${kind} ${version}`);
  const read = readers[`${kind} ${version}`];
  if (read === undefined)
    return inconclusive('unsupported-format', `log entries of the kind ${kind} ${version}`);
  return (
    read(spec) ?? invalid('tlog-body', `the ${kind} entry lacks digest, signature or verifier`)
  );
}

type Reader = (spec: JsonObject) => Recorded | undefined;

const readers: Readonly<Record<string, Reader>> = {
  'hashedrekord 0.0.1': (spec) =>
    recorded(
      'signed',
      hashV1(at(spec, 'data', 'hash')),
      base64(at(spec, 'signature', 'content')),
      pemInBase64(at(spec, 'signature', 'publicKey', 'content')),
    ),
  'dsse 0.0.1': (spec) => {
    const entry = onlyItem(spec['signatures']);
    return recorded(
      'payload',
      hashV1(spec['payloadHash']),
      base64(at(entry, 'signature')),
      pemInBase64(at(entry, 'verifier')),
    );
  },
  'intoto 0.0.2': (spec) => {
    const entry = onlyItem(at(spec, 'content', 'envelope', 'signatures'));
    // The signature is encoded twice in this kind.
    const once = base64(at(entry, 'sig'));
    return recorded(
      'payload',
      hashV1(at(spec, 'content', 'payloadHash')),
      once && decodeBase64(once.toString('latin1')),
      pemInBase64(at(entry, 'publicKey')),
    );
  },
  'hashedrekord 0.0.2': (spec) => {
    const v2 = at(spec, 'hashedRekordV002');
    return recorded(
      'signed',
      hashV2(at(v2, 'data')),
      base64(at(v2, 'signature', 'content')),
      verifierV2(at(v2, 'signature', 'verifier')),
    );
  },
  'dsse 0.0.2': (spec) => {
    const v2 = at(spec, 'dsseV002');
    const entry = onlyItem(at(v2, 'signatures'));
    return recorded(
      'payload',
      hashV2(at(v2, 'payloadHash')),
      base64(at(entry, 'content')),
      verifierV2(at(entry, 'verifier')),
    );
  },
};

/** True for kinds of entry whose content can be compared here. */
export const isKnownEntryKind = ({ kind, version }: { kind: string; version: string }): boolean =>
  Object.hasOwn(readers, `${kind} ${version}`);

function recorded(
  of: 'signed' | 'payload',
  digest: Omit<Recorded['digest'], 'of'> | undefined,
  signature: Buffer | undefined,
  verifier: Buffer | undefined,
): Recorded | undefined {
  if (digest === undefined || signature === undefined || verifier === undefined) return undefined;
  return { digest: { of, ...digest }, signature, verifier };
}

/** Follows member names; undefined where one is missing. */
function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const name of path) current = isObject(current) ? current[name] : undefined;
  return current;
}

const onlyItem = (value: JsonValue | undefined): JsonValue | undefined =>
  Array.isArray(value) && value.length === 1 ? value[0] : undefined;

const base64 = (value: JsonValue | undefined): Buffer | undefined =>
  typeof value === 'string' && value !== '' ? decodeBase64(value) : undefined;

const hashBytes: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };
const isHashName = (name: string): name is HashName => Object.hasOwn(hashBytes, name);

/** `{ algorithm, value }` with the value in hex and of the length of the algorithm. */
function hashV1(hash: JsonValue | undefined): Omit<Recorded['digest'], 'of'> | undefined {
  const [algorithm, value] = [at(hash, 'algorithm'), at(hash, 'value')];
  if (typeof algorithm !== 'string' || !isHashName(algorithm)) return undefined;
  if (typeof value !== 'string' || !/^[a-f0-9]+$/.test(value)) return undefined;
  return withLength(algorithm, Buffer.from(value, 'hex'));
}

/** `{ algorithm, digest }` with the digest in base64 and the algorithm as in protobuf-specs. */
function hashV2(hash: JsonValue | undefined): Omit<Recorded['digest'], 'of'> | undefined {
  const algorithm = String(at(hash, 'algorithm')).replace(/^SHA2_/, 'sha');
  const value = base64(at(hash, 'digest'));
  return isHashName(algorithm) && value ? withLength(algorithm, value) : undefined;
}

const withLength = (algorithm: HashName, value: Buffer) =>
  value.length === hashBytes[algorithm] ? { algorithm, value } : undefined;

function pemInBase64(value: JsonValue | undefined): Buffer | undefined {
  const text = base64(value)?.toString('latin1');
  if (text === undefined) return undefined;
  return readPem(text, 'CERTIFICATE').blocks[0] ?? readPem(text, 'PUBLIC KEY').blocks[0];
}

const verifierV2 = (value: JsonValue | undefined): Buffer | undefined =>
  base64(at(value, 'x509Certificate', 'rawBytes')) ?? base64(at(value, 'publicKey', 'rawBytes'));
