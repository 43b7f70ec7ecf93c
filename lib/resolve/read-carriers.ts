import { OperationalError } from '#lib/errors.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { Discovery, Evidence, EvidencePlace, EvidenceSource } from '#lib/model/evidence.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { FetchedManifest } from '#lib/ports/registry.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { type Carrier, type PlaceContents, shortfallOf } from './evidence-places.ts';
import {
  type ManifestEvidence,
  type ReadingContext,
  readEvidence,
  unreadable,
} from './read-evidence.ts';

/** A carrier with every place of one repository that named it. */
export type PlacedCarrier = Carrier & {
  readonly home: Subject;
  readonly places: readonly EvidencePlace[];
};

/** The same manifest is often listed twice: it is read once and keeps all its places. */
export function mergeCarriers(contents: readonly PlaceContents[]): readonly PlacedCarrier[] {
  const merged = new Map<string, PlacedCarrier>();
  for (const { place, home, carriers } of contents)
    for (const carrier of carriers) {
      const key = `${home.registry}/${home.repository}@${carrier.digest}`;
      const known = merged.get(key);
      merged.set(key, {
        home,
        ...carrier,
        ...known,
        ...(carrier.manifest !== undefined && { manifest: carrier.manifest }),
        places: [...(known?.places ?? []), place],
      });
    }
  return [...merged.values()];
}

/** What one carrier holds. */
export interface Finding extends ManifestEvidence {
  readonly home: Subject;
  readonly places: readonly EvidencePlace[];
  readonly warnings: Discovery['warnings'];
}

/**
 * Reads one carrier. A referrer that is about another digest than the one asked for is discarded with
 * a warning: a registry may list anything.
 */
export async function readCarrier(
  context: ReadingContext,
  { digest, manifest, home, places }: PlacedCarrier,
): Promise<Finding> {
  const { registry, subject } = context;
  const nothing = { evidence: [], surplus: 0, home, places, warnings: [] };
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
    return { ...nothing, ...(await readEvidence(context, carrier, sourcesIn(about))), warnings };
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

/** Items that lie in several places are one item with several sources. */
export function mergeEvidence(items: readonly Evidence[]): readonly Evidence[] {
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
