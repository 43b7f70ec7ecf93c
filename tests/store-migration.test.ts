import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterAll, describe, expect, it } from 'vitest';
import type { Database } from '#lib/adapters/store/database.ts';
import { openEmbedded } from '#lib/adapters/store/embedded.ts';
import { migration0001 } from '#lib/adapters/store/migration-0001.ts';
import { migration0002 } from '#lib/adapters/store/migration-0002.ts';
import { openStore, type StoreOptions } from '#lib/adapters/store/open-store.ts';
import { openPostgres } from '#lib/adapters/store/postgres.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';
import { newDatabase, postgresSkipped, postgresUrl } from './store-databases.ts';
import {
  containerOf,
  digestOf,
  inventoryOf,
  judgeAll,
  minutesLater,
  noon,
  verdictOf,
  workloadOf,
} from './store-fleet.ts';

const at = noon.toISOString();
const [tagged, pinned] = [workloadOf(1), workloadOf(2)];
const verdict = JSON.stringify(verdictOf(1, 'verified').verdict);

/** A database as the schema before admission left it: one workload by tag, one by digest. */
async function earlier({ db }: Database): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({
        '0001-first-schema': migration0001,
        '0002-signed-indexes': migration0002,
      }),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  await sql`insert into container_class (key, facts) values ('c', ${JSON.stringify({
    status: 'verified',
    reason: null,
    pin: 'tag',
    kind: 'main',
    running: true,
    findings: [],
  })}::jsonb)`.execute(db);
  await sql`insert into profile (key, classes, running) values ('p', '{1}', '{0,0,0,0,1}')`.execute(
    db,
  );
  await sql`insert into registry_set (key, names) values ('r', '{ghcr.io}')`.execute(db);
  await sql`insert into image (digest, registry, repository, rank, reason, checked_at, since, verdict)
    values (${digestOf(1)}, 'ghcr.io', 'acme/app', 4, null, ${at}, ${at}, ${verdict}::jsonb)`.execute(
    db,
  );
  await sql`insert into tag_now (registry, repository, tag, state, digest, image_id, checked_at)
    values ('ghcr.io', 'acme/app', 'v1', 'digest', ${digestOf(1)}, 1, ${at})`.execute(db);
  for (const { id, cluster, namespace, name, uid } of [tagged, pinned])
    await sql`insert into workload (id, cluster, namespace, api_version, kind, name, uid, team, rank, pods, weight,
        containers, verified, profile, registries, since, search, content, revision)
      values (${id}, ${cluster}, ${namespace}, 'apps/v1', 'Deployment', ${name}, ${uid}, '', 4, 1, -1,
        1, 1, 1, 1, ${at}, ${name}, 'content', 7)`.execute(db);
  const use = (id: string, workloadId: string, tag: string | null, digest: string | null) => sql`
    insert into image_use (id, workload_id, container, kind, declared, registry, repository, tag, pinned_digest,
      pin, running, digest, pods, examples, rank, class, image_id, tag_id, since)
    values (${id}, ${workloadId}, 'main', 'main', ${`ghcr.io/acme/app${digest === null ? ':v1' : `@${digest}`}`},
      'ghcr.io', 'acme/app', ${tag}, ${digest}, ${digest === null ? 'tag' : 'digest'}, 'digest', ${digestOf(1)},
      1, '[]', 4, 1, 1, ${tag === null ? null : 1}, ${at})`;
  await use('use-1', tagged.id, 'v1', null).execute(db);
  await use('use-2', pinned.id, null, digestOf(2)).execute(db);
}

/** The same database, opened by this program. */
async function opened(options: StoreOptions): Promise<void> {
  const store = await openStore(options);
  const { items, total } = await store.workloads(WorkloadFilter.parse({}), { limit: 10 });
  expect(total).toBe(2);
  expect(items.map(({ id, status }) => [id, status])).toEqual([
    [tagged.id, 'verified'],
    [pinned.id, 'verified'],
  ]);
  const index = await store.reviewIndex();
  expect(index.admission.size).toBe(0);
  expect(index.workloads.get(tagged.id)).toBe(7);
  const reviewed = await store.reviewedWorkloads([tagged.id, pinned.id]);
  const byId = new Map(reviewed.map(({ workload, uses }) => [workload.id, uses]));
  const images = [...byId.values()].map(([use]) => use?.image ?? 0);
  expect(images.every((id) => index.images.has(id))).toBe(true);
  const [named] = await store.reviewedImages([byId.get(tagged.id)?.[0]?.image ?? 0]);
  expect(named?.verdict).toEqual(verdictOf(1, 'verified').verdict);
  // The pinned digest, which is not what runs, was never looked at: now it is due.
  const due = await store.dueSubjects({ now: noon, checkedBefore: minutesLater(-1), limit: 10 });
  expect(due.items.map(({ digest }) => digest)).toEqual([digestOf(2)]);
  const [known] = await store.reviewedImages([byId.get(pinned.id)?.[0]?.image ?? 0]);
  expect(known).toMatchObject({ revision: '0' });
  expect(known).not.toHaveProperty('verdict');
  await store.saveVerdicts([verdictOf(2, 'unsigned')], noon, 'scan');
  expect((await store.reviewedImages([known?.id ?? 0]))[0]?.verdict?.digest).toBe(digestOf(2));

  const admission = { labels: {}, podLabels: { a: 'b' }, mirror: false, pods: ['p'] };
  const now = { ...tagged, admission };
  await store.saveInventory('east', inventoryOf([now, containerOf(now, 1)]), minutesLater(1));
  await judgeAll(store, minutesLater(1));
  expect((await store.reviewedWorkloads([tagged.id]))[0]?.workload).toEqual(now);
  const former = (await Array.fromAsync(store.formerWorkloads(noon))).flat();
  expect(former.map(({ workload }) => workload.id)).toEqual([pinned.id]);
  await store.close();
}

describe('a database of the schema before admission', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sealwatch-store-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps its data when it is embedded', async () => {
    const dataDir = path.join(folder, 'data');
    const database = await openEmbedded(dataDir);
    await earlier(database);
    await database.close();
    await opened({ kind: 'embedded', dataDir });
  }, 60_000);

  it.skipIf(postgresUrl === undefined)('keeps its data on PostgreSQL', async () => {
    const url = await newDatabase();
    const database = await openPostgres(url);
    await earlier(database);
    await database.close();
    await opened({ kind: 'postgresql', url });
  });

  if (postgresUrl === undefined)
    it.skip(`PostgreSQL half skipped: ${postgresSkipped}`, () => undefined);
});
