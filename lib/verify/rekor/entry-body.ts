import { decodeBase64 } from '#lib/verify/base64.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '#lib/verify/json.ts';
import type { HashName } from '#lib/verify/keys.ts';
import { readPem } from '#lib/verify/pem.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TlogEntry } from './tlog-entry.ts';

/** What a digest in an entry is one of: the signed bytes, the payload of an envelope, or all of it. */
export type RecordedOf = 'signed' | 'payload' | 'envelope';

/** A digest by its algorithm, of the length of that algorithm. */
export interface RecordedDigest {
  readonly of: RecordedOf;
  readonly algorithm: HashName;
  readonly value: Buffer;
}

/** Who signed, as the log saw it: DER certificate or SPKI. Old entries keep no signature. */
export interface RecordedSigner {
  readonly signature?: Buffer;
  readonly verifier: Buffer;
}

/** What an entry says it is about, whatever its kind. */
export interface Recorded {
  readonly digests: readonly RecordedDigest[];
  readonly signers: readonly RecordedSigner[];
}

/** Kinds of Rekor that are about other things than the signatures of images. */
const foreignKinds: readonly string[] = [
  'alpine',
  'cose',
  'helm',
  'jar',
  'rekord',
  'rfc3161',
  'rpm',
  'tuf',
];

/**
 * Reads the body of an entry. Its kind and version stand in it and are the log's; what the bundle says
 * of them must agree. Kinds for other things than images are refused, unknown ones are not judged.
 */
export function readEntryBody({ body, kind, version }: TlogEntry): Recorded | Refusal {
  const json = parseJson(body);
  if (isRefusal(json)) return invalid('tlog-body', `the log entry: ${json.detail}`);
  const spec = isObject(json) ? json['spec'] : undefined;
  if (!isObject(json) || !isObject(spec)) return invalid('tlog-body', 'the log entry has no spec');
  if (json['kind'] !== kind || json['apiVersion'] !== version)
    return invalid('tlog-body', `the log entry is not of the kind ${kind} ${version}`);
  if (foreignKinds.includes(kind))
    return invalid('tlog-body', `log entries of the kind ${kind} are not about images`);
  const read = readers[`${kind} ${version}`];
  if (read === undefined)
    return inconclusive('unsupported-format', `log entries of the kind ${kind} ${version}`);
  return (
    read(spec) ?? invalid('tlog-body', `the ${kind} entry lacks digest, signature or verifier`)
  );
}

const readers: Readonly<Record<string, (spec: JsonObject) => Recorded | undefined>> = {
  'hashedrekord 0.0.1': (spec) =>
    recorded(
      [hashV1('signed', at(spec, 'data', 'hash'))],
      [
        signerOf(
          base64(at(spec, 'signature', 'content')),
          pemInBase64(at(spec, 'signature', 'publicKey', 'content')),
        ),
      ],
    ),
  'dsse 0.0.1': (spec) =>
    recorded(
      [hashV1('payload', spec['payloadHash'])],
      listOf(spec['signatures'], (one) =>
        signerOf(base64(at(one, 'signature')), pemInBase64(at(one, 'verifier'))),
      ),
    ),
  // No signature is kept in this kind: the digest of the whole envelope stands for it.
  'intoto 0.0.1': (spec) => {
    const verifier = pemInBase64(spec['publicKey']);
    return recorded(
      [
        hashV1('envelope', at(spec, 'content', 'hash')),
        ...optional(at(spec, 'content', 'payloadHash'), (hash) => hashV1('payload', hash)),
      ],
      [verifier && { verifier }],
    );
  },
  'intoto 0.0.2': (spec) =>
    recorded(
      [hashV1('payload', at(spec, 'content', 'payloadHash'))],
      listOf(at(spec, 'content', 'envelope', 'signatures'), (one) => {
        // The signature is encoded twice in this kind.
        const once = base64(at(one, 'sig'));
        const twice = once && decodeBase64(once.toString('latin1'));
        return signerOf(twice, pemInBase64(at(one, 'publicKey')));
      }),
    ),
  'hashedrekord 0.0.2': (spec) => {
    const v2 = at(spec, 'hashedRekordV002');
    return recorded(
      [hashV2('signed', at(v2, 'data'))],
      [
        signerOf(
          base64(at(v2, 'signature', 'content')),
          verifierV2(at(v2, 'signature', 'verifier')),
        ),
      ],
    );
  },
  'dsse 0.0.2': (spec) => {
    const v2 = at(spec, 'dsseV002');
    return recorded(
      [hashV2('payload', at(v2, 'payloadHash'))],
      listOf(at(v2, 'signatures'), (one) =>
        signerOf(base64(at(one, 'content')), verifierV2(at(one, 'verifier'))),
      ),
    );
  },
};

function recorded(
  digests: readonly (RecordedDigest | undefined)[],
  signers: readonly (RecordedSigner | undefined)[],
): Recorded | undefined {
  if (digests.length === 0 || signers.length === 0) return undefined;
  if (!digests.every((one) => one !== undefined)) return undefined;
  return signers.every((one) => one !== undefined) ? { digests, signers } : undefined;
}

const signerOf = (
  signature: Buffer | undefined,
  verifier: Buffer | undefined,
): RecordedSigner | undefined => signature && verifier && { signature, verifier };

/** Follows member names; undefined where one is missing. */
function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const name of path) current = isObject(current) ? current[name] : undefined;
  return current;
}

const listOf = <T>(value: JsonValue | undefined, read: (one: JsonValue) => T): readonly T[] =>
  Array.isArray(value) ? value.map(read) : [];

const optional = <T>(value: JsonValue | undefined, read: (one: JsonValue) => T): readonly T[] =>
  value === undefined ? [] : [read(value)];

const base64 = (value: JsonValue | undefined): Buffer | undefined =>
  typeof value === 'string' && value !== '' ? decodeBase64(value) : undefined;

const hashBytes: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };
const isHashName = (name: string): name is HashName => Object.hasOwn(hashBytes, name);

/** `{ algorithm, value }` with the value in hex. */
function hashV1(of: RecordedOf, hash: JsonValue | undefined): RecordedDigest | undefined {
  const [algorithm, value] = [at(hash, 'algorithm'), at(hash, 'value')];
  if (typeof algorithm !== 'string' || !isHashName(algorithm)) return undefined;
  if (typeof value !== 'string' || !/^[a-f0-9]+$/.test(value)) return undefined;
  return withLength({ of, algorithm, value: Buffer.from(value, 'hex') });
}

/** `{ algorithm, digest }` with the digest in base64 and the algorithm as in protobuf-specs. */
function hashV2(of: RecordedOf, hash: JsonValue | undefined): RecordedDigest | undefined {
  const algorithm = String(at(hash, 'algorithm')).replace(/^SHA2_/, 'sha');
  const value = base64(at(hash, 'digest'));
  return isHashName(algorithm) && value ? withLength({ of, algorithm, value }) : undefined;
}

const withLength = (digest: RecordedDigest): RecordedDigest | undefined =>
  digest.value.length === hashBytes[digest.algorithm] ? digest : undefined;

function pemInBase64(value: JsonValue | undefined): Buffer | undefined {
  const text = base64(value)?.toString('latin1');
  if (text === undefined) return undefined;
  return readPem(text, 'CERTIFICATE').blocks[0] ?? readPem(text, 'PUBLIC KEY').blocks[0];
}

const verifierV2 = (value: JsonValue | undefined): Buffer | undefined =>
  base64(at(value, 'x509Certificate', 'rawBytes')) ?? base64(at(value, 'publicKey', 'rawBytes'));
