import { constants, createHash, type KeyObject, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import type { NotationAuthority } from '#lib/model/authority.ts';
import { type Digest, digest } from '#lib/model/digest.ts';
import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import { type NotationLevel, notationLevels } from '#lib/model/notation-policy.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import type { Certified } from './notation-pki.ts';

/** What an image manifest is, as far as Notation signs it. */
export interface Target {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const aTarget = (name = 'image', more: Partial<Target> = {}): Target => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${createHash('sha256').update(name).digest('hex')}`,
  size: 512,
  ...more,
});

/** Headers by their names; `undefined` leaves one out. Times are given as dates. */
export type Headers = Readonly<Record<string, unknown>>;

/** How an envelope departs from what the notation command writes. */
export interface EnvelopeOptions {
  readonly format?: 'jws' | 'cose';
  readonly target?: Target;
  readonly payload?: Uint8Array;
  /** The empty text puts it into the unprotected header of COSE. */
  readonly algorithm?: string;
  /** Key that signs, where it is not that of the certificate. */
  readonly key?: KeyObject;
  readonly chain?: readonly Uint8Array[];
  /** Protected headers in place of, or beside, the usual ones. */
  readonly headers?: Headers;
  readonly critical?: readonly string[];
  readonly unprotected?: Headers;
  readonly timestamp?: (signature: Buffer) => Promise<Buffer>;
}

export const prefix = 'io.cncf.notary.';
const joseNames: Readonly<Record<string, string>> = {
  2048: 'PS256',
  3072: 'PS384',
  4096: 'PS512',
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};
const coseNumbers: Readonly<Record<string, number>> = {
  PS256: -37,
  PS384: -38,
  PS512: -39,
  ES256: -7,
  ES384: -35,
  ES512: -36,
};

/** The algorithm that belongs to a key. */
export function algorithmFor(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return joseNames[modulusLength ?? namedCurve ?? ''] ?? 'PS256';
}

/** Signs bytes as JOSE and COSE do. */
export function signBytes(bytes: Uint8Array, key: KeyObject, algorithm: string): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  const scheme = algorithm.startsWith('PS')
    ? {
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      }
    : { dsaEncoding: 'ieee-p1363' as const };
  return sign(hash, bytes, { key, ...scheme });
}

/** An envelope as the notation command writes it, but for the options. */
export async function anEnvelope(
  signer: Certified,
  options: EnvelopeOptions = {},
): Promise<Uint8Array> {
  const key = options.key ?? signer.key;
  const headers: Headers = {
    [`${prefix}signingScheme`]: 'notary.x509',
    [`${prefix}signingTime`]: new Date(Math.floor(Date.now() / 1000) * 1000),
    ...options.headers,
  };
  const present = Object.entries(headers).filter(([, value]) => value !== undefined);
  const usual = ['signingScheme', 'expiry', 'authenticSigningTime'].map((name) => prefix + name);
  const critical =
    options.critical ?? present.map(([name]) => name).filter((name) => usual.includes(name));
  const parts = {
    headers: present,
    critical,
    payload:
      options.payload ??
      Buffer.from(JSON.stringify({ targetArtifact: options.target ?? aTarget() })),
    algorithm: options.algorithm ?? algorithmFor(key),
    chain: options.chain ?? signer.chain,
    unprotected: options.unprotected ?? { [`${prefix}signingAgent`]: 'tests/1.0' },
    sign: (bytes: Uint8Array) => signBytes(bytes, key, algorithmFor(key)),
    timestamp: options.timestamp,
  };
  return options.format === 'cose' ? writeCose(parts) : writeJws(parts);
}

interface Parts {
  readonly headers: readonly (readonly [string, unknown])[];
  readonly critical: readonly string[];
  readonly payload: Uint8Array;
  readonly algorithm: string;
  readonly chain: readonly Uint8Array[];
  readonly unprotected: Headers;
  readonly sign: (bytes: Uint8Array) => Buffer;
  readonly timestamp: EnvelopeOptions['timestamp'];
}

async function writeJws(parts: Parts): Promise<Uint8Array> {
  const fields = {
    alg: parts.algorithm,
    ...(parts.critical.length > 0 && { crit: parts.critical }),
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    ...Object.fromEntries(
      parts.headers.map(([name, value]) => [
        name,
        value instanceof Date ? value.toISOString().replace('.000', '') : value,
      ]),
    ),
  };
  const url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const protectedText = url(Buffer.from(JSON.stringify(fields)));
  const payload = url(parts.payload);
  const signature = parts.sign(Buffer.from(`${protectedText}.${payload}`));
  const token = await parts.timestamp?.(signature);
  const header = {
    x5c: parts.chain.map((der) => Buffer.from(der).toString('base64')),
    ...parts.unprotected,
    ...(token && { [`${prefix}timestampSignature`]: token.toString('base64') }),
  };
  return Buffer.from(
    JSON.stringify({ payload, protected: protectedText, header, signature: url(signature) }),
  );
}

async function writeCose(parts: Parts): Promise<Uint8Array> {
  const fields = new Map<unknown, unknown>([
    ...(parts.algorithm === ''
      ? []
      : [[1, coseNumbers[parts.algorithm] ?? parts.algorithm] as const]),
    ...(parts.critical.length > 0 ? [[2, parts.critical] as const] : []),
    [3, 'application/vnd.cncf.notary.payload.v1+json'],
    ...parts.headers.map(
      ([name, value]) =>
        [name, value instanceof Date ? new Tagged(1, value.getTime() / 1000) : value] as const,
    ),
  ]);
  const protectedBytes = encode(fields);
  const signature = parts.sign(
    encode(['Signature1', protectedBytes, new Uint8Array(), parts.payload]),
  );
  const token = await parts.timestamp?.(signature);
  const unprotected = new Map<unknown, unknown>([
    [33, parts.chain],
    ...(parts.algorithm === '' ? [[1, -7] as const] : []),
    ...Object.entries(parts.unprotected),
    ...(token ? [[`${prefix}timestampSignature`, token] as const] : []),
  ]);
  return encode(new Tagged(18, [protectedBytes, unprotected, parts.payload, signature]));
}

const types = { jws: 'application/jose+json', cose: 'application/cose' } as const;

/** Evidence as discovery would find it. */
export function notationEvidence(
  envelope: Uint8Array,
  format: 'jws' | 'cose' = 'jws',
  subject: string = aTarget().digest,
): Extract<Evidence, { kind: 'notation' }> {
  const id = digest(`sha256:${createHash('sha256').update(envelope).digest('hex')}`);
  const where = {
    place: 'referrers-api',
    registry: 'registry.example',
    repository: 'team/app',
  } as const;
  return {
    kind: 'notation',
    id,
    subject: subject as Digest,
    sources: [{ ...where, manifest: id }],
    mediaType: types[format],
    envelope,
  };
}

/** A finished search that found these signatures beside an image. */
export function notationDiscovery(
  evidence: readonly Evidence[],
  target: Target = aTarget(),
): Discovery {
  const { mediaType, size } = target;
  return {
    subject: target.digest as Digest,
    subjectDescriptor: { mediaType, size },
    registry: 'registry.example',
    repository: 'team/app',
    evidence,
    places: [{ place: 'referrers-api', repository: 'team/app', outcome: 'searched', found: 1 }],
    complete: true,
    warnings: [],
  };
}

/** A statement of a trust policy that trusts these certificates. */
export function notationAuthority(
  ca: readonly string[],
  options: Partial<Omit<NotationAuthority, 'level' | 'fingerprint'>> & {
    readonly level?: NotationLevel;
  } = {},
): NotationAuthority {
  const level = options.level ?? 'strict';
  const authority = {
    kind: 'notation' as const,
    name: 'notation-policy',
    source: { kind: 'command-line' } as const,
    images: ['**'],
    scopes: ['*'],
    scopesElsewhere: [],
    verifyTimestamp: 'always' as const,
    trustedIdentities: ['*'],
    enforcement: notationLevels[level],
    ...options,
    level,
    trustStores: { ca, signingAuthority: [], tsa: [], ...options.trustStores },
  };
  return { ...authority, fingerprint: authorityFingerprint(authority) };
}
