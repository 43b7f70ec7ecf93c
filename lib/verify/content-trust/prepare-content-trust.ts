import type { ContentTrustAuthority } from '#lib/model/authority.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { compileRootKeys, type RootKeyMatcher } from './root-key-pin.ts';

/** An authority over trust data with its root keys parsed. */
export interface PreparedContentTrust {
  readonly authority: ContentTrustAuthority;
  /** Whether it speaks about `registry/repository`. */
  readonly covers: (name: string) => boolean;
  readonly isPinned: RootKeyMatcher;
  /** Why it cannot be asked; then nothing is claimed under it. */
  readonly problem?: Refusal;
}

/** Parses the pinned root keys of an authority. */
export function prepareContentTrust(authority: ContentTrustAuthority): PreparedContentTrust {
  const globs = authority.images.map(compileImageGlob);
  const covers = (name: string) => globs.some((glob) => glob(name));
  const pins = compileRootKeys(authority.rootKeys);
  if (isRefusal(pins)) return { authority, covers, isPinned: () => false, problem: pins };
  return { authority, covers, isPinned: pins };
}
