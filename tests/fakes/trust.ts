import type { TrustRoot } from '#lib/model/authority.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { TrustSource } from '#lib/ports/trust.ts';

/** A trust source whose roots a test may change. */
export interface FakeTrust extends TrustSource {
  roots: readonly TrustRoot[];
  problems: readonly {
    readonly name: string;
    readonly reason: ReasonCode;
    readonly detail: string;
  }[];
}

/** A trust root with this revision and no content. */
export const aTrustRoot = (revision: string, name = 'public-good'): TrustRoot => ({
  name,
  revision,
  json: '{}',
  origin: 'seed',
  asOf: '2026-11-01T00:00:00Z',
});

export function createFakeTrust(...roots: TrustRoot[]): FakeTrust {
  const fake: FakeTrust = {
    roots: roots.length > 0 ? roots : [aTrustRoot('one')],
    problems: [],
    load: async () => ({ roots: fake.roots, problems: fake.problems }),
  };
  return fake;
}
