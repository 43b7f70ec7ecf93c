import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from './judge-bundle.ts';
import { corporaFolder, falselyVerified, outcomeTable, runCases } from './run-cases.ts';

const folder = corporaFolder();
if (folder === undefined)
  process.stderr.write(
    '\nSKIPPED: conformance cases of other projects are not here (SEALWATCH_CORPORA)\n\n',
  );

describe.skipIf(folder === undefined)('cases that other projects wrote', () => {
  let outcomes: readonly Outcome[] = [];
  beforeAll(async () => {
    outcomes = await runCases(folder ?? '');
  });

  it('verifies none that must fail', () => {
    expect(outcomes.length).toBeGreaterThan(100);
    expect(falselyVerified(outcomes)).toEqual([]);
  });

  it('disagrees on none that it can judge', () => {
    const disagreed = outcomes.filter(({ result }) => result === 'disagreed');
    expect(disagreed, outcomeTable(outcomes)).toEqual([]);
  });
});
