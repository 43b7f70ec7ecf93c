import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import type { TrustRoot } from '#lib/model/authority.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { parseJson } from './json.ts';
import { type PreparedKey, prepareSpki } from './keys.ts';
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
  readonly from: number;
  readonly until: number;
}

/** Certificates of one authority as the root lists them: for a TSA the leaf first. */
export interface TrustedAuthority {
  readonly url: string;
  readonly certificates: readonly Certificate[];
  readonly from: number;
  readonly until: number;
}

/** A trust root made ready: parsed once for every revision. Domains are never pooled. */
export interface TrustDomain {
  readonly name: string;
  readonly revision: string;
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
    const authorities = authoritiesOf(message.certificateAuthorities);
    if (isRefusal(authorities)) return problem(authorities.detail);
    const timestampAuthorities = authoritiesOf(message.timestampAuthorities);
    if (isRefusal(timestampAuthorities)) return problem(timestampAuthorities.detail);
    return {
      name: root.name,
      revision: root.revision,
      material: materialOf(message),
      logs: message.tlogs.map(logOf),
      certificateLogs: message.ctlogs.map(logOf),
      authorities,
      timestampAuthorities,
      ...(root.stale && { stale: root.stale }),
    };
  } catch (error) {
    return problem((error as Error).message);
  }
}

/** The library's material with certificates that are encoded and checked against each other once. */
function materialOf(message: TrustedRootMessage): TrustMaterial {
  const material = toTrustMaterial(message);
  const quick = (authorities: TrustMaterial['certificateAuthorities']) =>
    authorities.map((authority) => ({
      ...authority,
      certChain: authority.certChain.map(({ root }) => libraryCertificate(root.toDER())),
    }));
  return {
    ...material,
    certificateAuthorities: quick(material.certificateAuthorities),
    timestampAuthorities: quick(material.timestampAuthorities),
  };
}

type LogMessage = TrustedRootMessage['tlogs'][number];
type AuthorityMessage = TrustedRootMessage['certificateAuthorities'][number];

const windowOf = (validFor: { start?: Date | undefined; end?: Date | undefined } | undefined) => ({
  from: validFor?.start?.getTime() ?? Number.NaN,
  until: validFor?.end?.getTime() ?? Infinity,
});

const logOf = ({ baseUrl, logId, checkpointKeyId, publicKey }: LogMessage): TrustedLog => ({
  url: baseUrl,
  ids: [logId, checkpointKeyId].flatMap((id) =>
    id ? [Buffer.from(id.keyId).toString('hex')] : [],
  ),
  key: prepareSpki(Buffer.from(publicKey?.rawBytes ?? [])),
  ...windowOf(publicKey?.validFor),
});

function authoritiesOf(
  messages: readonly AuthorityMessage[],
): readonly TrustedAuthority[] | Refusal {
  const authorities: TrustedAuthority[] = [];
  for (const { uri, certChain, validFor } of messages) {
    const certificates: Certificate[] = [];
    for (const { rawBytes } of certChain?.certificates ?? []) {
      const certificate = parseCertificate(Buffer.from(rawBytes));
      if (isRefusal(certificate)) return certificate;
      certificates.push(certificate);
    }
    authorities.push({ url: uri, certificates, ...windowOf(validFor) });
  }
  return authorities;
}
