import {
  type Discovery,
  type Evidence,
  type PlaceSearched,
  repositoryPlaces,
} from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { Elsewhere, FetchedManifest, RegistryReader } from '#lib/ports/registry.ts';
import type { PlatformChild, Subject } from '#lib/ports/scan-store.ts';
import {
  type PlaceContents,
  type Shortfall,
  searchPlaces,
  searchPlacesElsewhere,
  searchSbomTag,
  shortfallOf,
} from './evidence-places.ts';
import { indexAttachments } from './index-attachments.ts';
import { platformsOf } from './platforms.ts';
import { type Finding, mergeCarriers, mergeEvidence, readCarrier } from './read-carriers.ts';
import { type ContentTrustLook, isComplete, searchContentTrust } from './search-content-trust.ts';

/** What was found beside a digest, and what the digest itself is. */
export type DiscoveredImage = Discovery & {
  readonly mediaType?: string;
  readonly platforms?: readonly PlatformChild[];
};

/**
 * Looks for evidence everywhere beside one digest, and where else the operator said that it lies. The
 * image manifest comes first: a registry that hides a repository answers 404 to everything, and then
 * nothing may be claimed about signatures.
 */
export async function discoverEvidence(
  registry: RegistryReader,
  subject: Subject,
  elsewhere: readonly Elsewhere[] = [],
  contentTrust?: ContentTrustLook,
): Promise<DiscoveredImage> {
  const image = await readImage(registry, subject);
  if ('reason' in image) return nothingClaimed(subject, image);
  const take = byteBudget();
  const [beside, trust] = await Promise.all([
    searchAll(registry, subject, elsewhere),
    searchContentTrust(contentTrust, subject),
  ]);
  const first = await readAll(registry, take, beside);
  // An SBOM in a tag proves nothing: it is worth a request only where it is all that there is.
  const bare =
    beside.every(({ shortfall }) => shortfall === undefined) &&
    first.every(({ evidence }) => evidence.length === 0);
  const sbom = bare ? [await searchSbomTag(registry, subject)] : [];
  const contents = [...beside, ...sbom];
  const findings = [...first, ...(await readAll(registry, take, sbom))];

  const index = image.body.kind === 'index' ? image.body.index : undefined;
  const inside = index === undefined ? [] : await indexAttachments(registry, subject, index);
  const evidence = mergeEvidence([
    ...findings.flatMap((finding) => finding.evidence),
    ...inside,
    ...trust.evidence,
  ]);
  const places = [
    ...contents.map((content) => outcomeOf(content, evidence, findings)),
    ...(inside.length === 0 ? [] : [insideIndex(subject, inside.length)]),
    ...elsewhere.flatMap(unreadableLookaside),
    ...trust.places,
  ];
  const platforms = index === undefined ? undefined : platformsOf(index);
  return {
    ...identityOf(subject),
    evidence,
    places,
    complete: isComplete(places),
    warnings: [
      ...[...contents, ...findings].flatMap(({ warnings }) => warnings),
      ...surplusPlatforms(platforms?.length ?? 0),
    ],
    subjectDescriptor: { mediaType: image.mediaType, size: image.bytes.length },
    mediaType: image.mediaType,
    ...(platforms !== undefined && { platforms: platforms.slice(0, limits.platforms) }),
  };
}

async function searchAll(
  registry: RegistryReader,
  subject: Subject,
  elsewhere: readonly Elsewhere[],
): Promise<readonly PlaceContents[]> {
  const homes = elsewhere.filter((place) => place.kind === 'repository');
  const contents = await Promise.all([
    searchPlaces(registry, subject),
    ...homes
      .filter((home) => nameOf(home) !== nameOf(subject))
      .map(({ registry: host, repository }) =>
        searchPlacesElsewhere(registry, { registry: host, repository, digest: subject.digest }),
      ),
  ]);
  return contents.flat();
}

const readAll = (
  registry: RegistryReader,
  take: (bytes: number) => boolean,
  contents: readonly PlaceContents[],
): Promise<readonly Finding[]> =>
  Promise.all(
    mergeCarriers(contents).map((carrier) =>
      readCarrier({ registry, subject: carrier.home, take }, carrier),
    ),
  );

const surplusPlatforms = (count: number): Discovery['warnings'] =>
  count <= limits.platforms
    ? []
    : [
        {
          reason: 'limit-exceeded',
          detail: `the index lists ${count} platforms; the first ${limits.platforms} are kept`,
        },
      ];

const identityOf = ({ registry, repository, digest }: Subject) => ({
  subject: digest,
  registry,
  repository,
});

const nameOf = ({ registry, repository }: Omit<Subject, 'digest'>): string =>
  `${registry}/${repository}`;

async function readImage(
  registry: RegistryReader,
  { registry: host, repository, digest }: Subject,
): Promise<FetchedManifest | Shortfall> {
  try {
    const manifest = await registry.manifest(host, repository, digest);
    if (manifest !== undefined) return manifest;
    const detail = `${host}/${repository}@${digest} is not in the registry, or hidden from us (404)`;
    return { reason: 'registry-not-found', detail, retryable: true };
  } catch (error) {
    return shortfallOf(error);
  }
}

const nothingClaimed = (subject: Subject, shortfall: Shortfall): DiscoveredImage => ({
  ...identityOf(subject),
  evidence: [],
  places: repositoryPlaces.map((place) => ({
    place,
    repository: nameOf(subject),
    outcome: 'failed',
    found: 0,
    ...shortfall,
  })),
  complete: false,
  warnings: [],
});

const insideIndex = (subject: Subject, found: number): PlaceSearched => ({
  place: 'image-index',
  repository: nameOf(subject),
  outcome: 'searched',
  found,
});

/** The operator says that signatures lie there: that we cannot read them is no absence of signatures. */
const unreadableLookaside = (place: Elsewhere): readonly PlaceSearched[] =>
  place.kind === 'repository'
    ? []
    : [
        {
          place: 'lookaside',
          repository: place.url,
          outcome: 'failed',
          found: 0,
          reason: 'unsupported-format',
          detail: 'GPG signatures (simple signing) are not read; what lies there is not known',
          retryable: false,
        },
      ];

function outcomeOf(
  { place, home, unsupported, shortfall }: PlaceContents,
  evidence: readonly Evidence[],
  findings: readonly Finding[],
): PlaceSearched {
  const found = evidence.filter(({ sources }) =>
    sources.some((source) => source.place === place && nameOf(source) === nameOf(home)),
  ).length;
  const about = { place, repository: nameOf(home), found };
  const surplus = findings
    .filter((finding) => finding.home === home && finding.places.includes(place))
    .reduce((sum, finding) => sum + finding.surplus, 0);
  if (shortfall !== undefined) return { ...about, outcome: 'failed', ...shortfall };
  if (surplus > 0) {
    const detail = `${surplus} layers beyond the first ${limits.signatureLayers} of a manifest were not read`;
    return { ...about, outcome: 'failed', reason: 'limit-exceeded', detail, retryable: false };
  }
  if (unsupported !== undefined) return { ...about, outcome: 'unsupported', detail: unsupported };
  return { ...about, outcome: 'searched' };
}

function byteBudget(): (bytes: number) => boolean {
  let left = limits.evidenceTotalBytes;
  return (bytes) => {
    left -= bytes;
    return left >= 0;
  };
}
