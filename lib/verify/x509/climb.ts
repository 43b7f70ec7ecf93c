import { limits } from '#lib/model/limits.ts';
import type { Certificate } from '#lib/verify/certificate.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { isSignedBy } from './certificate-signature.ts';

/** Where a search for issuers may look, and how much it may still do. */
export interface IssuerPool {
  /** Certificates that end a path. */
  readonly anchors: readonly Certificate[];
  /** Certificates that may stand in between, of the authority and of the evidence. */
  readonly between: readonly Certificate[];
}

/** Counts signature checks: cross-signed authorities can make a search explode (CVE-2026-32280). */
export interface StepBudget {
  left: number;
  /** True once a way was left untried, for want of steps or because it was too long. */
  cut: boolean;
}

/** A fresh budget for the paths of one certificate. */
export const stepBudget = (): StepBudget => ({ left: limits.pathSteps, cut: false });

/**
 * The certificates of an authority that end a path: those that signed themselves, and the last one
 * listed, self-signed or not, because the operator put it there.
 */
export function anchorsOf({ certificates }: TrustedAuthority): readonly Certificate[] {
  return certificates.filter(
    (certificate, index) =>
      index === certificates.length - 1 ||
      (certificate.subjectDer.equals(certificate.issuerDer) &&
        isSignedBy(certificate, certificate)),
  );
}

/**
 * Every chain of signatures from an issuer up to an anchor, issuer first. Names are compared as
 * bytes; a certificate of a key and name that is in the chain already is not taken again.
 */
export function climb(
  issuer: Certificate,
  pool: IssuerPool,
  budget: StepBudget,
): readonly (readonly Certificate[])[] {
  const found: (readonly Certificate[])[] = [];
  const extend = (chain: readonly Certificate[], top: Certificate): void => {
    if (contains(pool.anchors, top)) {
      found.push(chain);
      return;
    }
    for (const candidate of issuersOf(top, pool)) {
      if (chain.some((one) => isSameEntity(one, candidate))) continue;
      // The leaf stands below the chain and counts too.
      if (chain.length + 2 > limits.certificates || budget.left <= 0) {
        budget.cut = true;
        return;
      }
      budget.left--;
      if (isSignedBy(top, candidate)) extend([...chain, candidate], candidate);
    }
  };
  extend([issuer], issuer);
  return found;
}

/** Certificates of the pool that bear the name of the issuer, anchors first, each once. */
export function issuersOf(
  { issuerDer }: Certificate,
  { anchors, between }: IssuerPool,
): readonly Certificate[] {
  const named = [...anchors, ...between].filter(({ subjectDer }) => subjectDer.equals(issuerDer));
  return named.filter(
    ({ fingerprint }, index) => named.findIndex((one) => one.fingerprint === fingerprint) === index,
  );
}

const contains = (list: readonly Certificate[], { fingerprint }: Certificate): boolean =>
  list.some((one) => one.fingerprint === fingerprint);

const isSameEntity = (one: Certificate, other: Certificate): boolean =>
  one.subjectDer.equals(other.subjectDer) && one.spkiDer.equals(other.spkiDer);
