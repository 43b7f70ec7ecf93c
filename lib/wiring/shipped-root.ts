import { seedRoot } from '#lib/adapters/trust/trust-source.ts';
import type { ShippedTrustRoot, TrustRoot } from '#lib/model/authority.ts';

/** A root that is shipped with this version, by default the public-good one. */
export const shippedRoot = async (name: ShippedTrustRoot = 'public-good'): Promise<TrustRoot> =>
  seedRoot(name);
