import { constants, verify } from 'node:crypto';
import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';
import { decodeBase64 } from '#lib/verify/base64.ts';
import { caseFoldedDuplicate, isObject, type JsonObject, parseJson } from '#lib/verify/json.ts';
import type { PreparedKey } from '#lib/verify/keys.ts';
import { inconclusive, invalid, isRefusal, Refusal } from '#lib/verify/refusal.ts';
import { canonicalJson } from './canonical-json.ts';
import type { TrustKey } from './trust-key.ts';

interface RoleSignature {
  readonly keyId: string;
  readonly method: string;
  readonly bytes: Buffer;
}

/** Metadata before anybody is believed: its signed part, and the exact bytes that were signed. */
export interface SignedMetadata {
  readonly body: JsonObject;
  readonly message: Buffer;
  readonly signatures: readonly RoleSignature[];
}

/** Who must sign a role, and how many of them. */
export interface RoleKeys {
  readonly name: string;
  readonly keys: readonly TrustKey[];
  readonly threshold: number;
}

const Signatures = z
  .array(z.object({ keyid: z.string(), method: z.string(), sig: z.string() }))
  .max(limits.trustDataKeys);

/** Reads the envelope of one role. Signatures whose bytes are no base64 count as none. */
export function readMetadata(role: string, bytes: Uint8Array): SignedMetadata | Refusal {
  const malformed = (why: string) => invalid('trust-data-malformed', `${role}: ${why}`);
  if (bytes.length > limits.trustDataBytes)
    return inconclusive('limit-exceeded', `${role} has ${bytes.length} bytes`);
  const json = parseJson(bytes);
  if (isRefusal(json)) return new Refusal(json.status, json.reason, `${role}: ${json.detail}`);
  if (!isObject(json) || !isObject(json['signed'])) return malformed('it has no signed part');
  const twin = caseFoldedDuplicate(json) ?? caseFoldedDuplicate(json['signed']);
  if (twin !== undefined)
    return invalid('json-ambiguous', `${role}: the member ${twin} occurs in two spellings`);
  const signatures = Signatures.safeParse(json['signatures']);
  if (!signatures.success) return malformed('its signatures are malformed or too many');
  const message = canonicalJson(json['signed']);
  if (message === undefined) return malformed('it holds a number that is no integer');
  return {
    body: json['signed'],
    message,
    signatures: signatures.data.flatMap(({ keyid, method, sig }) => {
      const bytes = decodeBase64(sig);
      return bytes ? [{ keyId: keyid, method: method.toLowerCase(), bytes }] : [];
    }),
  };
}

/** The signed part in the shape of its role. */
export function readBody<T>(
  role: string,
  { body }: SignedMetadata,
  schema: z.ZodType<T>,
): T | Refusal {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.').slice(0, 200) ?? '';
  return invalid('trust-data-malformed', `${role}: ${where || 'it'}: ${issue?.message}`);
}

/**
 * Demands valid signatures of as many different keys as the role asks for. The same key under two
 * identifiers, or signing twice, counts once (TUF 1.0 §5.3.4).
 * @returns the keys that signed
 */
export function checkSignatures(
  { message, signatures }: SignedMetadata,
  { name, keys, threshold }: RoleKeys,
): readonly TrustKey[] | Refusal {
  const signers = new Map<string, TrustKey>();
  let unsupported: Refusal | undefined;
  for (const signature of signatures) {
    const key = keys.find(({ id }) => id === signature.keyId);
    if (key === undefined) continue;
    if (isRefusal(key.key)) {
      if (key.key.status === 'inconclusive') unsupported ??= key.key;
      continue;
    }
    const outcome = holds(key.key, signature, message);
    if (outcome === true) signers.set(key.key.fingerprint, key);
    else if (outcome !== false) unsupported ??= outcome;
  }
  if (signers.size >= threshold) return [...signers.values()];
  return (
    unsupported ??
    invalid(
      'signature-bad',
      `${name} has ${signers.size} valid signatures of its keys and needs ${threshold}`,
    )
  );
}

/** Octets of one half of an ECDSA signature, which Notary writes as r and s one after the other. */
const halves: Readonly<Record<string, number>> = {
  'ecdsa-p256': 32,
  'ecdsa-p384': 48,
  'ecdsa-p521': 66,
};

/** @see https://github.com/theupdateframework/notary/blob/v0.7.0/tuf/signed/verifiers.go */
function holds(
  { key, kind }: PreparedKey,
  { method, bytes }: RoleSignature,
  message: Buffer,
): boolean | Refusal {
  switch (method) {
    case 'ecdsa':
      return (
        bytes.length === 2 * (halves[kind] ?? Number.NaN) &&
        verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, bytes)
      );
    case 'eddsa':
      return kind === 'ed25519' && bytes.length === 64 && verify(null, message, key, bytes);
    case 'rsapss':
      return kind === 'rsa' && verify('sha256', message, { key, ...pss }, bytes);
    case 'rsapkcs1v15':
      return kind === 'rsa' && verify('sha256', message, key, bytes);
    default:
      return inconclusive(
        'unsupported-algorithm',
        `the signature method ${JSON.stringify(method.slice(0, 40))} is not supported`,
      );
  }
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } as const;
