import { beforeAll, describe, expect, it } from 'vitest';
import { reportText } from './report.ts';
import { corporaFolder, type Report, runCases } from './run-cases.ts';

const folder = corporaFolder();
if (folder === undefined)
  process.stderr.write(
    '\nSKIPPED: conformance cases of other projects are not here (SEALWATCH_CORPORA)\n\n',
  );

describe.skipIf(folder === undefined)('cases that other projects wrote', () => {
  let report: Report;
  beforeAll(async () => {
    report = await runCases(folder ?? '');
  });

  it('verifies none that must fail', () => {
    expect(report.outcomes.length).toBeGreaterThan(100);
    expect(report.falselyVerified).toEqual([]);
  });

  it('disagrees on none that it can judge', () => {
    const disagreed = report.outcomes.filter(({ result }) => result === 'disagreed');
    expect(disagreed, reportText(report)).toEqual([]);
  });

  it('refuses for a reason that the case itself has words for', () => {
    expect(report.fits.filter(({ fit }) => fit !== 'fits')).toEqual([]);
  });

  it('refuses what was accepted once its signer or its artifact is another', () => {
    expect(report.madeUp.run).toBeGreaterThan(100);
    expect(report.madeUp.wrong).toEqual([]);
  });

  it('meets no exception', () => {
    expect(report.crashes).toEqual([]);
  });
});
