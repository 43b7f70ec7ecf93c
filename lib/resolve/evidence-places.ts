import { OperationalError } from '#lib/errors.ts';
import { type Digest, isDigest } from '#lib/model/digest.ts';
import { type EvidencePlace, type PlaceSearched, repositoryPlaces } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { Descriptor } from '#lib/model/manifest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { FetchedManifest, RegistryReader } from '#lib/ports/registry.ts';
import type { Subject } from '#lib/ports/scan-store.ts';

/** Why a place does not count as searched. */
export type Shortfall = Pick<PlaceSearched, 'reason' | 'detail' | 'retryable' | 'retryAt'> & {
  readonly reason: ReasonCode;
};

/** A manifest that may carry evidence, as one place named it. */
export interface Carrier {
  readonly digest: Digest;
  /** Present when the place itself had to read it. */
  readonly manifest?: FetchedManifest;
}

/** What one place holds. With a shortfall the carriers are those seen before it. */
export interface PlaceContents {
  readonly place: EvidencePlace;
  /** The repository that was searched, for the digest of the image. */
  readonly home: Subject;
  readonly carriers: readonly Carrier[];
  readonly unsupported?: string;
  readonly shortfall?: Shortfall;
  readonly warnings: readonly { readonly reason: ReasonCode; readonly detail: string }[];
}

/** Looks into all four places at once. A failure of one never keeps us from the others. */
export const searchPlaces = (
  registry: RegistryReader,
  home: Subject,
): Promise<readonly PlaceContents[]> =>
  Promise.all([
    guarded('referrers-api', home, () => searchReferrersApi(registry, home)),
    guarded('referrers-tag', home, () => searchReferrersTag(registry, home)),
    guarded('signature-tag', home, () => searchTag(registry, home, '.sig')),
    guarded('attestation-tag', home, () => searchTag(registry, home, '.att')),
  ]);

/**
 * The same in a repository that holds signatures of other ones. The image is not there to tell a
 * repository without signatures from one that is hidden from us, so that is asked first: hidden is
 * not empty.
 */
export async function searchPlacesElsewhere(
  registry: RegistryReader,
  home: Subject,
): Promise<readonly PlaceContents[]> {
  try {
    await registry.resolveTag(home.registry, home.repository, tagFor(home, '.sig'));
  } catch (error) {
    const shortfall = shortfallOf(error);
    return repositoryPlaces.map((place) => ({
      place,
      home,
      carriers: [],
      warnings: [],
      shortfall,
    }));
  }
  return searchPlaces(registry, home);
}

/** The tag under which cosign once put SBOMs that nobody signs. */
export const searchSbomTag = (registry: RegistryReader, home: Subject): Promise<PlaceContents> =>
  guarded('sbom-tag', home, () => searchTag(registry, home, '.sbom'));

/** The words of a failure for a place; anything but a failure of the world is thrown on. */
export function shortfallOf(error: unknown): Shortfall {
  if (!(error instanceof OperationalError)) throw error;
  return {
    reason: error.code,
    detail: error.message,
    retryable: error.retryable,
    ...(error.retryAt !== undefined && { retryAt: error.retryAt.toISOString() }),
  };
}

type Found = Omit<PlaceContents, 'place' | 'home' | 'warnings'> & Partial<PlaceContents>;

async function guarded(
  place: EvidencePlace,
  home: Subject,
  search: () => Promise<Found>,
): Promise<PlaceContents> {
  try {
    return { warnings: [], ...(await search()), place, home };
  } catch (error) {
    return { place, home, carriers: [], warnings: [], shortfall: shortfallOf(error) };
  }
}

async function searchReferrersApi(
  registry: RegistryReader,
  { registry: host, repository, digest }: Subject,
): Promise<Found> {
  const answer = await registry.referrers(host, repository, digest);
  if (!answer.supported) return { carriers: [], unsupported: answer.detail };
  const listed = listedCarriers(answer.descriptors);
  if (!answer.truncated) return listed;
  const { reason, detail } = answer.problem ?? {
    reason: 'limit-exceeded' as const,
    detail: 'the registry lists more referrers than are read',
  };
  return { ...listed, shortfall: { reason, detail, retryable: reason !== 'limit-exceeded' } };
}

/**
 * The index that clients keep under `sha256-<hex>` where a registry has no referrers API. It is read
 * even where there is one: what was pushed before the registry learned it lies only here.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
async function searchReferrersTag(registry: RegistryReader, subject: Subject): Promise<Found> {
  const manifest = await registry.manifest(
    subject.registry,
    subject.repository,
    tagFor(subject, ''),
  );
  if (manifest === undefined) return { carriers: [] };
  if (manifest.body.kind === 'index') return listedCarriers(manifest.body.index.manifests);
  const detail = `${tagFor(subject, '')} is no image index and was not read as a list of referrers`;
  return { carriers: [], warnings: [{ reason: 'manifest-malformed', detail }] };
}

async function searchTag(
  registry: RegistryReader,
  subject: Subject,
  suffix: string,
): Promise<Found> {
  const manifest = await registry.manifest(
    subject.registry,
    subject.repository,
    tagFor(subject, suffix),
  );
  return { carriers: manifest === undefined ? [] : [{ digest: manifest.digest, manifest }] };
}

/** `sha256-<hex>.sig`: cosign's name for what belongs to a digest. */
const tagFor = ({ digest }: Subject, suffix: string): string =>
  `${digest.replace(':', '-')}${suffix}`;

function listedCarriers(
  descriptors: readonly Descriptor[],
): Pick<PlaceContents, 'carriers' | 'shortfall'> {
  const digests = new Set(descriptors.map(({ digest }) => digest).filter(isDigest));
  const carriers = [...digests].slice(0, limits.referrers).map((digest) => ({ digest }));
  if (digests.size <= limits.referrers) return { carriers };
  const detail = `${digests.size} referrers are listed; the first ${limits.referrers} were read`;
  return { carriers, shortfall: { reason: 'limit-exceeded', detail, retryable: false } };
}
