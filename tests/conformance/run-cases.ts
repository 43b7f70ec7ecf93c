import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRefusal } from '#lib/verify/refusal.ts';
import { loadTrustRoot } from '#lib/verify/trusted-root.ts';
import { type Case, readCases } from './cases.ts';
import { aRoot, judgeBundle, type Outcome } from './judge-bundle.ts';
import { judgeLegacy } from './judge-legacy.ts';

/** Where the cases of other projects lie; undefined when they are not here. */
export function corporaFolder(): string | undefined {
  const folder =
    process.env['SEALWATCH_CORPORA'] ??
    path.resolve(import.meta.dirname, '../../../shared/corpora');
  return existsSync(path.join(folder, 'INDEX.json')) ? folder : undefined;
}

/** Runs every case of the kinds that this version verifies. */
export async function runCases(folder: string): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const one of readCases(folder, ['sigstore-bundle', 'trusted-root', 'cosign-legacy']))
    outcomes.push(await runCase(folder, one));
  return outcomes;
}

function runCase(folder: string, one: Case): Promise<Outcome> | Outcome {
  switch (one.kind) {
    case 'sigstore-bundle':
      return judgeBundle(folder, one);
    case 'cosign-legacy':
      return judgeLegacy(folder, one);
    default:
      return judgeRoot(folder, one);
  }
}

function judgeRoot(folder: string, one: Case): Outcome {
  const json = readFileSync(path.join(folder, String(one.inputs['trustedRoot'])), 'utf8');
  const root = loadTrustRoot(aRoot(json));
  const agreed = isRefusal(root) === (one.expected === 'reject');
  return {
    id: one.id,
    source: one.source.repo,
    expected: one.expected,
    verified: false,
    result: agreed ? 'agreed' : 'disagreed',
    why: isRefusal(root) ? root.detail : 'read',
  };
}

/** A table of sources, then every case that is not agreed. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const sources = [...new Set(outcomes.map(({ source }) => source))].sort();
  const count = (source: string, result: Outcome['result']) =>
    outcomes.filter((one) => one.source === source && one.result === result).length;
  const rows = sources.map((source) =>
    [
      source.padEnd(34),
      ...(['agreed', 'disagreed', 'not-yet'] as const).map((result) =>
        String(count(source, result)).padStart(9),
      ),
    ].join(' '),
  );
  const open = outcomes.filter(({ result }) => result !== 'agreed');
  return [
    `${'source'.padEnd(34)}    agreed disagreed   not yet`,
    ...rows,
    '',
    ...open.map(
      ({ id, result, expected, why }) => `${result}: ${id} (expected ${expected}): ${why}`,
    ),
  ].join('\n');
}

/** Cases that must not verify and do: there may be none. */
export const falselyVerified = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  outcomes.filter(({ expected, verified }) => verified && expected !== 'pass');
