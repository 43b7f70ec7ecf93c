import { createPublicKey } from 'node:crypto';
import { PublicKeyDetails, TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import type { TrustRoot } from '#lib/model/authority.ts';
import {
  type Certificate,
  type CertificateNames,
  namesOf,
  parseCertificate,
} from './certificate.ts';
import { parseJson } from './json.ts';
import { type HashName, type PreparedKey, prepareKey } from './keys.ts';
import { libraryCertificate } from './library-certificate.ts';
import { inconclusive, isRefusal, type Refusal } from './refusal.ts';
import { TrustedRootJson } from './trusted-root-schema.ts';

/** A log that a trust root names. Times in milliseconds, both ends inclusive. */
export interface TrustedLog {
  readonly url: string;
  /** The IDs by which entries and checkpoints name it, hex. */
  readonly ids: readonly string[];
  /** The key of the log; a refusal where it is of a kind that nothing here verifies with. */
  readonly key: PreparedKey | Refusal;
  /** The key ID of its checkpoints, hex, where the root names one. */
  readonly checkpointId?: string;
  readonly from: number;
  readonly until: number;
}

/** A certificate that cannot be used, for example because of its key. */
export interface UnusableCertificate extends CertificateNames {
  readonly refusal: Refusal;
}

/** Certificates of one authority as the root lists them: for a TSA the leaf first. */
export interface TrustedAuthority {
  readonly url: string;
  readonly certificates: readonly Certificate[];
  /** Listed certificates that cannot be used, with the reason: what they issued is not judged. */
  readonly unusable?: readonly UnusableCertificate[];
  /** Of a private PKI: end certificates need not say what they are for. */
  readonly privatePki?: true;
  readonly from: number;
  readonly until: number;
}

/** A trust root made ready: parsed once for every revision. Domains are never pooled. */
export interface TrustDomain {
  readonly name: string;
  readonly revision: string;
  /** The media type in it. */
  readonly mediaType: string;
  readonly material: TrustMaterial;
  readonly logs: readonly TrustedLog[];
  readonly certificateLogs: readonly TrustedLog[];
  readonly authorities: readonly TrustedAuthority[];
  readonly timestampAuthorities: readonly TrustedAuthority[];
  readonly stale?: { readonly since: string; readonly detail: string };
}

/**
 * Reads a `trusted_root.json` strictly: known media type, no unknown or repeated members, and every
 * log and authority with the start of its validity, without which a retired or future key would
 * count for ever.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
export function loadTrustRoot(root: TrustRoot): TrustDomain | Refusal {
  const problem = (detail: string): Refusal =>
    inconclusive('trustroot-missing', `the trust root ${root.name} cannot be used: ${detail}`);
  const json = parseJson(root.json);
  if (isRefusal(json)) return problem(json.detail);
  const shape = TrustedRootJson.safeParse(json);
  if (!shape.success) {
    const issue = shape.error.issues[0];
    return problem(`${issue?.path.join('.') || 'root'}: ${issue?.message}`);
  }
  try {
    const message = TrustedRootMessage.fromJSON(shape.data);
    return {
      name: root.name,
      revision: root.revision,
      mediaType: message.mediaType,
      material: materialOf(message),
      logs: message.tlogs.map(logOf),
      certificateLogs: message.ctlogs.map(logOf),
      authorities: message.certificateAuthorities.map((authority) => ({
        ...authorityOf(authority),
        ...(root.privatePki && { privatePki: true }),
      })),
      timestampAuthorities: message.timestampAuthorities.map(authorityOf),
      ...(root.stale && { stale: root.stale }),
    };
  } catch (error) {
    return problem((error as Error).message);
  }
}

/**
 * The library's material with certificates that are encoded and checked against each other once. What
 * the library cannot read is left out of its material: it is asked for a second opinion only.
 */
function materialOf(message: TrustedRootMessage): TrustMaterial {
  const empty = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
  const material = toTrustMaterial({ ...message, ...empty });
  const readable = <T>(parts: readonly T[], read: (part: T) => TrustMaterial): TrustMaterial[] =>
    parts.flatMap((part) => {
      try {
        return read(part);
      } catch {
        return [];
      }
    });
  const part = (some: Partial<TrustedRootMessage>) =>
    toTrustMaterial({ ...message, ...empty, ...some });
  const quick = (parts: readonly TrustMaterial[], name: 'certificateAuthorities') =>
    parts.flatMap((one) =>
      one[name].map((authority) => ({
        ...authority,
        certChain: authority.certChain.map(({ root }) => libraryCertificate(root.toDER())),
      })),
    );
  const authorities = (messages: TrustedRootMessage['certificateAuthorities']) =>
    quick(
      readable(messages, (one) => part({ certificateAuthorities: [one] })),
      'certificateAuthorities',
    );
  return {
    ...material,
    tlogs: readable(message.tlogs, (one) => part({ tlogs: [one] })).flatMap(({ tlogs }) => tlogs),
    ctlogs: readable(message.ctlogs, (one) => part({ tlogs: [one] })).flatMap(({ tlogs }) => tlogs),
    certificateAuthorities: authorities(message.certificateAuthorities),
    timestampAuthorities: authorities(message.timestampAuthorities),
  };
}

type LogMessage = TrustedRootMessage['tlogs'][number];
type AuthorityMessage = TrustedRootMessage['certificateAuthorities'][number];

const windowOf = (validFor: { start?: Date | undefined; end?: Date | undefined } | undefined) => ({
  from: validFor?.start?.getTime() ?? Number.NaN,
  until: validFor?.end?.getTime() ?? Infinity,
});

const hexOf = (id: { keyId: Uint8Array } | undefined): string | undefined =>
  id && Buffer.from(id.keyId).toString('hex');

function logOf({ baseUrl, logId, checkpointKeyId, publicKey }: LogMessage): TrustedLog {
  const checkpointId = hexOf(checkpointKeyId);
  return {
    url: baseUrl,
    ids: [hexOf(logId), checkpointId].filter((id) => id !== undefined),
    key: logKeyOf(publicKey),
    ...(checkpointId !== undefined && { checkpointId }),
    ...windowOf(publicKey?.validFor),
  };
}

/** Kinds whose name says another hash than the one that the kind of key would take. */
const hashes: Readonly<Partial<Record<PublicKeyDetails, HashName>>> = {
  [PublicKeyDetails.PKIX_ECDSA_P384_SHA_256]: 'sha256',
  [PublicKeyDetails.PKIX_ECDSA_P521_SHA_256]: 'sha256',
  [PublicKeyDetails.PKIX_ECDSA_P384_SHA_384]: 'sha384',
  [PublicKeyDetails.PKIX_ECDSA_P521_SHA_512]: 'sha512',
};

const pkcs1: readonly PublicKeyDetails[] = [
  PublicKeyDetails.PKCS1_RSA_PKCS1V5,
  PublicKeyDetails.PKCS1_RSA_PSS,
];

/** The key with the hash by which this log signs; of an unknown kind it is a refusal to judge. */
function logKeyOf(message: LogMessage['publicKey']): PreparedKey | Refusal {
  const unknown = inconclusive('unsupported-algorithm', 'the key of the log is of an unknown kind');
  if (!message?.rawBytes) return unknown;
  const type = pkcs1.includes(message.keyDetails) ? 'pkcs1' : 'spki';
  try {
    const raw = Buffer.from(message.rawBytes);
    const key = prepareKey(createPublicKey({ key: raw, format: 'der', type }));
    const hash = hashes[message.keyDetails];
    return isRefusal(key) || hash === undefined ? key : { ...key, hash };
  } catch {
    return unknown;
  }
}

function authorityOf({ uri, certChain, validFor }: AuthorityMessage): TrustedAuthority {
  return authorityFrom(
    uri,
    (certChain?.certificates ?? []).map(({ rawBytes }) => Buffer.from(rawBytes)),
    windowOf(validFor),
  );
}

/**
 * An authority out of DER certificates, the anchor last. One that cannot be used is set aside with the
 * reason, so that a root with one key of a new kind still serves for everything else.
 */
export function authorityFrom(
  url: string,
  ders: readonly Buffer[],
  window: { readonly from: number; readonly until: number } = { from: -Infinity, until: Infinity },
): TrustedAuthority {
  const parsed = ders.map((der) => [der, parseCertificate(der)] as const);
  const unusable = parsed.flatMap(([der, certificate]) => {
    const names = namesOf(der);
    return isRefusal(certificate) && names ? [{ ...names, refusal: certificate }] : [];
  });
  return {
    url,
    certificates: parsed.flatMap(([, certificate]) =>
      isRefusal(certificate) ? [] : [certificate],
    ),
    ...(unusable.length > 0 && { unusable }),
    ...window,
  };
}
