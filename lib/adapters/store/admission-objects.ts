import { sql } from 'kysely';
import type { AdmissionObject, AdmissionReading, ReadProblem } from '#lib/ports/cluster.ts';
import type { AdmissionAge, StoredAdmission } from '#lib/ports/review-store.ts';
import { asTable, batchRows, chunks } from './bulk.ts';
import { hash } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Trx } from './database.ts';
import { isLive, readClusters } from './freshness.ts';
import { inSlices } from './in-slices.ts';
import { write } from './transaction.ts';

/** Text of one statement: reports are large, and the whole of it is in memory several times. */
const batchText = 4 * 1024 * 1024;

interface ReadObject {
  readonly key: string;
  readonly content: string;
  readonly object: AdmissionObject;
}
interface StoredObject extends Omit<ReadObject, 'object'> {
  readonly document: string;
}
interface StoredReading {
  readonly revision: number;
  readonly namespaces: string;
  readonly problems: string;
}

/** Makes the reading the present admission objects of the cluster; writes what differs. */
export async function saveAdmission(
  { db }: StoreContext,
  cluster: string,
  reading: AdmissionReading,
): Promise<{ readonly changed: boolean }> {
  const read = await inSlices(
    reading.objects,
    (object): ReadObject => ({ key: keyOf(object), content: contentOf(object), object }),
  );
  const objects = new Map(read.map((one) => [one.key, one]));
  const namespaces = sorted(
    reading.namespaces.map(({ name, labels }) => JSON.stringify({ name, labels: inOrder(labels) })),
  );
  const problems = sorted(reading.problems.map((problem) => JSON.stringify(inOrder(problem))));
  const changed = await write(db, async ({ trx }) => {
    const before = await lockReading(trx, cluster, reading.readAt);
    const written = await saveObjects(trx, cluster, objects);
    const differs =
      written > 0 ||
      before.revision === 0 ||
      before.namespaces !== namespaces ||
      before.problems !== problems;
    await sql`
      update admission_reading set read_at = ${reading.readAt.toISOString()}::timestamptz,
        namespaces = ${namespaces}, problems = ${problems}, revision = ${before.revision + (differs ? 1 : 0)}
      where cluster = ${cluster}`.execute(trx);
    return differs;
  });
  return { changed };
}

/** The stored reading, kept from other writers; one that was never written has revision 0. */
async function lockReading(trx: Trx, cluster: string, at: Date): Promise<StoredReading> {
  await sql`
    insert into admission_reading (cluster, revision, read_at, namespaces, problems)
    values (${cluster}, 0, ${at.toISOString()}::timestamptz, '[]', '[]')
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<StoredReading>`
    select revision, namespaces, problems from admission_reading where cluster = ${cluster}
    for update`.execute(trx);
  return rows[0] ?? { revision: 0, namespaces: '[]', problems: '[]' };
}

async function saveObjects(
  trx: Trx,
  cluster: string,
  objects: ReadonlyMap<string, ReadObject>,
): Promise<number> {
  const { rows } = await sql<Omit<StoredObject, 'document'>>`
    select key, content from admission_object where cluster = ${cluster}`.execute(trx);
  const stored = new Map(rows.map(({ key, content }) => [key, content]));
  const gone = [...stored.keys()].filter((key) => !objects.has(key));
  for (const part of chunks(gone))
    await sql`delete from admission_object
      where cluster = ${cluster} and key = any(${part}::text[])`.execute(trx);
  let written = 0;
  for (const part of changedObjects(objects, stored)) {
    written += part.length;
    await sql`
      insert into admission_object (cluster, key, content, document)
      select ${cluster}, key, content, document from ${asTable(part, {
        key: ['text', ({ key }) => key],
        content: ['text', ({ content }) => content],
        document: ['text', ({ document }) => document],
      })} as input
      on conflict (cluster, key) do update set content = excluded.content,
        document = excluded.document`.execute(trx);
  }
  return gone.length + written;
}

/** What is new or differs, in pieces of some size. */
function* changedObjects(
  objects: ReadonlyMap<string, ReadObject>,
  stored: ReadonlyMap<string, string>,
): Generator<readonly StoredObject[]> {
  let part: StoredObject[] = [];
  let size = 0;
  for (const { key, content, object } of objects.values()) {
    if (stored.get(key) === content) continue;
    const document = JSON.stringify(object);
    if (part.length === batchRows || (part.length > 0 && size + document.length > batchText)) {
      yield part;
      part = [];
      size = 0;
    }
    part.push({ key, content, document });
    size += document.length;
  }
  if (part.length > 0) yield part;
}

/** What makes an object one object: another version of its group is the same one. */
function keyOf({ apiVersion, kind, metadata }: AdmissionObject): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return hash(JSON.stringify([group, kind, metadata.namespace ?? '', metadata.name]));
}

/** Equal when the object says the same; who wrote it and how often does not count. */
const contentOf = (object: AdmissionObject): string =>
  hash(
    JSON.stringify(
      inOrder({
        ...object,
        metadata: { ...object.metadata, resourceVersion: undefined, managedFields: undefined },
      }),
    ),
  );

/** The same value with the keys of its objects in order. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(inOrder);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, inOrder(item)]),
  );
}

const sorted = (items: readonly string[]): string => `[${[...items].sort().join()}]`;

/** What is stored of a cluster's admission objects; undefined until they were read once. */
export async function admissionOf(
  { db }: StoreContext,
  cluster: string,
): Promise<StoredAdmission | undefined> {
  // One statement, so that the objects are those of the revision.
  const { rows } = await sql<
    { document: string | null } & { [K in keyof StoredReading]: StoredReading[K] | null } & {
      read_at: Date | null;
    }
  >`
    select revision, read_at, namespaces, problems, null as document, '' as key
    from admission_reading where cluster = ${cluster} and revision > 0
    union all select null, null, null, null, document, key
    from admission_object where cluster = ${cluster} order by key`.execute(db);
  const [reading, ...objects] = rows;
  if (reading?.revision == null || reading.read_at === null) return;
  return {
    cluster,
    revision: reading.revision,
    readAt: reading.read_at,
    namespaces: JSON.parse(reading.namespaces ?? '[]') as AdmissionReading['namespaces'],
    problems: JSON.parse(reading.problems ?? '[]') as readonly ReadProblem[],
    objects: await inSlices(
      objects,
      ({ document }) => JSON.parse(document ?? 'null') as AdmissionObject,
    ),
  };
}

/** Objects are read once a minute: a reading that is no later than that is not late. */
const readingMs = 60_000;

/**
 * How old what is known about admission is. Objects of a live cluster become stale by themselves: its
 * pods may be followed well while its policies can no longer be read.
 */
export async function admissionAges(
  context: StoreContext,
  now: Date = new Date(),
): Promise<ReadonlyMap<string, AdmissionAge>> {
  const { rows } = await sql<{ cluster: string; read_at: Date }>`
    select cluster, read_at from admission_reading where revision > 0`.execute(context.db);
  const clusters = await readClusters(context, now);
  return new Map(
    rows.map(({ cluster, read_at: readAt }) => {
      const state = clusters.get(cluster);
      const late = now.getTime() - readAt.getTime() > context.staleAfterMs + readingMs;
      return [
        cluster,
        { readAt, stale: state !== undefined && (state.stale || (isLive(state) && late)) },
      ];
    }),
  );
}

/** Removes the admission objects of clusters that are no longer configured. */
export async function forgetAdmissionExcept(trx: Trx, clusters: readonly string[]): Promise<void> {
  await sql`delete from admission_object where cluster <> all(${clusters}::text[])`.execute(trx);
  await sql`delete from admission_reading where cluster <> all(${clusters}::text[])`.execute(trx);
}
