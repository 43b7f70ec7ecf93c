import type { ShippedTrustRoot } from '#lib/model/authority.ts';
import github from './seeds/github.json' with { type: 'json' };
import publicGood from './seeds/public-good.json' with { type: 'json' };
import staging from './seeds/staging.json' with { type: 'json' };

/** What is shipped of one domain: dated, and with the place that it was taken from in its file. */
export interface Seed {
  readonly mirror: string;
  /** When these bytes were current, ISO 8601. */
  readonly asOf: string;
  /** The text of `trusted_root.json`. */
  readonly trustedRoot: string;
  /** The text of the TUF root from which a refresh begins. */
  readonly tufRoot: string;
}

const seedOf = (file: typeof publicGood | typeof github | typeof staging): Seed => ({
  mirror: file.mirror,
  asOf: file.asOf,
  trustedRoot: JSON.stringify(file.trustedRoot),
  tufRoot: JSON.stringify(file.root),
});

/** The shipped material by domain. */
export const seeds: Readonly<Record<ShippedTrustRoot, Seed>> = {
  'public-good': seedOf(publicGood),
  github: seedOf(github),
  staging: seedOf(staging),
};

/** The shipped material of a mirror, if it is a known one. */
export const seedOfMirror = (mirror: string): Seed | undefined =>
  Object.values(seeds).find((seed) => seed.mirror === mirror.replace(/\/$/, ''));
