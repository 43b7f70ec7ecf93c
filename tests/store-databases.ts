import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The PostgreSQL of this run; undefined when there is none, with the reason in `postgresSkipped`. */
export const postgresUrl = process.env['SEALWATCH_TEST_POSTGRES'];
export const postgresSkipped =
  process.env['SEALWATCH_TEST_POSTGRES_SKIPPED'] ?? 'no SEALWATCH_TEST_POSTGRES';

/** A new, empty database on the PostgreSQL of this run. */
export async function newDatabase(): Promise<string> {
  if (postgresUrl === undefined) throw new Error(postgresSkipped);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}
