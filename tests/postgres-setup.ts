type Started = { readonly url: string; stop(): Promise<void> } | { readonly skipped: string };

const script = new URL('../scripts/postgres.mjs', import.meta.url).href;

/**
 * Vitest's global set-up: one throw-away PostgreSQL for the whole run, named in
 * SEALWATCH_TEST_POSTGRES. An address that is already there is used as it is. Without a PostgreSQL
 * the half of the tests that needs one is skipped, and the run says so.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['SEALWATCH_TEST_POSTGRES'] !== undefined) return;
  const { startPostgres } = (await import(script)) as { startPostgres(): Promise<Started> };
  const server = await startPostgres();
  if ('skipped' in server) {
    console.error(`\n*** THE POSTGRESQL HALF IS SKIPPED: ${server.skipped} ***\n`);
    process.env['SEALWATCH_TEST_POSTGRES_SKIPPED'] = server.skipped;
    return;
  }
  process.env['SEALWATCH_TEST_POSTGRES'] = server.url;
  return () => server.stop();
}
