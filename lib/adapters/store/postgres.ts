import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { ConfigurationError } from '#lib/errors.ts';
import type { Database } from './database.ts';
import { PostgresListener } from './postgres-listener.ts';

const oldestMajor = 15;
/** Lists live on indexes that are in memory; no query of ours is long enough for JIT to pay. */
const sessionSettings = "set random_page_cost = 1.1; set work_mem = '16MB'; set jit = off";
/** PostgreSQL's OID of int8. */
const int8 = 20;

/** int8 as number, as in `pglite-worker.ts`: counts and identities stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format),
};

/**
 * Opens a PostgreSQL database.
 * @throws ConfigurationError when the server is older than PostgreSQL 15
 */
export async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types,
    application_name: 'sealwatch',
  });
  // An idle connection that breaks must not end the process; the next query reports the failure.
  pool.on('error', () => undefined);
  try {
    await assertVersion(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const listener = new PostgresListener(url);
  const db = new Kysely<Record<string, never>>({
    dialect: new PostgresDialect({
      pool,
      onCreateConnection: async (connection) => {
        await connection.executeQuery(CompiledQuery.raw(sessionSettings));
      },
    }),
  });
  return {
    kind: 'postgresql',
    location: withoutPassword(url),
    db,
    queue: { kind: 'postgresql', url },
    listen: (channel, handle) => listener.listen(channel, handle),
    close: async () => {
      await listener.close();
      await db.destroy();
      if (!pool.ended) await pool.end();
    },
  };
}

async function assertVersion(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ server_version_num: string }>('SHOW server_version_num');
  const major = Math.floor(Number(rows[0]?.server_version_num ?? 0) / 10_000);
  if (major < oldestMajor)
    throw new ConfigurationError([
      `The database is PostgreSQL ${major}; Sealwatch needs PostgreSQL ${oldestMajor} or newer.`,
    ]);
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  } catch {
    return 'postgresql';
  }
}
