import { OperationalError } from '#lib/errors.ts';
import type { Digest } from '#lib/model/digest.ts';
import {
  type Discovery,
  type Evidence,
  type EvidencePlace,
  type EvidenceSource,
  evidencePlaces,
  type PlaceSearched,
} from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { FetchedManifest, PlatformChild, RegistryReader, Subject } from '#lib/ports.ts';
import {
  type Carrier,
  type PlaceContents,
  type Shortfall,
  searchPlaces,
  shortfallOf,
} from './evidence-places.ts';
import { platformsOf } from './platforms.ts';
import { type ManifestEvidence, readEvidence, unreadable } from './read-evidence.ts';

/** What was found beside a digest, and what the digest itself is. */
export type DiscoveredImage = Discovery & {
  readonly mediaType?: string;
  readonly platforms?: readonly PlatformChild[];
};

/**
 * Looks for evidence everywhere beside one digest. The image manifest comes first: a registry that
 * hides a repository answers 404 to everything, and then nothing may be claimed about signatures.
 */
export async function discoverEvidence(
  registry: RegistryReader,
  subject: Subject,
): Promise<DiscoveredImage> {
  const image = await readImage(registry, subject);
  if ('reason' in image) return nothingClaimed(subject, image);
  const contents = await searchPlaces(registry, subject);
  const carriers = mergeCarriers(contents);
  const context = { registry, subject, take: byteBudget() };
  const findings = await Promise.all(carriers.map((carrier) => readCarrier(context, carrier)));
  const evidence = mergeEvidence(findings.flatMap((finding) => finding.evidence));
  const places = contents.map((content) => outcomeOf(content, subject, evidence, findings));
  const platforms = image.body.kind === 'index' ? platformsOf(image.body.index) : undefined;
  return {
    ...identityOf(subject),
    evidence,
    places,
    complete: places.every(({ outcome }) => outcome !== 'failed'),
    warnings: [
      ...[...contents, ...findings].flatMap(({ warnings }) => warnings),
      ...surplusPlatforms(platforms?.length ?? 0),
    ],
    mediaType: image.mediaType,
    ...(platforms !== undefined && { platforms: platforms.slice(0, limits.platforms) }),
  };
}

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

const nameOf = ({ registry, repository }: Subject): string => `${registry}/${repository}`;

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
  places: evidencePlaces.map((place) => ({
    place,
    repository: nameOf(subject),
    outcome: 'failed',
    found: 0,
    ...shortfall,
  })),
  complete: false,
  warnings: [],
});

/** A carrier with every place that named it. */
type PlacedCarrier = Carrier & { readonly places: readonly EvidencePlace[] };

/** The same manifest is often listed twice: it is read once and keeps all its places. */
function mergeCarriers(contents: readonly PlaceContents[]): readonly PlacedCarrier[] {
  const merged = new Map<Digest, PlacedCarrier>();
  for (const { place, carriers } of contents)
    for (const carrier of carriers) {
      const known = merged.get(carrier.digest);
      merged.set(carrier.digest, {
        ...carrier,
        ...known,
        ...(carrier.manifest !== undefined && { manifest: carrier.manifest }),
        places: [...(known?.places ?? []), place],
      });
    }
  return [...merged.values()];
}

interface Finding extends ManifestEvidence {
  readonly places: readonly EvidencePlace[];
  readonly warnings: Discovery['warnings'];
}

async function readCarrier(
  context: Parameters<typeof readEvidence>[0],
  { digest, manifest, places }: PlacedCarrier,
): Promise<Finding> {
  const { registry, subject } = context;
  const nothing = { evidence: [], surplus: 0, places, warnings: [] };
  const sourcesIn = (where: readonly EvidencePlace[]): readonly EvidenceSource[] =>
    where.map((place) => ({
      place,
      registry: subject.registry,
      repository: subject.repository,
      manifest: digest,
    }));
  try {
    const carrier =
      manifest ?? (await registry.manifest(subject.registry, subject.repository, digest));
    if (carrier === undefined)
      throw new OperationalError(
        'registry-not-found',
        `${digest} is listed beside ${subject.digest} but not in the registry (404)`,
        { retryable: true },
      );
    const named = carrier.body.kind === 'other' ? subject.digest : subjectOf(carrier);
    const about = named === subject.digest ? places : places.filter((place) => !isReferrers(place));
    const warnings = about.length === places.length ? [] : [foreign(digest, subject, named)];
    if (about.length === 0) return { ...nothing, warnings };
    return { ...(await readEvidence(context, carrier, sourcesIn(about))), places, warnings };
  } catch (error) {
    const { reason, detail = '', retryable = false } = shortfallOf(error);
    const located = { subject: subject.digest, sources: sourcesIn(places) };
    const descriptor = { mediaType: mediaTypes.ociManifest, digest, size: 0 };
    return { ...nothing, evidence: [unreadable(located, descriptor, reason, detail, retryable)] };
  }
}

const isReferrers = (place: EvidencePlace): boolean =>
  place === 'referrers-api' || place === 'referrers-tag';

const subjectOf = ({ body }: FetchedManifest): string | undefined => {
  if (body.kind === 'manifest') return body.manifest.subject?.digest;
  return body.kind === 'index' ? body.index.subject?.digest : undefined;
};

/** A registry may list anything beside our digest; a referrer says itself what it is about. */
const foreign = (
  carrier: Digest,
  subject: Subject,
  named: string | undefined,
): Discovery['warnings'][number] => ({
  reason: 'subject-mismatch',
  detail: `${carrier} is listed as a referrer of ${subject.digest} but is about ${named?.slice(0, 100) ?? 'nothing'}`,
});

function mergeEvidence(items: readonly Evidence[]): readonly Evidence[] {
  const merged = new Map<Digest, Evidence>();
  for (const item of items) {
    const known = merged.get(item.id);
    merged.set(
      item.id,
      known === undefined ? item : { ...known, sources: [...known.sources, ...item.sources] },
    );
  }
  return [...merged.values()];
}

function outcomeOf(
  { place, unsupported, shortfall }: PlaceContents,
  subject: Subject,
  evidence: readonly Evidence[],
  findings: readonly Finding[],
): PlaceSearched {
  const found = evidence.filter(({ sources }) =>
    sources.some((source) => source.place === place),
  ).length;
  const about = { place, repository: nameOf(subject), found };
  const surplus = findings
    .filter(({ places }) => places.includes(place))
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
