import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { DecisionRow } from '#lib/contract/decisions.ts';
import type { Tester } from './peers.ts';

/**
 * What becomes of a pod. `audit`: it is let in and would be refused if the policy enforced. `open`: we
 * do not evaluate it.
 */
export type Word = 'admit' | 'warn' | 'audit' | 'refuse' | 'error' | 'open';

/** What an engine says about a pod under one policy, or under several of them together. */
export interface Pair {
  /** Names of the policies that are asked; without them, everything that the engine says counts. */
  readonly policies?: readonly string[];
  readonly policy: string;
  readonly workload: string;
  readonly theirs: Word;
  /** Words of ours that this tester cannot tell from its own. */
  readonly alike?: readonly Word[];
  /** Why we say something else on purpose. */
  readonly deliberate?: string;
}

/** Policies of one engine and pods, as it is asked about all of them. */
export interface PolicySet {
  readonly engine: Tester;
  readonly name: string;
  readonly policies: readonly object[];
  readonly workloads: readonly object[];
  /** Its policies are not about signatures, and its images are nowhere. */
  readonly isOffline?: boolean;
  /** Asks the engine. @param folder an empty one, of its own */
  readonly ask: (folder: string) => readonly Pair[];
}

/** One line of the table. */
export interface PolicyRow extends Omit<Pair, 'policies' | 'alike'> {
  readonly engine: Tester;
  readonly ours: Word;
  readonly why: string;
  readonly equal: boolean;
}

/** Documents as a file of Kubernetes objects. */
export const documentsText = (documents: readonly object[]): string =>
  documents.map((one) => stringify(one, { version: '1.1' })).join('---\n');

/** A namespace in which every engine works. */
export const shop = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'shop',
    labels: { 'policy.sigstore.dev/include': 'true', 'kubernetes.io/metadata.name': 'shop' },
  },
};

/** A pod with containers and initial containers by their images. */
export const pod = (
  name: string,
  images: readonly string[],
  initial: readonly string[] = [],
  namespace = 'shop',
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    ...(initial.length > 0 && {
      initContainers: initial.map((image, index) => ({ name: `init-${index}`, image })),
    }),
    containers: images.map((image, index) => ({ name: `c${index}`, image })),
  },
});

/** Asks both sides about every pair of a set. */
export function compareSet(set: PolicySet, folder: string, config: string): readonly PolicyRow[] {
  const here = mkdtempSync(path.join(folder, 'set-'));
  const decisions = ourDecisions(set, here, config);
  return set.ask(here).map(({ policies, alike = [], ...pair }) => {
    const about = decisions.filter(
      (row) => row.workload === pair.workload && (policies?.includes(row.policy) ?? true),
    );
    const { ours, why } = worst(about);
    const equal = ours === pair.theirs || alike.includes(ours);
    return { engine: set.engine, ...pair, ours, why, equal };
  });
}

/** The gravest first: it is what becomes of the pod. */
const gravest: readonly Word[] = ['refuse', 'error', 'open', 'warn', 'audit', 'admit'];

function worst(rows: readonly DecisionRow[]): { readonly ours: Word; readonly why: string } {
  for (const word of gravest) {
    const row = rows.find((one) => wordOf(one) === word);
    if (row) return { ours: word, why: row.why };
  }
  return { ours: 'admit', why: 'no policy is about it' };
}

function wordOf({ today, enforced }: DecisionRow): Word {
  if (today === 'not-evaluated' || enforced === 'not-evaluated') return 'open';
  if (today === 'admit' && enforced === 'refuse') return 'audit';
  return today;
}

const root = path.resolve(import.meta.dirname, '../..');

function ourDecisions(
  { policies, workloads, isOffline }: PolicySet,
  folder: string,
  config: string,
): readonly DecisionRow[] {
  const [file, manifests] = [path.join(folder, 'all.yaml'), path.join(folder, 'manifests')];
  mkdirSync(manifests);
  writeFileSync(file, documentsText(policies));
  writeFileSync(path.join(manifests, 'all.yaml'), documentsText([shop, ...workloads]));
  const program = path.join(root, 'lib/cli/main.ts');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[program, 'policy', 'test', '-o', 'json', '--config', config],
      ...['--policy', file, '--manifests', manifests],
      ...(isOffline ? ['--offline'] : []),
    ],
    {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, SEALWATCH_DATA_DIR: folder },
    },
  );
  if (stdout === '') throw new Error(`policy test: ${stderr}`);
  const { unread, decisions } = JSON.parse(stdout) as {
    readonly unread: readonly object[];
    readonly decisions: readonly DecisionRow[];
  };
  if (unread.length > 0) throw new Error(`policy test: ${JSON.stringify(unread)}`);
  if (decisions.length === 0) throw new Error(`policy test: no decision at all: ${stdout}`);
  return decisions;
}
