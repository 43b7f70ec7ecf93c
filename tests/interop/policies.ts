// Compares what we say about pods under admission policies with what the testers of the engines say.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gatekeeperSet } from './gatekeeper-cases.ts';
import { kyvernoSets } from './kyverno-cases.ts';
import { installTester, type PeerRegistry, runPeer, type Tester } from './peers.ts';
import { policyControllerSets } from './policy-controller-cases.ts';
import { type PolicyImages, plantImages } from './policy-images.ts';
import { compareSet, type PolicyRow, type PolicySet } from './policy-set.ts';

const testers: readonly Tester[] = ['policy-tester', 'kyverno', 'gator'];

/** What was compared, and which testers could not be had, with the reason. */
export interface PolicyComparison {
  readonly rows: readonly PolicyRow[];
  readonly skipped: readonly { readonly tester: Tester; readonly why: string }[];
}

/**
 * Asks every tester that can be had about its policies and pods.
 * @param registries one without the referrers API, and one with it
 * @param mayInstall whether missing testers are installed
 */
export async function comparePolicies(
  [plain, referrers]: readonly PeerRegistry[],
  folder: string,
  mayInstall: boolean,
): Promise<PolicyComparison> {
  if (!plain || !referrers) throw new Error('two registries are needed');
  const here = path.join(folder, 'policies');
  mkdirSync(here);
  const absent = testers.map((tester) => ({ tester, why: installTester(tester, mayInstall) }));
  const skipped = absent.flatMap(({ tester, why }) => (why === undefined ? [] : [{ tester, why }]));
  const isThere = (tester: Tester) => skipped.every((one) => one.tester !== tester);
  const planted =
    isThere('policy-tester') || isThere('kyverno')
      ? await plantImages(plain, referrers, { folder: here, keys: makeKeys(here) })
      : undefined;
  const config = path.join(here, 'sealwatch.yaml');
  writeFileSync(config, configText([plain.host, referrers.host], planted));
  const rows = setsOf(planted)
    .filter(({ engine }) => isThere(engine))
    .flatMap((set) => compareSet(set, here, config));
  return { rows, skipped };
}

/** Our configuration, in JSON, which is YAML. */
const configText = (hosts: readonly string[], planted: PolicyImages | undefined): string =>
  JSON.stringify({
    registries: hosts.map((host) => ({ host, insecure: true })),
    ...(planted && {
      signatureRepositories: [
        { images: [planted.images.elsewhere.replace(/@.*/, '')], repository: planted.elsewhere },
      ],
    }),
  });

const setsOf = (planted: PolicyImages | undefined): readonly PolicySet[] => [
  ...(planted ? [...policyControllerSets(planted), ...kyvernoSets(planted)] : []),
  gatekeeperSet,
];

function makeKeys(folder: string): { readonly a: string; readonly b: string } {
  for (const key of ['a', 'b']) {
    const { ok, text } = runPeer(
      'cosign3',
      ['generate-key-pair', '--output-key-prefix', key],
      folder,
    );
    if (!ok) throw new Error(`cosign: ${text}`);
  }
  const read = (key: string) => readFileSync(path.join(folder, `${key}.pub`), 'utf8');
  return { a: read('a'), b: read('b') };
}

/**
 * Prints every pair, and what was left out and why. What we do not evaluate is open: it neither passes
 * nor fails. @returns how many pairs differ
 */
export function printPolicies({ rows, skipped }: PolicyComparison): number {
  const columns = ['engine', 'policy', 'workload', 'theirs', 'ours'] as const;
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  console.log(`\n${line(['engine', 'policy', 'workload', 'engine says', 'we say'])}`);
  for (const row of rows)
    console.log(`${line(columns.map((column) => row[column]))}  ${remarkOf(row)}`.trimEnd());
  for (const { tester, why } of skipped) console.log(`SKIPPED ${tester}: ${why}`);
  const count = (state: State) => rows.filter((row) => stateOf(row) === state).length;
  console.log(
    `policies: ${count('passed')} passed, ${count('failed')} failed, ${count('deliberate')} differ ` +
      `on purpose, ${count('open')} open`,
  );
  return count('failed');
}

type State = 'passed' | 'failed' | 'deliberate' | 'open';

function stateOf({ equal, ours, deliberate }: PolicyRow): State {
  if (ours === 'open') return 'open';
  if (equal) return 'passed';
  return deliberate === undefined ? 'failed' : 'deliberate';
}

function remarkOf(row: PolicyRow): string {
  const state = stateOf(row);
  if (state === 'passed') return '';
  return state === 'deliberate'
    ? `≠ on purpose: ${row.deliberate}`
    : `${state === 'failed' ? '≠' : 'open'} ${row.why}`;
}
