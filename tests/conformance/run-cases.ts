import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Case, readCases } from './cases.ts';
import { judgeBundle, type Outcome } from './judge-bundle.ts';
import { judgeLegacy } from './judge-legacy.ts';
import { judgePrivatePki } from './judge-private-pki.ts';
import { judgeTimestamp } from './judge-timestamp.ts';
import { judgeTrustedRoot } from './judge-trusted-root.ts';

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
  for (const one of readCases(folder, [
    'sigstore-bundle',
    'trusted-root',
    'cosign-legacy',
    'rfc3161-token',
  ]))
    outcomes.push(await runCase(folder, one));
  return outcomes;
}

function runCase(folder: string, one: Case): Promise<Outcome> | Outcome {
  switch (one.kind) {
    case 'sigstore-bundle':
      return judgeBundle(folder, one);
    case 'cosign-legacy':
      return one.inputs['caRoots'] === undefined
        ? judgeLegacy(folder, one)
        : judgePrivatePki(folder, one);
    case 'rfc3161-token':
      return judgeTimestamp(folder, one);
    default:
      return judgeTrustedRoot(folder, one);
  }
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
