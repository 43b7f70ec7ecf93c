import { OperationalError } from '#lib/errors.ts';
import { type Digest, isDigest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { Descriptor, ImageIndex } from '#lib/model/manifest.ts';
import type { FetchedManifest, RegistryReader } from '#lib/ports/registry.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { isAttestationChild } from './platforms.ts';
import { type Located, unsignedAttachment } from './read-evidence.ts';

/**
 * The attestations that BuildKit lists in an index as children of their own: in-toto statements that
 * nobody signed. The first few are looked into for their types; of the rest, and of those that cannot
 * be had, the index alone speaks, since no verdict depends on them.
 * @see https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export async function indexAttachments(
  registry: RegistryReader,
  subject: Subject,
  index: ImageIndex,
): Promise<readonly Evidence[]> {
  const children = index.manifests.filter(isAttestationChild).slice(0, limits.platforms);
  const found = await Promise.all(
    children.map(async (child, position) => {
      const looked = position < limits.attestationManifests;
      const manifest = looked ? await manifestOf(registry, subject, child) : undefined;
      return attachmentsOf(subject, child, manifest);
    }),
  );
  return found.flat();
}

async function manifestOf(
  registry: RegistryReader,
  { registry: host, repository }: Subject,
  { digest }: Descriptor,
): Promise<FetchedManifest | undefined> {
  if (!isDigest(digest)) return undefined;
  try {
    return await registry.manifest(host, repository, digest);
  } catch (error) {
    if (error instanceof OperationalError) return undefined;
    throw error;
  }
}

function attachmentsOf(
  subject: Subject,
  child: Descriptor,
  manifest: FetchedManifest | undefined,
): readonly Evidence[] {
  const located = locatedIn(subject, isDigest(child.digest) ? child.digest : subject.digest);
  const layers = manifest?.body.kind === 'manifest' ? manifest.body.manifest.layers : [];
  if (layers.length === 0)
    return [unsignedAttachment(located, child, child.annotations?.['vnd.docker.reference.type'])];
  return layers.slice(0, limits.signatureLayers).map((layer) => unsignedAttachment(located, layer));
}

const locatedIn = (
  { registry, repository, digest: subject }: Subject,
  manifest: Digest,
): Located => ({
  subject,
  sources: [{ place: 'image-index', registry, repository, manifest }],
});
