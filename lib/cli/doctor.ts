import path from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import { ConfigurationError, OperationalError } from '#lib/errors.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import { weaknesses } from '#lib/model/authority-findings.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import type { ClusterReader, ReadProblem } from '#lib/ports/cluster.ts';
import type { TrustSource } from '#lib/ports/trust.ts';
import { lintAuthorities } from '#lib/verify/lint/lint-authorities.ts';
import { type Configuration, loadConfiguration } from '#lib/wiring/configuration.ts';
import { openWorld, type World } from '#lib/wiring/world.ts';
import { printable } from './printable.ts';
import { runningServer } from './running-server.ts';

const help = `sealwatch doctor: what would keep a scan from telling the truth

  --config FILE   configuration (SEALWATCH_CONFIG, or ./sealwatch.yaml)

Looks at the configuration, the clusters and their permissions, registries and credentials,
authorities that are weaker than they look, trust roots and their age, and the clock.
Exit: 0 all well (notes do not count), 1 something to mend.
`;

/** One thing that was looked at. */
interface Diagnosis {
  readonly about: string;
  readonly good: boolean;
  readonly text: string;
  /** Worth knowing, and not in the way of the truth. */
  readonly note?: true;
}

const markOf = ({ good, note }: Diagnosis): string => {
  if (good) return '✔';
  return note ? '!' : '✘';
};

/** Prints one line for everything that was looked at, each fault with its remedy. */
export async function run(parameters: string[]): Promise<number> {
  const { values } = parseArgs({
    args: parameters,
    options: {
      config: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  let bad = 0;
  for await (const diagnosis of diagnose(values.config)) {
    const { about, good, note, text } = diagnosis;
    if (!good && !note) bad++;
    process.stdout.write(`${markOf(diagnosis)} ${printable(`${about}: ${text}`)}\n`);
  }
  process.stdout.write(bad === 0 ? 'all well\n' : `${bad} to mend\n`);
  return bad === 0 ? 0 : 1;
}

async function* diagnose(file: string | undefined): AsyncGenerator<Diagnosis> {
  const found = readEnvironment();
  const environment = file === undefined ? found : { ...found, configPath: path.resolve(file) };
  const address = await runningServer();
  yield {
    about: 'server',
    good: true,
    text: address ? `runs at ${address}` : 'none runs on this data folder',
  };
  let configuration: Configuration;
  try {
    configuration = loadConfiguration(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const text of error.problems) yield { about: 'configuration', good: false, text };
    return;
  }
  yield { about: 'configuration', good: true, text: configuration.path ?? 'none, defaults hold' };
  yield {
    about: 'authorities',
    good: configuration.authorities.length > 0,
    text: `${configuration.authorities.length} configured${configuration.authorities.length > 0 ? '' : ': nothing can be verified without one'}`,
  };
  const world = await openWorld(configuration, environment);
  try {
    const trust = await world.trust.load();
    yield* trustRoots(trust);
    yield* weaknessesOf(configuration, trust.roots);
    for (const cluster of world.clusters) yield* clusterHealth(cluster);
    yield* registries(world, configuration);
  } finally {
    await world.close();
  }
}

function* trustRoots({
  roots,
  problems,
}: Awaited<ReturnType<TrustSource['load']>>): Generator<Diagnosis> {
  for (const root of roots) {
    const days = Math.floor((Date.now() - Date.parse(root.asOf)) / 86_400_000);
    // A root from the future means that our clock is behind: certificates would be judged wrongly.
    const good = root.stale === undefined && days >= -1;
    const clock = days < -1 ? '; the clock of this machine is behind' : '';
    yield {
      about: `trust root ${root.name}`,
      good,
      text: `${root.origin}, ${days} days old${root.stale ? `, stale: ${root.stale.detail}` : ''}${clock}`,
    };
  }
  for (const { name, reason, detail } of problems)
    yield {
      about: `trust root ${name}`,
      good: false,
      text: `${detail} → ${reasonOf(reason).remedy}`,
    };
}

/** What is weak about the rules: from medium on it is for mending, below that a note. */
function* weaknessesOf(
  { authorities }: Configuration,
  roots: readonly TrustRoot[],
): Generator<Diagnosis> {
  for (const finding of lintAuthorities(authorities, roots, new Date())) {
    // Told above, with its remedy.
    if (finding.code === 'root-stale') continue;
    const { severity, title, remedy } = weaknesses[finding.code];
    const { kind, name } = finding.about;
    yield {
      about: `${kind === 'authority' ? 'authority' : 'trust root'} ${name}`,
      good: false,
      text: `${severity}: ${title} (${finding.where}: ${finding.detail}) → ${remedy}`,
      ...((severity === 'low' || severity === 'info') && { note: true }),
    };
  }
}

async function* clusterHealth(cluster: ClusterReader): AsyncGenerator<Diagnosis> {
  const about = `cluster ${cluster.name}`;
  try {
    const snapshot = await cluster.read({ signal: AbortSignal.timeout(60_000) });
    yield {
      about,
      good: true,
      text: `${snapshot.pods.length} pods, version ${snapshot.version ?? 'unknown'}`,
    };
    for (const problem of snapshot.problems) yield missed(about, problem);
    const admission = await cluster.readAdmission({ signal: AbortSignal.timeout(60_000) });
    yield { about, good: true, text: `${admission.objects.length} objects about admission` };
    for (const problem of admission.problems) yield missed(about, problem);
  } catch (error) {
    yield failure(about, error);
  }
}

const missed = (about: string, { what, reason, detail }: ReadProblem): Diagnosis => ({
  about,
  good: false,
  text: `${what}: ${detail} → ${reasonOf(reason).remedy}`,
});

async function* registries(world: World, configuration: Configuration): AsyncGenerator<Diagnosis> {
  for (const { registry, repository } of configuration.declared) {
    const about = `registry ${registry}`;
    try {
      if (repository.includes('*')) {
        const names = await world.registry.repositories(registry);
        yield { about, good: true, text: `lists ${names.length} repositories` };
      } else {
        const { tags } = await world.registry.tags(registry, repository);
        yield { about, good: true, text: `${repository} has ${tags.length} tags` };
      }
    } catch (error) {
      yield failure(about, error);
    }
  }
  for (const { host, credentials } of world.registry.status())
    yield { about: `registry ${host}`, good: true, text: `credentials: ${credentials ?? 'none'}` };
}

function failure(about: string, error: unknown): Diagnosis {
  if (!(error instanceof OperationalError)) throw error;
  return { about, good: false, text: `${error.message} → ${reasonOf(error.code).remedy}` };
}
