import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import { openEmbedded } from '#lib/adapters/store/embedded.ts';
import { FolderInUseError } from '#lib/adapters/store/folder-lock.ts';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';
import { ConfigurationError } from '#lib/errors.ts';

const child = (...parameters: string[]): ChildProcess =>
  fork(new URL('./store-child.ts', import.meta.url), parameters);

describe('the embedded database', () => {
  let folder: string;
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'sealwatch-store-')), 'data');
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  it('flushes every commit to the disk', async () => {
    const database = await openEmbedded(folder);
    if (database.queue.kind !== 'pglite') throw new Error('not embedded');
    const { client } = database.queue;
    expect((await client.query<{ fsync: string }>('show fsync')).rows).toEqual([{ fsync: 'on' }]);
    await client.exec('create table written (n int)');
    for (let n = 0; n < 5; n += 1) {
      const before = await client.fsyncs();
      await sql`insert into written values (${n})`.execute(database.db);
      expect(await client.fsyncs()).toBeGreaterThan(before);
    }
    await database.close();
  });

  it('keeps its folder to its owner', async () => {
    const database = await openEmbedded(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'pg')).mode & 0o777).toBe(0o700);
    await database.close();
  });

  it('refuses a second process and names folder, holder and remedy', async () => {
    const holder = child('open', folder);
    await once(holder, 'message');
    const refused = openStore({ kind: 'embedded', dataDir: folder });
    await expect(refused).rejects.toBeInstanceOf(FolderInUseError);
    const message = await refused.catch((error: Error) => error.message);
    expect(message).toContain(folder);
    expect(message).toContain(`process ${holder.pid}`);
    expect(message).toContain('name another data folder, or use PostgreSQL');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const store = await openStore({ kind: 'embedded', dataDir: folder });
    await store.close();
  });

  it('lets the folder go when it is closed, or could not be opened', async () => {
    for (let n = 0; n < 2; n += 1)
      await (await openStore({ kind: 'embedded', dataDir: folder })).close();
  });

  it('has every acknowledged row once after kill -9, and takes up the jobs again', async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const writer = child('write', folder, String(round * 1_000));
      const enough = Promise.withResolvers<void>();
      let rows = 0;
      writer.on('message', (message: { acknowledged?: string }) => {
        if (message.acknowledged === undefined) return;
        acknowledged.add(message.acknowledged);
        rows += 1;
        if (rows === 15 + round * 7) enough.resolve();
      });
      await enough.promise;
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    const store = await openStore({ kind: 'embedded', dataDir: folder });
    const filter = WorkloadFilter.parse({});
    const exported = (await Array.fromAsync(store.allWorkloads(filter))).flat();
    const ids = exported.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(acknowledged.difference(new Set(ids))).toEqual(new Set());
    expect((await store.workloads(filter, { limit: 1 })).containers).toBe(ids.length);

    const queue = await openQueue(store);
    // One scan and one subject of each round; the scans were claimed when their process died.
    expect([await queue.depth('scan'), await queue.depth('subject')]).toEqual([3, 3]);
    let taken = 0;
    const all = Promise.withResolvers<void>();
    await queue.work('scan', { batch: 1, concurrency: 1 }, async () => {
      taken += 1;
      if (taken === 3) all.resolve();
    });
    await all.promise;
    await queue.stop();
    await store.close();
  }, 120_000);

  it('refuses a database that a newer program wrote', async () => {
    const store = await openStore({ kind: 'embedded', dataDir: folder });
    await store.close();
    const database = await openEmbedded(folder);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(
      database.db,
    );
    await database.close();
    const opened = openStore({ kind: 'embedded', dataDir: folder });
    await expect(opened).rejects.toBeInstanceOf(ConfigurationError);
    await expect(opened).rejects.toThrow(/newer Sealwatch .*9999-later/);
  });
});

describe('a session that several parts share', () => {
  it('gives nobody the failed transaction of another', async () => {
    const store = await openStore({ kind: 'memory' });
    if (store.queueDatabase.kind !== 'pglite') throw new Error('not embedded');
    const { client } = store.queueDatabase;
    const failing = client.exec('begin; select 1/0; commit');
    const next = store.scans(1);
    await expect(failing).rejects.toThrow('division by zero');
    expect(await next).toEqual([]);
    await store.close();
  });

  it('rejects instead of ending the process when it is gone', async () => {
    const store = await openStore({ kind: 'memory' });
    await store.close();
    await expect(store.ping()).rejects.toThrow();
    await expect(store.saveRegistries([], [])).rejects.toThrow();
  });
});
