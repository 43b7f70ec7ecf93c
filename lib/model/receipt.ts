import type { Authority, TrustRoot } from './authority.ts';
import type { Discovery } from './evidence.ts';
import type { RevocationAnswer } from './revocation.ts';
import type { ImageVerdict } from './verdict.ts';

/** The media type of a receipt; another version has another one. */
export const receiptMediaType = 'application/vnd.sealwatch.receipt.v1+json';

/**
 * A verdict with everything from which it follows, so that it can be found again without network:
 * what lay where, whom the verifier believed, and when. It proves that the evidence in it verifies
 * under the authorities and trust roots in it; whether those are the right ones, its reader decides by
 * their digests.
 */
export interface Receipt {
  readonly mediaType: typeof receiptMediaType;
  /** ISO 8601; the time under which everything was judged. */
  readonly judgedAt: string;
  readonly verifierVersion: string;
  readonly discovery: Discovery;
  readonly authorities: readonly Authority[];
  readonly trustRoots: readonly TrustRoot[];
  /** What the world said about revoked certificates. */
  readonly revocation: readonly RevocationAnswer[];
  readonly verdict: ImageVerdict;
}
