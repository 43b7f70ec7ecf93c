import { seedRoot } from '#lib/adapters/trust/trust-source.ts';
import type { TrustRoot } from '#lib/model/authority.ts';

/** The public-good root that is shipped with this version. */
export const shippedRoot = async (): Promise<TrustRoot> => seedRoot('public-good');
