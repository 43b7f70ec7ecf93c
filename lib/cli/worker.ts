import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import { startWorkerProcess } from '#lib/wiring/worker-process.ts';
import { UsageError } from './usage.ts';

const help = `sealwatch worker: more workers beside a PostgreSQL database

Takes jobs from the queue of DATABASE_URL until it is stopped. The configuration must be the one
of the server. The embedded database belongs to one process, which works off its own jobs.
`;

/** Works until it is told to stop. */
export async function run(parameters: string[]): Promise<number> {
  const { values } = parseArgs({
    args: parameters,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const environment = readEnvironment();
  if (environment.databaseUrl === undefined)
    throw new UsageError(
      'DATABASE_URL is not set: separate workers need PostgreSQL. The server works off the jobs of the embedded database itself.',
    );
  const stop = await startWorkerProcess(environment, environment.databaseUrl);
  process.stderr.write('sealwatch: worker ready\n');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await stop();
  return 0;
}
