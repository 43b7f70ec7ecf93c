#!/usr/bin/env node
import { ConfigurationError, OperationalError } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { printable } from './printable.ts';
import { UsageError } from './usage.ts';

/** The commands by name, loaded when they are asked for. */
const commands: Record<string, () => Promise<{ run: (parameters: string[]) => Promise<number> }>> =
  {
    scan: () => import('./scan.ts'),
    verify: () => import('./verify.ts'),
    'verify-attestation': () => import('./verify-attestation.ts'),
    'verify-receipt': () => import('./verify-receipt.ts'),
    'verify-bundle': () => import('./verify-bundle-command.ts'),
    serve: () => import('./serve.ts'),
    policy: () => import('./policy.ts'),
    worker: () => import('./worker.ts'),
    lab: () => import('./lab.ts'),
    doctor: () => import('./doctor.ts'),
  };

const help = `sealwatch: the signature posture of container images

  sealwatch serve               the dashboard, on http://127.0.0.1:3000
  sealwatch scan                one scan of clusters, files or the lab, without a server
  sealwatch verify IMAGE…       who signed these images, and does it hold
  sealwatch verify-attestation  what is stated about images, and by whom
  sealwatch verify-bundle       one Sigstore bundle for one artifact
  sealwatch verify-receipt      find a verdict again, from its receipt alone
  sealwatch policy test         what policies in files say about workloads in files
  sealwatch worker              more workers beside a PostgreSQL database
  sealwatch lab                 registries and clusters to try everything on
  sealwatch doctor              credentials, trust roots, permissions, clocks

Each command explains itself with --help. Exit codes: 0 good, 1 findings or not verified,
2 wrong use or configuration, 3 something could not be checked.
`;

async function main([name = '--help', ...parameters]: string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    process.stderr.write(`sealwatch: unknown command "${name}"\n\n${help}`);
    return 2;
  }
  // A command says what failed in its own words; only long-running ones keep a log.
  if (!['serve', 'worker'].includes(name) && !process.env['SEALWATCH_LOG_LEVEL'])
    log.level = 'silent';
  try {
    const { run } = await load();
    return await run(parameters);
  } catch (error) {
    return report(name, error);
  }
}

function report(name: string, error: unknown): number {
  if (error instanceof UsageError || isArgumentError(error)) {
    process.stderr.write(
      `sealwatch ${name}: ${(error as Error).message}\nSee sealwatch ${name} --help.\n`,
    );
    return 2;
  }
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) process.stderr.write(`sealwatch: ${problem}\n`);
    return 2;
  }
  if (error instanceof OperationalError) {
    const { remedy } = reasonOf(error.code);
    process.stderr.write(`sealwatch ${name}: ${printable(error.message)} → ${remedy}\n`);
    return 3;
  }
  process.stderr.write(`sealwatch ${name}: ${(error as Error).stack ?? error}\n`);
  return 3;
}

/** What `node:util` throws for an unknown or incomplete option. */
const isArgumentError = (error: unknown): boolean =>
  error instanceof TypeError &&
  String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');

process.exitCode = await main(process.argv.slice(2));
