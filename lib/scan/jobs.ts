import type { Job } from '#lib/ports/queue.ts';
import type { Subject, TagSubject } from '#lib/ports/scan-store.ts';
import type { ScanDependencies } from './dependencies.ts';

/** The scan id of work that no scan asked for: a change in a cluster, a retry that is due. */
export const backgroundId = 'background';

/** Rows of one page of what is due. */
const page = 1_000;

/** Names a subject: `registry/repository@digest`. */
export const subjectKey = ({ registry, repository, digest }: Subject): string =>
  `${registry}/${repository}@${digest}`;

/** Names a tag: `registry/repository:tag`. */
export const tagKey = ({ registry, repository, tag }: TagSubject): string =>
  `${registry}/${repository}:${tag}`;

/** Counts of jobs by kind. */
export interface Enqueued {
  readonly subjects: number;
  readonly tags: number;
}

/**
 * Puts everything that is due on the queue, once for as long as `seen` remembers it. Registries
 * alternate, so that a slow one does not hold up whole batches.
 */
export async function enqueueDue(
  { store, queue }: Pick<ScanDependencies, 'store' | 'queue'>,
  options: {
    readonly scanId: string;
    readonly now: Date;
    readonly subjectsBefore: Date;
    readonly tagsBefore: Date;
    readonly seen: { has(key: string): boolean; add(key: string): unknown };
  },
): Promise<Enqueued> {
  const { scanId, now, seen } = options;
  const fresh = <T>(items: readonly T[], key: (item: T) => string): T[] =>
    items.filter((item) => {
      const isNew = !seen.has(key(item));
      if (isNew) seen.add(key(item));
      return isNew;
    });
  const tags = await eachPage(
    (after) => store.dueTags({ checkedBefore: options.tagsBefore, limit: page, ...after }),
    (items) => fresh(items, tagKey),
    (tag): Job => ({ kind: 'tag', scanId, tag }),
    queue,
  );
  const subjects = await eachPage(
    (after) =>
      store.dueSubjects({ now, checkedBefore: options.subjectsBefore, limit: page, ...after }),
    (items) => fresh(items, subjectKey),
    (subject): Job => ({ kind: 'subject', scanId, subject }),
    queue,
  );
  return { subjects, tags };
}

async function eachPage<T extends { readonly registry: string }>(
  read: (after: { after?: string }) => Promise<{ items: readonly T[]; next: string | null }>,
  fresh: (items: readonly T[]) => readonly T[],
  toJob: (item: T) => Job,
  queue: ScanDependencies['queue'],
): Promise<number> {
  let count = 0;
  let after: { after?: string } = {};
  while (true) {
    const { items, next } = await read(after);
    const jobs = alternate(fresh(items)).map(toJob);
    if (jobs.length > 0) await queue.enqueue(jobs);
    count += jobs.length;
    if (next === null) return count;
    after = { after: next };
  }
}

/** Deals items out registry by registry, so that a slow one does not hold up whole batches. */
export function alternate<T extends { readonly registry: string }>(items: readonly T[]): T[] {
  const lists = [...Map.groupBy(items, ({ registry }) => registry).values()];
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
}
