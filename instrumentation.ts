/** Starts store, queue and worker in the server process, without holding up its first answer. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return;
  const { startServer } = await import('#lib/wiring/server.ts');
  startServer();
}
