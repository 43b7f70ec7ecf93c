import type { Digest } from '#lib/model/digest.ts';
import type { TagNow } from '#lib/model/posture.ts';
import type { PlatformChild } from '#lib/ports/scan-store.ts';
import type { ResolvedReference } from './resolve-reference.ts';

/**
 * Compares what runs with what its tag names now. A node may report the platform's digest where the
 * tag names the index; `platforms` are the children of the digest that the tag names.
 */
export function compareTag(
  running: Digest,
  now: ResolvedReference,
  platforms: readonly PlatformChild[] = [],
): TagNow {
  if (now.state === 'gone') return { state: 'gone' };
  const same = now.digest === running || platforms.some(({ digest }) => digest === running);
  return same ? { state: 'same' } : { state: 'moved', digest: now.digest };
}
