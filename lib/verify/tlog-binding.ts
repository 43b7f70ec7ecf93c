import type { TransparencyLogEntry } from '@sigstore/bundle';
import { decodeBase64 } from './base64.ts';
import { parseCertificate } from './certificate.ts';
import { preAuthEncoding } from './envelope.ts';
import { sha256 } from './fingerprint.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { type PreparedKey, prepareSpki } from './keys.ts';
import { readPem } from './pem.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';

/** What an entry must be about for the item at hand. */
interface Expected {
  /** SHA-256 over what was signed: payload, artifact, or pre-authentication encoding. */
  readonly signedDigest: Buffer;
  /** SHA-256 of the payload of the envelope, where there is one. */
  readonly payloadDigest?: Buffer;
  readonly signature: Buffer;
  readonly key: PreparedKey;
  readonly certificate?: Buffer;
}

/** What an entry says it is about, whatever its kind. Digests and signatures as bytes. */
interface Recorded {
  readonly digest: { readonly of: 'signed' | 'payload'; readonly value: Buffer };
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
  signedDigest: Buffer,
): Refusal | undefined {
  const recorded = readEntry(entry);
  if (isRefusal(recorded)) return recorded;
  const { content } = item;
  return compare(recorded, {
    signedDigest,
    ...(content.form === 'dsse' && { payloadDigest: sha256(content.envelope.payload) }),
    signature: item.signature,
    key,
    ...(item.certificate && { certificate: item.certificate.der }),
  });
}

/** SHA-256 over what the signature of the item is about; for a message, over the artifact. */
export function signedDigestOf(item: SignedItem, artifactDigest: Buffer): Buffer {
  if (item.content.form === 'simple-signing') return sha256(item.content.payload);
  if (item.content.form === 'dsse') return sha256(preAuthEncoding(item.content.envelope));
  return artifactDigest;
}

function compare(recorded: Recorded, expected: Expected): Refusal | undefined {
  const digest = recorded.digest.of === 'payload' ? expected.payloadDigest : expected.signedDigest;
  if (digest === undefined || !recorded.digest.value.equals(digest))
    return invalid('tlog-body', 'the log entry records the digest of something else');
  if (!recorded.signature.equals(expected.signature))
    return invalid('tlog-body', 'the log entry records another signature');
  return compareVerifier(recorded.verifier, expected);
}

/** Certificates are compared as DER, keys as SPKI: writers differ in the line ends of PEM. */
function compareVerifier(verifier: Buffer, { certificate, key }: Expected): Refusal | undefined {
  if (certificate !== undefined && verifier.equals(certificate)) return undefined;
  if (certificate === undefined && verifier.equals(key.spki)) return undefined;
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
  'hashedrekord 0.0.1': (spec) => {
    const hash = at(spec, 'data', 'hash');
    return recorded(
      at(hash, 'algorithm') === 'sha256' ? hex(at(hash, 'value')) : undefined,
      'signed',
      base64(at(spec, 'signature', 'content')),
      pemInBase64(at(spec, 'signature', 'publicKey', 'content')),
    );
  },
  'dsse 0.0.1': (spec) => {
    const entry = onlyItem(spec['signatures']);
    return recorded(
      sha256Hash(spec['payloadHash']),
      'payload',
      base64(at(entry, 'signature')),
      pemInBase64(at(entry, 'verifier')),
    );
  },
  'intoto 0.0.2': (spec) => {
    const entry = onlyItem(at(spec, 'content', 'envelope', 'signatures'));
    // The signature is encoded twice in this kind.
    const once = base64(at(entry, 'sig'));
    return recorded(
      sha256Hash(at(spec, 'content', 'payloadHash')),
      'payload',
      once && decodeBase64(once.toString('latin1')),
      pemInBase64(at(entry, 'publicKey')),
    );
  },
  'hashedrekord 0.0.2': (spec) => {
    const v2 = at(spec, 'hashedRekordV002');
    const algorithm = at(v2, 'data', 'algorithm');
    return recorded(
      algorithm === 'SHA2_256' ? base64(at(v2, 'data', 'digest')) : undefined,
      'signed',
      base64(at(v2, 'signature', 'content')),
      verifierV2(at(v2, 'signature', 'verifier')),
    );
  },
  'dsse 0.0.2': (spec) => {
    const v2 = at(spec, 'dsseV002');
    const entry = onlyItem(at(v2, 'signatures'));
    return recorded(
      at(v2, 'payloadHash', 'algorithm') === 'SHA2_256'
        ? base64(at(v2, 'payloadHash', 'digest'))
        : undefined,
      'payload',
      base64(at(entry, 'content')),
      verifierV2(at(entry, 'verifier')),
    );
  },
};

/** True for kinds of entry whose content can be compared here. */
export const isKnownEntryKind = ({ kind, version }: { kind: string; version: string }): boolean =>
  Object.hasOwn(readers, `${kind} ${version}`);

function recorded(
  digest: Buffer | undefined,
  of: 'signed' | 'payload',
  signature: Buffer | undefined,
  verifier: Buffer | undefined,
): Recorded | undefined {
  if (digest === undefined || signature === undefined || verifier === undefined) return undefined;
  return { digest: { of, value: digest }, signature, verifier };
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

/** 64 hex characters: the value of another algorithm has another length. */
const hex = (value: JsonValue | undefined): Buffer | undefined =>
  typeof value === 'string' && /^[a-f0-9]{64}$/.test(value) ? Buffer.from(value, 'hex') : undefined;

const sha256Hash = (hash: JsonValue | undefined): Buffer | undefined =>
  at(hash, 'algorithm') === 'sha256' ? hex(at(hash, 'value')) : undefined;

function pemInBase64(value: JsonValue | undefined): Buffer | undefined {
  const text = base64(value)?.toString('latin1');
  if (text === undefined) return undefined;
  return readPem(text, 'CERTIFICATE').blocks[0] ?? readPem(text, 'PUBLIC KEY').blocks[0];
}

const verifierV2 = (value: JsonValue | undefined): Buffer | undefined =>
  base64(at(value, 'x509Certificate', 'rawBytes')) ?? base64(at(value, 'publicKey', 'rawBytes'));
