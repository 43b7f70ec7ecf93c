import type { Certificate } from './certificate.ts';
import type { Envelope } from './envelope.ts';
import type { HashName } from './keys.ts';
import type { TlogEntry } from './rekor/tlog-entry.ts';

/** What carries the claim. */
export type ItemContent =
  | { readonly form: 'simple-signing'; readonly payload: Buffer }
  | { readonly form: 'dsse'; readonly envelope: Envelope }
  /** The artifact itself was signed; the digest is what the bundle claims of it. */
  | { readonly form: 'message'; readonly algorithm: HashName; readonly digest: Buffer };

/**
 * A signature in one shape, whatever layout it lay in. Reading it trusts nothing: everything here is
 * what the writer of the evidence claims.
 */
export interface SignedItem {
  readonly layout: 'legacy' | 'bundle';
  readonly content: ItemContent;
  readonly signature: Buffer;
  /** The signing certificate; absent when a bare key signed. */
  readonly certificate?: Certificate;
  /** Certificates that came along, leaf excluded. Never anchors. */
  readonly chain: readonly Certificate[];
  readonly tlogEntries: readonly TlogEntry[];
  /** DER TimeStampResp. */
  readonly timestamps: readonly Buffer[];
  /** What the timestamps are over: the signature, or a legacy attestation as it was written. */
  readonly timestamped: Uint8Array;
  /** Oddities that change no verdict. */
  readonly notes: readonly string[];
}
