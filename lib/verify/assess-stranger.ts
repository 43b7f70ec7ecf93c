import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { bestOf, refusedVerdict, verdictOf, withIdentity } from './assess.ts';
import { isOtherKey } from './examine.ts';
import type { Examiner } from './examiner.ts';
import type { PreparedAuthority } from './prepare-authority.ts';
import type { PreparedMaterial } from './prepare-material.ts';
import { inconclusive, invalid, type Refusal, untrusted } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/** Kinds of authority that cover the image. They decide what an unknown signer means. */
export interface Coverage {
  readonly keys: boolean;
  readonly identities: boolean;
}

/** Which kinds of authority these are. */
export const coverageOf = (authorities: readonly PreparedAuthority[]): Coverage => ({
  keys: authorities.some(({ authority }) => authority.kind === 'key'),
  identities: authorities.some(({ authority }) => authority.kind === 'keyless'),
});

/**
 * What evidence comes to whose signer no covering authority names: is it signed by someone whom we
 * know by another trust root or another authority, or is it broken? Never "verified".
 */
export function assessStranger(
  examiner: Examiner,
  material: PreparedMaterial,
  coverage: Coverage,
): EvidenceVerdict {
  return bestOf(
    examiner.items.map((item) =>
      item.certificate
        ? strangeCertificate(examiner, item, material.domains, coverage)
        : strangeKey(examiner, item, material.authorities, coverage),
    ),
  );
}

function strangeCertificate(
  examiner: Examiner,
  item: SignedItem,
  domains: readonly TrustDomain[],
  coverage: Coverage,
): EvidenceVerdict {
  const { evidence } = examiner;
  if (domains.length === 0)
    return refusedVerdict(
      evidence,
      inconclusive('trustroot-missing', 'no trust root is there to examine the certificate'),
      'certificate-path',
    );
  const verdicts = domains.map((domain) => {
    const examination = examiner.certificate(item, domain, {
      tlog: domain.logs.length > 0 ? 'required' : 'ignored',
      sct: domain.certificateLogs.length > 0 ? 'required' : 'ignored',
    });
    const trustRoot = { name: domain.name, revision: domain.revision };
    if (examination.refusal) return { ...verdictOf(evidence, examination), trustRoot };
    const who = examination.signer?.kind === 'certificate' ? examination.signer.subject : '';
    return {
      ...verdictOf(evidence, withIdentity(examination, stranger(who, domain, coverage))),
      trustRoot,
    };
  });
  // The domain that issued the certificate knows best; to all others it is merely unknown.
  const native = verdicts.filter(({ reason }) => reason !== 'cert-untrusted-root');
  return bestOf(native.length > 0 ? native : verdicts);
}

function stranger(who: string, domain: TrustDomain, coverage: Coverage): Refusal {
  const signed = `it was signed by ${who} (trust root ${domain.name})`;
  if (coverage.identities)
    return untrusted(
      'cert-untrusted-root',
      `${signed}, and the authorities for this image use another root`,
    );
  if (coverage.keys)
    return untrusted(
      'identity-mismatch',
      `${signed}, and the authorities for this image name keys only`,
    );
  return untrusted('no-authority', `${signed}, and no authority covers this image`);
}

function strangeKey(
  examiner: Examiner,
  item: SignedItem,
  authorities: readonly PreparedAuthority[],
  coverage: Coverage,
): EvidenceVerdict {
  const { evidence } = examiner;
  for (const { authority, keys } of authorities)
    for (const { window: _, ...key } of keys) {
      const examination = examiner.key(item, key, undefined, { tlog: 'ignored' });
      if (isOtherKey(examination)) continue;
      if (examination.refusal) return verdictOf(evidence, examination);
      const refusal = otherAuthoritysKey(authority.name, coverage);
      return verdictOf(evidence, withKeyRefused(examination, refusal));
    }
  if (coverage.keys)
    return refusedVerdict(
      evidence,
      invalid('signature-bad', 'the signature verifies with none of the keys that are known'),
      'signature',
    );
  return refusedVerdict(
    evidence,
    inconclusive('key-unresolvable', 'it is signed with a key that nobody has named'),
    'key',
  );
}

function otherAuthoritysKey(authority: string, coverage: Coverage): Refusal {
  const signed = `it was signed with the key of the authority ${authority}`;
  return coverage.keys || coverage.identities
    ? untrusted('key-not-trusted', `${signed}, which does not cover this image`)
    : untrusted('no-authority', `${signed}; no authority covers this image`);
}

const withKeyRefused = (
  examination: Parameters<typeof verdictOf>[1],
  refusal: Refusal,
): Parameters<typeof verdictOf>[1] => ({
  ...examination,
  refusal,
  checks: examination.checks.map((check) =>
    check.id === 'key'
      ? { id: 'key', outcome: 'failed', reason: refusal.reason, detail: refusal.detail }
      : check,
  ),
});
