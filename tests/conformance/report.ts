import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from './outcome.ts';
import type { Report } from './run-cases.ts';

const results = ['agreed', 'disagreed', 'not-applicable'] as const;

/** Tables by source and by kind, then everything that is not as it should be. */
export function reportText(report: Report): string {
  const { outcomes, falselyVerified, fits, crashes, madeUp, others } = report;
  const unjudged = [...others].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const open = outcomes.filter(({ result }) => result !== 'agreed');
  return [
    ...table('source', outcomes, ({ source }) => source),
    '',
    ...table('kind', outcomes, ({ kind }) => kind),
    '',
    ...open.map(
      ({ id, result, expected, why }) => `${result}: ${id} (expected ${expected}): ${why}`,
    ),
    ...falselyVerified.map(({ id }) => `falsely verified: ${id}`),
    ...fits
      .filter(({ fit }) => fit !== 'fits')
      .map(({ id, fit, detail }) => `${fit}: ${id}: ${detail}`),
    ...madeUp.wrong.map((text) => `wrong refusal: ${text}`),
    ...crashes.map((text) => `exception: ${text}`),
    '',
    `${outcomes.length} cases: ${countOf(outcomes, 'agreed')} agreed, ${countOf(outcomes, 'disagreed')} disagreed, ${countOf(outcomes, 'not-applicable')} not applicable, ${falselyVerified.length} falsely verified`,
    `${fits.length} refusals with words of their own: ${fits.filter(({ fit }) => fit === 'fits').length} fit, ${fits.filter(({ fit }) => fit === 'misfit').length} do not, ${fits.filter(({ fit }) => fit === 'no-words').length} say nothing that is known`,
    `${madeUp.run} made-up refusals: ${madeUp.run - madeUp.wrong.length} refused as they must be`,
    `${crashes.length} exceptions`,
    `of other kinds, and not judged: ${unjudged || 'none'}`,
  ].join('\n');
}

type Counted = Report['outcomes'];

const countOf = (outcomes: Counted, result: Outcome['result']): number =>
  outcomes.filter((one) => one.result === result).length;

function table(
  title: string,
  outcomes: Counted,
  groupOf: (outcome: Counted[number]) => string,
): readonly string[] {
  const groups = [...new Set(outcomes.map(groupOf))].sort();
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(34), ...cells.map((cell) => cell.padStart(14))].join(' ');
  return [
    row(title, results),
    ...groups.map((group) => {
      const inside = outcomes.filter((outcome) => groupOf(outcome) === group);
      return row(
        group,
        results.map((result) => String(countOf(inside, result))),
      );
    }),
  ];
}

/** Everything that makes a run fail. */
export const failuresOf = ({ outcomes, falselyVerified, fits, crashes, madeUp }: Report): number =>
  countOf(outcomes, 'disagreed') +
  falselyVerified.length +
  fits.filter(({ fit }) => fit !== 'fits').length +
  madeUp.wrong.length +
  crashes.length;

/** Leaves the counts where the last line of a whole check adds them up. */
export function writeCounts(report: Report): void {
  const folder = path.resolve(import.meta.dirname, '../../test-results');
  mkdirSync(folder, { recursive: true });
  const failed = failuresOf(report);
  const { outcomes, madeUp } = report;
  const passed = countOf(outcomes, 'agreed') + madeUp.run - madeUp.wrong.length;
  writeFileSync(path.join(folder, 'conformance.json'), JSON.stringify({ passed, failed }));
}
