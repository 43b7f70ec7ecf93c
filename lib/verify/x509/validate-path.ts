import { limits } from '#lib/model/limits.ts';
import { type BoundedCache, boundedCache } from '#lib/verify/bounded-cache.ts';
import type { Certificate } from '#lib/verify/certificate.ts';
import { inconclusive, invalid, isRefusal, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { isSignedBy } from './certificate-signature.ts';
import { anchorsOf, climb, issuersOf, type StepBudget, stepBudget } from './climb.ts';
import {
  checkAuthorities,
  checkEndCertificate,
  checkNames,
  type PathPurpose,
  type UpperRules,
} from './path-rules.ts';

/** A chain that holds in everything but time, which differs from one question to the next. */
export interface CertificatePath {
  /** The leaf first, the anchor last; a leaf that is an anchor itself stands alone. */
  readonly certificates: readonly Certificate[];
  /** Who signed the leaf: the certificate whose key a certificate log vouches for. */
  readonly issuer: Certificate;
  readonly authority: TrustedAuthority;
}

/** A leaf, what came along with it, and whom to believe. */
export interface PathQuestion {
  readonly leaf: Certificate;
  /** Certificates of the evidence; never anchors. */
  readonly intermediates: readonly Certificate[];
  /** The authorities of one trust domain. Paths are remembered for as long as this list lives. */
  readonly authorities: readonly TrustedAuthority[];
  /** How the domain is called in messages. */
  readonly domain: string;
  readonly purpose: PathPurpose;
}

/**
 * Finds every path from the leaf to an authority and holds it against the rules of RFC 5280 §6.1 as
 * cosign and sigstore-go apply them. Times are left to {@link checkPathTimes}. A second leaf by the same
 * issuer costs one signature: what stands above an issuer is remembered.
 */
export function findPaths(question: PathQuestion): readonly CertificatePath[] | Refusal {
  const { leaf, intermediates, authorities, purpose } = question;
  if (intermediates.length > limits.certificates)
    return inconclusive('limit-exceeded', `${intermediates.length} certificates came along`);
  const along = intermediates.map(({ fingerprint }) => fingerprint).join(' ');
  if (leaf.notAfter - leaf.notBefore < reusedMs) return searchPaths(question, along);
  return memoryOf(authorities).leaves.get(`${purpose} ${leaf.fingerprint} ${along}`, () =>
    searchPaths(question, along),
  );
}

/** A certificate that lives shorter was made for one signature: nobody asks for its path again. */
const reusedMs = 24 * 3_600_000;

/**
 * Demands that at every one of the times (milliseconds) some path was valid as a whole: each
 * certificate of it, and the time for which the trust root names its authority. Both ends count.
 * @returns the path that held at the first time
 */
export function checkPathTimes(
  paths: readonly CertificatePath[],
  times: readonly number[],
): CertificatePath | Refusal {
  const [first] = paths;
  if (first === undefined || times.length === 0)
    throw new RangeError('a path and a time are needed');
  const steady = paths.find((path) => times.every((time) => isValidAt(path, time)));
  if (steady) return steady;
  for (const time of times)
    if (!paths.some((path) => isValidAt(path, time))) return expired(first, time);
  return paths.find((path) => isValidAt(path, times[0] ?? Number.NaN)) ?? first;
}

/** {@link findPaths} and {@link checkPathTimes} in one. */
export function validatePath(
  question: PathQuestion & { readonly times: readonly number[] },
): CertificatePath | Refusal {
  const paths = findPaths(question);
  return isRefusal(paths) ? paths : checkPathTimes(paths, question.times);
}

/** What stands above an issuer within one authority, the issuer first. */
interface UpperPath extends UpperRules {
  readonly certificates: readonly Certificate[];
}

interface Memory {
  readonly leaves: BoundedCache<readonly CertificatePath[] | Refusal>;
  readonly issuers: BoundedCache<UpperPaths>;
}

/** Chains that lead to the anchor: those that keep the rules, and why the others do not. */
interface UpperPaths {
  readonly sound: readonly UpperPath[];
  readonly refusal?: Refusal;
}

const memories = new WeakMap<readonly TrustedAuthority[], Memory>();

function memoryOf(authorities: readonly TrustedAuthority[]): Memory {
  const known = memories.get(authorities);
  if (known) return known;
  const fresh = {
    leaves: boundedCache<readonly CertificatePath[] | Refusal>(limits.rememberedPaths),
    issuers: boundedCache<UpperPaths>(limits.rememberedPaths),
  };
  memories.set(authorities, fresh);
  return fresh;
}

/** One search: what it may still do, and which issuers have been found to sign the leaf. */
interface Search {
  readonly question: PathQuestion;
  /** Names the certificates that came along. */
  readonly along: string;
  readonly budget: StepBudget;
  readonly signers: Map<string, boolean>;
}

function searchPaths(question: PathQuestion, along: string): readonly CertificatePath[] | Refusal {
  const { authorities, purpose, domain } = question;
  const search = { question, along, budget: stepBudget(), signers: new Map<string, boolean>() };
  const answers = authorities.map((authority) => pathsUnder(search, authority));
  const found = answers.flatMap(({ paths }) => paths);
  const broken = answers.find((answer) => answer.refusal)?.refusal;
  // What the leaf is for matters once an authority is known to have issued it.
  const usages = found.map((path) => usageOf(path, purpose));
  const good = found.filter((_, index) => usages[index] === undefined);
  if (good.length > 0) return good;
  const refusal = usages.find((usage) => usage !== undefined) ?? broken;
  if (refusal) return refusal;
  if (search.budget.cut)
    return inconclusive('limit-exceeded', 'the certificates can be chained in too many ways');
  return untrusted(
    purpose === 'timestamping' ? 'tsa-untrusted' : 'cert-untrusted-root',
    `the certificate is by an authority that ${domain} does not name`,
  );
}

const usageOf = (
  { certificates, authority }: CertificatePath,
  purpose: PathPurpose,
): Refusal | undefined => {
  const [leaf] = certificates;
  const pinned = certificates.length === 1;
  return leaf && checkEndCertificate(leaf, purpose, { privatePki: !!authority.privatePki, pinned });
};

interface PathsUnder {
  readonly paths: readonly CertificatePath[];
  readonly refusal?: Refusal;
}

function pathsUnder(search: Search, authority: TrustedAuthority): PathsUnder {
  const { leaf, intermediates } = search.question;
  const anchors = anchorsOf(authority);
  if (anchors.some(({ fingerprint }) => fingerprint === leaf.fingerprint))
    return { paths: [{ certificates: [leaf], issuer: leaf, authority }] };
  const pool = { anchors, between: [...authority.certificates, ...intermediates] };
  const paths: CertificatePath[] = [];
  let refusal: Refusal | undefined;
  for (const issuer of issuersOf(leaf, pool)) {
    const upper = upperPaths(search, authority, issuer, pool);
    if (upper.sound.length === 0 && upper.refusal === undefined) continue;
    if (!signedLeaf(search, issuer)) continue;
    refusal ??= upper.refusal;
    for (const { certificates, constraints } of upper.sound) {
      const names = checkNames([leaf], constraints);
      if (names) refusal ??= names;
      else paths.push({ certificates: [leaf, ...certificates], issuer, authority });
    }
  }
  refusal ??= authority.unusable?.find(({ subjectDer }) =>
    subjectDer.equals(leaf.issuerDer),
  )?.refusal;
  return { paths, ...(refusal && { refusal }) };
}

function upperPaths(
  { question, along, budget }: Search,
  authority: TrustedAuthority,
  issuer: Certificate,
  pool: Parameters<typeof climb>[1],
): UpperPaths {
  const { authorities, purpose } = question;
  const place = authorities.indexOf(authority);
  const key = `${purpose} ${place} ${issuer.fingerprint} ${along}`;
  return memoryOf(authorities).issuers.get(key, () => {
    const checked = climb(issuer, pool, budget).map((certificates) => {
      const rules = checkAuthorities(certificates, purpose);
      return isRefusal(rules) ? rules : { ...rules, certificates };
    });
    const refusal = checked.find(isRefusal);
    return {
      sound: checked.filter((one): one is UpperPath => !isRefusal(one)),
      ...(refusal && { refusal }),
    };
  });
}

function signedLeaf({ question: { leaf }, budget, signers }: Search, issuer: Certificate): boolean {
  const known = signers.get(issuer.fingerprint);
  if (known !== undefined) return known;
  if (budget.left <= 0) {
    budget.cut = true;
    return false;
  }
  budget.left--;
  const signed = isSignedBy(leaf, issuer);
  signers.set(issuer.fingerprint, signed);
  return signed;
}

const isValidAt = ({ certificates, authority }: CertificatePath, time: number): boolean =>
  time >= authority.from &&
  time <= authority.until &&
  certificates.every(({ notBefore, notAfter }) => time >= notBefore && time <= notAfter);

function expired({ certificates, authority }: CertificatePath, time: number): Refusal {
  const at = Number.isFinite(time) ? new Date(time).toISOString() : 'a time that cannot be read';
  const place = certificates.findIndex(
    ({ notBefore, notAfter }) => !(time >= notBefore && time <= notAfter),
  );
  if (place < 0)
    return invalid(
      'cert-expired-at-time',
      `the trust root does not name the authority ${authority.url} for ${at}`,
    );
  const which = place === 0 ? 'the certificate' : 'an authority of the path';
  return invalid('cert-expired-at-time', `${which} was not valid at ${at}`);
}
