import type { TrustMaterial } from '@sigstore/verify';
import { type Certificate, extensionIds, extensionOf } from './certificate.ts';
import { checkChainCertificate } from './certificate-rules.ts';
import { libraryCertificateOf } from './library-certificate.ts';
import { inconclusive, invalid, type Refusal, untrusted } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/** How a certificate hangs on a trust root. */
export interface IssuerPath {
  /** Place of the authority among those of the domain. */
  readonly authority: number;
  /** Intermediates that only the evidence carries, each signed by the one above it. */
  readonly intermediates: readonly Certificate[];
}

/**
 * Finds the authority of the trust root that issued the certificate, if need be by intermediates that
 * lie beside it, and refuses chains that demand something nobody here enforces. Times and path rules
 * are checked by the library afterwards.
 */
export function findIssuer(
  leaf: Certificate,
  { chain }: SignedItem,
  domain: TrustDomain,
): IssuerPath | Refusal {
  const path = climb(leaf, chain, domain);
  if (path === undefined)
    return untrusted(
      'cert-untrusted-root',
      `the certificate is by an authority that ${domain.name} does not name`,
    );
  const anchors = domain.authorities[path.authority]?.certificates ?? [];
  if (!anchors.some((anchor) => issued(anchor, anchor)))
    return inconclusive('unsupported-format', 'authorities that are not self-signed');
  for (const certificate of [...path.intermediates, ...anchors]) {
    const refusal = checkChainCertificate(certificate);
    if (refusal) return refusal;
  }
  return path;
}

/** The trust material with the intermediates of a path beside the authority that vouches for them. */
export function withIntermediates(
  material: TrustMaterial,
  { authority, intermediates }: IssuerPath,
): TrustMaterial {
  if (intermediates.length === 0) return material;
  const more = intermediates.map(libraryCertificateOf);
  return {
    ...material,
    certificateAuthorities: material.certificateAuthorities.map((one, index) =>
      index === authority ? { ...one, certChain: [...one.certChain, ...more] } : one,
    ),
  };
}

function climb(
  leaf: Certificate,
  chain: readonly Certificate[],
  { authorities }: TrustDomain,
): IssuerPath | undefined {
  const intermediates: Certificate[] = [];
  let top = leaf;
  // Every step takes another certificate of a chain whose length is limited.
  for (let step = 0; step <= chain.length; step++) {
    const subject = top;
    const authority = authorities.findIndex(({ certificates }) =>
      certificates.some((issuer) => issued(subject, issuer)),
    );
    if (authority >= 0) return { authority, intermediates };
    const next = chain.find((one) => !intermediates.includes(one) && issued(subject, one));
    if (next === undefined) return undefined;
    intermediates.push(next);
    top = next;
  }
  return undefined;
}

/**
 * What the certificate says of certificate logs, before their signatures are checked. With `ignored`
 * a proof by an unknown log cannot be passed over yet.
 */
export function checkCertificateLogs(
  leaf: Certificate,
  domain: TrustDomain,
  rule: 'required' | 'ignored',
): Refusal | undefined {
  const logs = certificateLogsOf(leaf);
  if (logs === undefined) return invalid('sct-bad', 'the certificate log proof cannot be read');
  if (logs.length === 0)
    return rule === 'required'
      ? invalid('sct-missing', 'the certificate carries no proof of a certificate log')
      : undefined;
  const known = logs.filter((id) => domain.certificateLogs.some(({ ids }) => ids.includes(id)));
  if (known.length === logs.length) return undefined;
  if (rule === 'required' && known.length === 0)
    return untrusted('sct-unknown-log', `${domain.name} does not name the certificate log`);
  return inconclusive('unsupported-format', 'proofs of certificate logs of which some are unknown');
}

/** The IDs of the logs whose timestamps the certificate embeds, hex; undefined when malformed. */
function certificateLogsOf(leaf: Certificate): readonly string[] | undefined {
  if (extensionOf(leaf, extensionIds.signedCertificateTimestamps) === undefined) return [];
  try {
    const parsed = libraryCertificateOf(leaf).extSCT;
    return parsed?.signedCertificateTimestamps.map(({ logID }) => logID.toString('hex'));
  } catch {
    return undefined;
  }
}

function issued(subject: Certificate, issuer: Certificate): boolean {
  try {
    return subject.x509.checkIssued(issuer.x509) && subject.x509.verify(issuer.key.key);
  } catch {
    return false;
  }
}
