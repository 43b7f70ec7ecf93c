import type { Fact } from '#lib/ports/verifier.ts';

/** The text under which a fact is found again: everything that its outcome depends on. */
export const factKey = (fact: Omit<Fact, 'verdict'>): string =>
  [
    fact.subject,
    fact.evidence,
    fact.authorityFingerprint,
    fact.trustRootRevision,
    fact.verifierVersion,
  ].join(' ');
