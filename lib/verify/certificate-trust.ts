import { X509Certificate } from '@sigstore/core';
import { type Certificate, extensionIds, extensionOf } from './certificate.ts';
import { checkChainCertificate } from './certificate-rules.ts';
import { inconclusive, invalid, type Refusal, untrusted } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/**
 * Whether an authority of the trust root issued the certificate, and whether its chain demands
 * something that nobody here enforces. Times and path rules are checked by the library afterwards.
 */
export function checkIssuer(
  leaf: Certificate,
  { chain }: SignedItem,
  domain: TrustDomain,
): Refusal | undefined {
  const authority = domain.authorities.find(({ certificates }) =>
    certificates.some((issuer) => issued(leaf, issuer)),
  );
  if (authority !== undefined) {
    for (const certificate of authority.certificates) {
      const refusal = checkChainCertificate(certificate);
      if (refusal) return refusal;
    }
    return undefined;
  }
  const anchors = domain.authorities.flatMap(({ certificates }) => certificates);
  const viaChain = chain.some(
    (middle) => issued(leaf, middle) && anchors.some((anchor) => issued(middle, anchor)),
  );
  return viaChain
    ? inconclusive('unsupported-format', 'intermediates that only the signature carries')
    : untrusted(
        'cert-untrusted-root',
        `the certificate is by an authority that ${domain.name} does not name`,
      );
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
    const parsed = X509Certificate.parse(Buffer.from(leaf.der)).extSCT;
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
