import type { TrustRoot } from '#lib/model/authority.ts';
import type { AuthorityFinding, WeaknessCode } from '#lib/model/authority-findings.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TrustDomain } from '#lib/verify/trusted-root.ts';
import { lintCertificate } from './lint-certificates.ts';

const dayMs = 24 * 3_600_000;
/** Sigstore begins several logs a year: after half a year a root has likely missed one. */
const oldMs = 183 * dayMs;

/** The one type that all verifiers read. */
const commonMediaType = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';

/** What is weak about one trust root: its age, and what in it still counts. */
export function lintTrustRoot(
  root: TrustRoot,
  domain: TrustDomain | Refusal,
  now: Date,
): readonly AuthorityFinding[] {
  const finding = (code: WeaknessCode, where: string, detail: string): AuthorityFinding => ({
    code,
    about: { kind: 'trust-root', name: root.name },
    where,
    detail,
  });
  return [
    ...ageOf(root, now).map(([code, detail]) => finding(code, root.origin, detail)),
    ...(isRefusal(domain)
      ? [finding('root-unusable', root.origin, domain.detail)]
      : [
          ...(domain.mediaType === commonMediaType
            ? []
            : [finding('root-newer', 'mediaType', `it is ${domain.mediaType}`)]),
          ...retired(domain, now).map((detail) => finding('root-retired', 'validFor', detail)),
          ...domain.authorities
            .filter(({ until }) => until >= now.getTime())
            .flatMap(({ certificates }) => certificates)
            .flatMap(({ der }) => lintCertificate(der, now, false))
            .map(([code, detail]) => finding(code, 'certificateAuthorities', detail)),
        ]),
  ];
}

function ageOf(root: TrustRoot, now: Date): readonly (readonly [WeaknessCode, string])[] {
  if (root.stale !== undefined) return [['root-stale', root.stale.detail]];
  const left = Date.parse(root.expiresAt ?? '') - now.getTime();
  if (left < 0) return [['root-lapsed', `it lapsed at ${root.expiresAt}`]];
  if (left < dayMs) return [['root-expires-soon', `it lapses at ${root.expiresAt}`]];
  const age = now.getTime() - Date.parse(root.asOf);
  // A private PKI ages by its certificates alone.
  return root.origin !== 'tuf' && root.privatePki === undefined && age > oldMs
    ? [['root-old', `it is as of ${root.asOf}`]]
    : [];
}

/** Kinds of part of which there are some, and none that counts now. */
function retired(domain: TrustDomain, now: Date): readonly string[] {
  const { authorities, logs, certificateLogs, timestampAuthorities } = domain;
  const kinds = { authorities, logs, certificateLogs, timestampAuthorities };
  return Object.entries(kinds)
    .filter(([, parts]) => parts.length > 0 && parts.every(({ until }) => until < now.getTime()))
    .map(([kind]) => `none of its ${kind} counts any more`);
}
