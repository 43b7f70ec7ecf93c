import type { Digest } from '#lib/model/digest.ts';
import { type Reference, tagOf } from '#lib/model/reference.ts';
import type { RegistryReader } from '#lib/ports/registry.ts';

/** What a reference names now. `gone`: the tag does not exist, or is hidden from us. */
export type ResolvedReference =
  | { readonly state: 'digest'; readonly digest: Digest }
  | { readonly state: 'gone'; readonly tag: string };

/**
 * Resolves a reference once; everything after works on the digest, so that a registry cannot answer
 * differently the second time (CVE-2022-47633). A digest in the reference wins over its tag.
 * @throws OperationalError registry-*
 */
export async function resolveReference(
  registry: RegistryReader,
  reference: Reference,
): Promise<ResolvedReference> {
  if (reference.digest !== undefined) return { state: 'digest', digest: reference.digest };
  const tag = tagOf(reference) ?? 'latest';
  const digest = await registry.resolveTag(reference.registry, reference.repository, tag);
  return digest === undefined ? { state: 'gone', tag } : { state: 'digest', digest };
}
