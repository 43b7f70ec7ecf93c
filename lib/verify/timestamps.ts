import { RFC3161Timestamp } from '@sigstore/core';
import { checkTimestampCertificate } from './certificate-rules.ts';
import { inconclusive, invalid, isRefusal, type Refusal, untrusted } from './refusal.ts';
import type { TrustDomain, TrustedAuthority } from './trusted-root.ts';

/** A token by an authority that the trust root names; its signature is not checked yet. */
export interface TimestampToken {
  readonly parsed: RFC3161Timestamp;
  /** The time it claims. */
  readonly at: Date;
  readonly by: string;
}

/** PKIStatus granted and grantedWithMods (RFC 3161 §2.4.2). */
const granted: readonly bigint[] = [0n, 1n];

/**
 * Reads one RFC 3161 response and finds its authority in the trust root. A response that cannot be
 * read is invalid, an unknown authority untrusted, one whose certificate is not for timestamps refused.
 */
export function readTimestampToken(der: Buffer, domain: TrustDomain): TimestampToken | Refusal {
  try {
    const parsed = RFC3161Timestamp.parse(Buffer.from(der));
    if (!granted.includes(parsed.status as unknown as bigint))
      return invalid('tsa-bad', 'the timestamp authority did not grant the timestamp');
    const authority = authorityOf(parsed, domain);
    if (isRefusal(authority)) return authority;
    return { parsed, at: parsed.signingTime, by: authority.url };
  } catch {
    return invalid('tsa-bad', 'the timestamp cannot be read');
  }
}

function authorityOf(parsed: RFC3161Timestamp, domain: TrustDomain): TrustedAuthority | Refusal {
  const index = domain.material.timestampAuthorities.findIndex(
    ({ certChain: [leaf] }) =>
      leaf?.serialNumber.equals(parsed.signerSerialNumber) &&
      leaf.issuer.equals(parsed.signerIssuer),
  );
  const authority = domain.timestampAuthorities[index];
  const [leaf] = authority?.certificates ?? [];
  if (authority === undefined || leaf === undefined) return unlisted(parsed, domain);
  if (leaf.key.kind === 'rsa')
    return inconclusive('unsupported-algorithm', 'RSA timestamps are not supported yet');
  return checkTimestampCertificate(leaf) ?? authority;
}

/** An authority of a known issuer whose certificate is not listed may be good: it is not judged. */
function unlisted(parsed: RFC3161Timestamp, domain: TrustDomain): Refusal {
  const known = domain.material.timestampAuthorities.some(({ certChain }) =>
    certChain.some(({ subject }) => subject.equals(parsed.signerIssuer)),
  );
  return known
    ? inconclusive(
        'unsupported-format',
        'the timestamp is by a certificate that the root does not list',
      )
    : untrusted(
        'tsa-untrusted',
        `the timestamp is by an authority that ${domain.name} does not name`,
      );
}
