import path from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import type { DecisionRow } from '#lib/contract/decisions.ts';
import type { PolicyPage } from '#lib/contract/policies.ts';
import type { ReadStore } from '#lib/ports/store.ts';
import { allDecisions } from '#lib/review/decisions.ts';
import { listPolicies } from '#lib/review/policies.ts';
import { type Configuration, loadConfiguration } from '#lib/wiring/configuration.ts';
import { openOneShot } from '#lib/wiring/one-shot.ts';
import { printable } from './printable.ts';
import { oneOf, UsageError } from './usage.ts';

const formats = ['table', 'json'] as const;

const help = `sealwatch policy test: what policies say about workloads, today and if they enforced

  --policy FILE     a file with policies of any engine, and what goes with them (their config maps,
                    exceptions, templates, webhooks); may be given several times
  --pods FILE       workloads: what kubectl get pods,deployments … -A -o json wrote
  --manifests DIR   workloads: manifests on disk
  --config FILE     registries, authorities and trust roots (SEALWATCH_CONFIG, or ./sealwatch.yaml)
  --offline         no registry is asked: what depends on signatures is an error, never a violation
  -o FORMAT         ${formats.join(', ')} (table)

Images are looked up and verified as in a scan. Exit: 0 nothing would be refused, 1 something is
refused today or would be, 2 wrong use or a document that cannot be read, 3 something could not be
decided and nothing would be refused.
`;

const options = {
  policy: { type: 'string', multiple: true },
  pods: { type: 'string' },
  manifests: { type: 'string' },
  config: { type: 'string' },
  offline: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o', default: 'table' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** `sealwatch policy test`: decisions of policies in files for workloads in files. */
export async function run(parameters: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: parameters, options, allowPositionals: true });
  if (values.help || positionals.length === 0) {
    process.stdout.write(help);
    return values.help ? 0 : 2;
  }
  if (positionals.length !== 1 || positionals[0] !== 'test')
    throw new UsageError(`there is no "policy ${positionals.join(' ')}", only "policy test"`);
  const format = oneOf('-o', values.output, formats);
  if (values.policy === undefined) throw new UsageError('name at least one file with --policy');
  if ((values.pods === undefined) === (values.manifests === undefined))
    throw new UsageError('name the workloads with one of --pods and --manifests');
  const shot = await openOneShot(configurationOf(values), readEnvironment());
  try {
    const scan = await shot.scan(() => undefined, new AbortController().signal);
    const fleet = await shot.fleet();
    const everything = { cluster: [], engine: [], mode: [], sort: 'name', order: 'asc' } as const;
    const policies = listPolicies(
      fleet,
      { ...everything, cluster: [], engine: [], mode: [] },
      {
        limit: Number.MAX_SAFE_INTEGER,
      },
    );
    const decisions = allDecisions(fleet, noFilter);
    write(format, policies, decisions);
    for (const { source, detail } of scan.failures)
      process.stderr.write(`sealwatch: ${printable(`${source}: ${detail}`)}\n`);
    const unread = await unreadFiles(shot.store);
    for (const detail of unread) process.stderr.write(`sealwatch: ${printable(detail)}\n`);
    return unread.length > 0 ? 2 : exitOf(policies, decisions);
  } finally {
    await shot.close();
  }
}

/** What of the files could not be read: of what stands there nothing is known. */
async function unreadFiles(store: Pick<ReadStore, 'clusters'>): Promise<readonly string[]> {
  const clusters = await store.clusters();
  return clusters.flatMap(({ asOf, detail, problems }) => [
    ...(asOf === null && detail !== null ? [detail] : []),
    ...problems.flatMap((one) => (one.reason === 'input-file' ? [one.detail] : [])),
  ]);
}

const noFilter = {
  cluster: [],
  namespace: [],
  team: [],
  policy: [],
  workload: [],
  engine: [],
  mode: [],
  today: [],
  enforced: [],
};

interface Chosen {
  readonly policy?: readonly string[] | undefined;
  readonly pods?: string | undefined;
  readonly manifests?: string | undefined;
  readonly config?: string | undefined;
  readonly offline: boolean;
}

function configurationOf({ policy = [], pods, manifests, config, offline }: Chosen): Configuration {
  const environment = readEnvironment();
  const configuration = loadConfiguration(
    config === undefined ? environment : { ...environment, configPath: path.resolve(config) },
  );
  const file = pods ?? manifests ?? '';
  return {
    ...configuration,
    declared: [],
    offline: offline || configuration.offline === true,
    clusters: [
      {
        id: 'files',
        name: path.basename(file),
        kind: pods === undefined ? 'manifests' : 'pods-file',
        path: path.resolve(file),
        policies: policy.map((one) => path.resolve(one)),
      },
    ],
  };
}

function write(
  format: (typeof formats)[number],
  { items, unread, missing }: PolicyPage,
  decisions: readonly DecisionRow[],
): void {
  if (format === 'json') {
    const document = { policies: items, unread, missing, decisions };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  for (const { kind, name, problems } of unread)
    for (const { path: field, message } of problems)
      process.stdout.write(`! ${printable(`${kind} ${name}: ${field}: ${message}`)}\n`);
  for (const { what, detail } of missing)
    process.stdout.write(`! ${printable(`${what}: ${detail}`)}\n`);
  for (const row of decisions) process.stdout.write(`${lineOf(row)}\n`);
  const count = (outcome: DecisionRow['enforced']) =>
    decisions.filter(({ enforced }) => enforced === outcome).length;
  process.stdout.write(
    `${items.length} policies, ${decisions.length} decisions: if they enforced, ` +
      `${count('admit')} admitted, ${count('refuse')} refused, ${count('error')} could not be ` +
      `checked, ${count('not-evaluated')} not evaluated\n`,
  );
}

const lineOf = (row: DecisionRow): string =>
  printable(
    [
      row.today.padEnd(13),
      row.enforced.padEnd(13),
      `${row.namespace}/${row.workloadKind}/${row.workload}`,
      row.container,
      `${row.engine}:${row.policy}/${row.rule}`,
      row.why,
    ].join('  '),
  );

/** A document that cannot be read comes first: without it nobody knows what it would refuse. */
function exitOf({ unread }: PolicyPage, decisions: readonly DecisionRow[]): number {
  if (unread.length > 0) return 2;
  if (decisions.some(({ today, enforced }) => today === 'refuse' || enforced === 'refuse'))
    return 1;
  const open: readonly DecisionRow['enforced'][] = ['error', 'not-evaluated'];
  return decisions.some(({ enforced }) => open.includes(enforced)) ? 3 : 0;
}
