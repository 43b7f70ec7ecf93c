import path from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import { type FindingKind, findingKinds } from '#lib/model/posture.ts';
import {
  type Configuration,
  kubeconfigCluster,
  loadConfiguration,
} from '#lib/wiring/configuration.ts';
import { openOneShot } from '#lib/wiring/one-shot.ts';
import { runningServer, scanThroughServer } from './running-server.ts';
import { type ScanFormat, scanFormats, writeScan } from './scan-output.ts';
import { temporaryLab } from './temporary-lab.ts';
import { oneOf, UsageError } from './usage.ts';

const help = `sealwatch scan: one scan, no server

  --config FILE     everything that FILE configures (SEALWATCH_CONFIG, or ./sealwatch.yaml)
  --context NAME    one context of the kubeconfig
  --pods FILE       pods written by kubectl get pods -A -o json
  --manifests DIR   manifests on disk
  --lab             the lab, started for this scan
  --server URL      ask a running server for a scan and print what it found
  -o FORMAT         ${scanFormats.join(', ')} (table)
  --fail-on KINDS   exit 1 when findings of these kinds exist: ${findingKinds.join(', ')}
  --offline         an air gap: only declared clusters and registries are asked
  --quiet           no progress on standard error

Without a source, a server running on the same data folder is asked; else the configuration,
else the current kubeconfig. Exit: 0 clean, 1 findings of --fail-on, 2 wrong use,
3 something could not be checked and --fail-on names inconclusive.
`;

const options = {
  config: { type: 'string' },
  context: { type: 'string' },
  pods: { type: 'string' },
  manifests: { type: 'string' },
  lab: { type: 'boolean', default: false },
  server: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'table' },
  'fail-on': { type: 'string', default: '' },
  offline: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** One complete scan; prints what was found and exits by `--fail-on`. */
export async function run(parameters: string[]): Promise<number> {
  const { values } = parseArgs({ args: parameters, options });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const format = oneOf('-o', values.output, scanFormats);
  const failOn = values['fail-on']
    .split(',')
    .filter((kind) => kind !== '')
    .map((kind) => oneOf('--fail-on', kind, findingKinds));
  const chosen = [values.config, values.context, values.pods, values.manifests, values.server];
  if (chosen.filter((source) => source !== undefined).length + Number(values.lab) > 1)
    throw new UsageError(
      '--config, --context, --pods, --manifests, --lab, --server exclude one another',
    );

  const progress = values.quiet ? () => undefined : printProgress;
  const named = chosen.some((source) => source !== undefined) || values.lab;
  const address = values.server ?? (named ? undefined : await runningServer());
  if (address !== undefined && values.offline)
    throw new UsageError('--offline is for a scan in this process; name a source');
  if (address !== undefined) return scanThroughServer(address, format, failOn, progress);

  const lab = values.lab ? await temporaryLab() : undefined;
  try {
    const written = configurationOf(values, lab?.configPath);
    const configuration = values.offline ? { ...written, offline: true } : written;
    return await scanHere(configuration, format, failOn, progress);
  } finally {
    await lab?.close();
  }
}

async function scanHere(
  configuration: Configuration,
  format: ScanFormat,
  failOn: readonly FindingKind[],
  progress: (scan: ScanRow) => void,
): Promise<number> {
  if (configuration.clusters.length + configuration.declared.length === 0)
    throw new UsageError('nothing to scan: name a source, or write a configuration');
  const shot = await openOneShot(configuration, readEnvironment());
  try {
    const scan = await shot.scan(progress, interrupted());
    return await writeScan(shot.store, scan, format, failOn);
  } finally {
    await shot.close();
  }
}

interface Chosen {
  readonly config?: string | undefined;
  readonly context?: string | undefined;
  readonly pods?: string | undefined;
  readonly manifests?: string | undefined;
}

/** A source named on the command line replaces the clusters of the file; the rest of it holds. */
function configurationOf(chosen: Chosen, labConfig: string | undefined): Configuration {
  const file = labConfig ?? chosen.config;
  const environment = readEnvironment();
  const configuration = loadConfiguration(
    file === undefined ? environment : { ...environment, configPath: path.resolve(file) },
  );
  const only = (cluster: Configuration['clusters'][number]) => ({
    ...configuration,
    clusters: [cluster],
    declared: [],
  });
  if (chosen.context !== undefined) return only(kubeconfigCluster(environment, chosen.context));
  if (chosen.pods !== undefined)
    return only({
      id: 'pods',
      name: path.basename(chosen.pods),
      kind: 'pods-file',
      path: path.resolve(chosen.pods),
    });
  if (chosen.manifests !== undefined)
    return only({
      id: 'manifests',
      name: path.basename(chosen.manifests),
      kind: 'manifests',
      path: path.resolve(chosen.manifests),
    });
  return configuration;
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(new Error('interrupted')));
  return controller.signal;
}

let lastLine = 0;
function printProgress(scan: ScanRow): void {
  if (Date.now() - lastLine < 1_000 && scan.finishedAt === null) return;
  lastLine = Date.now();
  const stages = scan.stages.map(({ name, done, total }) => `${name} ${done}/${total ?? '?'}`);
  const left =
    scan.remainingSeconds === null ? '' : `, about ${Math.ceil(scan.remainingSeconds)} s left`;
  process.stderr.write(`sealwatch: ${stages.join(', ')}${left}\n`);
}
