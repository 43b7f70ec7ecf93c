import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Kysely, PGliteDialect } from 'kysely';
import type { Database } from './database.ts';
import { lockFolder } from './folder-lock.ts';
import { PgliteClient } from './pglite-client.ts';

/**
 * Opens the embedded database of a data folder, which this process then holds alone.
 * @throws FolderInUseError when another process has the folder
 */
export async function openEmbedded(folder: string): Promise<Database> {
  const lock = lockFolder(folder);
  try {
    const data = path.join(folder, 'pg');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const client = await PgliteClient.open(data);
    await assertDurable(client);
    return overClient(client, folder, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A database that lives as long as the process, for one-shot scans and tests. */
export const openMemory = async (): Promise<Database> =>
  overClient(await PgliteClient.open(), 'memory', () => undefined);

function overClient(client: PgliteClient, location: string, release: () => void): Database {
  return {
    kind: 'embedded',
    location,
    db: new Kysely({
      dialect: new PGliteDialect({
        pglite: client as unknown as ConstructorParameters<typeof PGliteDialect>[0]['pglite'],
      }),
    }),
    queue: { kind: 'pglite', client },
    listen: (channel, listener) => client.listen(channel, listener),
    close: async () => {
      await client.close();
      release();
    },
  };
}

/** An upgrade of PGlite must not be able to switch durability off without anyone noticing. */
async function assertDurable(client: PgliteClient): Promise<void> {
  const { rows } = await client.query<{ fsync: string }>('SHOW fsync');
  const before = await client.fsyncs();
  await client.exec(
    `CREATE TABLE IF NOT EXISTS durability_probe (id int PRIMARY KEY, at timestamptz NOT NULL);
     INSERT INTO durability_probe VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET at = now()`,
  );
  const after = await client.fsyncs();
  if (rows[0]?.fsync === 'on' && after > before) return;
  await client.close();
  throw new Error(
    'the embedded database does not flush commits to the disk: this build must not be used',
  );
}
