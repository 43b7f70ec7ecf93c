import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import type { FetchedManifest } from '#lib/ports/registry.ts';
import type { PlatformChild } from '#lib/ports/scan-store.ts';
import { platformsOf } from './platforms.ts';

/**
 * The platform under which an index lists an image; undefined when it does not list it as one. The
 * list counts only if its bytes are those that the signed digest names: a list that somebody else
 * wrote proves nothing, whoever signed the index.
 * @param index the digest that is signed
 */
export function membershipIn(
  fetched: FetchedManifest,
  index: Digest,
  child: Digest,
): PlatformChild | undefined {
  const hex = createHash('sha256').update(fetched.bytes).digest('hex');
  if (digest(`sha256:${hex}`) !== index || fetched.body.kind !== 'index') return undefined;
  return platformsOf(fetched.body.index).find((platform) => platform.digest === child);
}
