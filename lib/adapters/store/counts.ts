import type { Counts } from '#lib/contract/words.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';

/** Counts by status that add up to their total. */
export class StatusTally {
  readonly #counts: Record<VerdictStatus, number> = {
    verified: 0,
    inconclusive: 0,
    untrusted: 0,
    unsigned: 0,
    invalid: 0,
  };

  add(status: VerdictStatus, count: number): void {
    this.#counts[status] += count;
  }

  counts(): Counts {
    const total = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    return { ...this.#counts, total };
  }
}

/** Tallies by key, made when first met. */
export class TallyMap {
  readonly #tallies = new Map<string, StatusTally>();

  of(key: string): StatusTally {
    const tally = this.#tallies.get(key) ?? new StatusTally();
    this.#tallies.set(key, tally);
    return tally;
  }

  counts(key: string): Counts {
    return (this.#tallies.get(key) ?? new StatusTally()).counts();
  }

  keys(): readonly string[] {
    return [...this.#tallies.keys()].sort();
  }
}
