import { OperationalError } from '#lib/errors.ts';
import type { DeclaredRepository, RegistryReader } from '#lib/ports/registry.ts';
import type { PublishedImage, PublishedReading, Subject } from '#lib/ports/scan-store.ts';
import { isEvidenceTag, isGlob, repositoryGlob, wholePattern } from './tag-filter.ts';
import { compareTags } from './tag-order.ts';

/** What declared repositories publish, and the digests that want a verdict. */
export interface Published {
  readonly readings: readonly PublishedReading[];
  readonly subjects: readonly Subject[];
}

/**
 * Reads a declared repository, or all that its glob names. A repository that cannot be read is a
 * reading with a reason, so that its absence is never taken for "nothing published".
 * @throws ConfigurationError when a pattern of the declaration is none
 */
export async function readPublished(
  registry: RegistryReader,
  declared: DeclaredRepository,
  now: Date,
): Promise<Published> {
  const where = `${declared.registry}/${declared.repository}`;
  const rules = {
    tags: wholePattern(declared.tags, `${where}: tags`),
    releases: wholePattern(declared.releases, `${where}: releases`),
  };
  const repositories = await expand(registry, declared).catch(operational);
  if (repositories instanceof OperationalError)
    return { readings: [failed(declared, declared.repository, repositories, now)], subjects: [] };
  const readings: PublishedReading[] = [];
  // One after the other: the tags of one repository already fill the registry's places.
  for (const repository of repositories)
    readings.push(await readRepository(registry, declared, repository, rules, now));
  return { readings, subjects: subjectsOf(readings) };
}

interface TagRules {
  readonly tags: (tag: string) => boolean;
  readonly releases: (tag: string) => boolean;
}

async function expand(
  registry: RegistryReader,
  { registry: host, repository }: DeclaredRepository,
): Promise<readonly string[]> {
  if (!isGlob(repository)) return [repository];
  const matches = repositoryGlob(repository);
  return (await registry.repositories(host)).filter(matches);
}

async function readRepository(
  registry: RegistryReader,
  declared: DeclaredRepository,
  repository: string,
  rules: TagRules,
  now: Date,
): Promise<PublishedReading> {
  const listed = await registry.tags(declared.registry, repository).catch(operational);
  if (listed instanceof OperationalError) return failed(declared, repository, listed, now);
  const tags = listed.tags.filter((tag) => !isEvidenceTag(tag));
  const wanted = tags.filter(rules.tags).sort(compareTags).slice(0, declared.newest);
  const read = await Promise.all(
    wanted.map((tag) => readTag(registry, declared.registry, repository, tag, rules)),
  );
  const failure = read.find(({ error }) => error !== undefined)?.error;
  return {
    registry: declared.registry,
    repository,
    images: read.flatMap(({ image }) => (image === undefined ? [] : [image])),
    tags: tags.length,
    skippedTags: tags.length - wanted.length,
    readAt: now,
    ...reasonFor(listed.complete, failure),
  };
}

const reasonFor = (
  complete: boolean,
  failure: OperationalError | undefined,
): Pick<PublishedReading, 'reason' | 'detail'> => {
  if (failure !== undefined) return { reason: failure.code, detail: failure.message };
  if (complete) return {};
  return { reason: 'limit-exceeded', detail: 'the list of tags could not be read to its end' };
};

/** A tag that vanished since it was listed is no image; one that could not be read stays without digest. */
async function readTag(
  registry: RegistryReader,
  host: string,
  repository: string,
  tag: string,
  { releases }: TagRules,
): Promise<{ readonly image?: PublishedImage; readonly error?: OperationalError }> {
  const image = { registry: host, repository, tag, release: releases(tag) };
  const digest = await registry.resolveTag(host, repository, tag).catch(operational);
  if (digest instanceof OperationalError) return { image, error: digest };
  return digest === undefined ? {} : { image: { ...image, digest } };
}

const failed = (
  { registry }: DeclaredRepository,
  repository: string,
  { code, message }: OperationalError,
  readAt: Date,
): PublishedReading => ({
  registry,
  repository,
  images: [],
  tags: 0,
  skippedTags: 0,
  readAt,
  reason: code,
  detail: message,
});

function subjectsOf(readings: readonly PublishedReading[]): readonly Subject[] {
  const subjects = new Map<string, Subject>();
  for (const { images } of readings)
    for (const { registry, repository, digest } of images)
      if (digest !== undefined)
        subjects.set(`${registry}/${repository}@${digest}`, { registry, repository, digest });
  return [...subjects.values()];
}

function operational(error: unknown): OperationalError {
  if (error instanceof OperationalError) return error;
  throw error;
}
