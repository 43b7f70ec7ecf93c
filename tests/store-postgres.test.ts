import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openMemory } from '#lib/adapters/store/embedded.ts';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { openPostgres } from '#lib/adapters/store/postgres.ts';
import { storeAdmissionContract } from './store-admission-contract.ts';
import { storeContract } from './store-contract.ts';
import { newDatabase, postgresSkipped, postgresUrl } from './store-databases.ts';
import { storeFormerContract } from './store-former-contract.ts';
import { storeReviewContract } from './store-review-contract.ts';
import { storeSimulationContract } from './store-simulation-contract.ts';

describe.skipIf(postgresUrl === undefined)('the store on PostgreSQL', () => {
  const open = async () => openStore({ kind: 'postgresql', url: await newDatabase() });
  storeContract(open);
  storeAdmissionContract(open);
  storeReviewContract(open);
  storeFormerContract(open);
  storeSimulationContract(open);

  it('is made by several programs at once without harm', async () => {
    const url = await newDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ kind: 'postgresql', url })));
    for (const store of stores) expect((await store.scans(1)).length).toBe(0);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('gives the same types as the embedded one', async () => {
    const rows = await Promise.all(
      [await openPostgres(await newDatabase()), await openMemory()].map(async (database) => {
        const result =
          await sql`select count(*) as n, 5::int8 as five, 7::int4 as four, null as none,
          '{"a": [1]}'::jsonb as json, array['x'] as list, true as yes,
          '2026-01-02T03:04:05.678Z'::timestamptz as at`.execute(database.db);
        await database.close();
        return result.rows;
      }),
    );
    const at = new Date('2026-01-02T03:04:05.678Z');
    const row = {
      n: 1,
      five: 5,
      four: 7,
      none: null,
      json: { a: [1] },
      list: ['x'],
      yes: true,
      at,
    };
    expect(rows).toEqual([[row], [row]]);
  });

  it('names itself without its password', async () => {
    const store = await openStore({ kind: 'postgresql', url: await newDatabase() });
    expect(store.location).toMatch(/^postgresql:\/\/127\.0\.0\.1:\d+\/test_/);
    await store.close();
  });
});

if (postgresUrl === undefined)
  it.skip(`PostgreSQL half skipped: ${postgresSkipped}`, () => undefined);
