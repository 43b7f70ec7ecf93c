import { measureCoverage } from '#lib/model/coverage.ts';
import type { StatusCounts } from '#lib/model/posture.ts';

/** `81–88 %`, or one figure where nothing is left unchecked. Rounded against us. */
export function rangeOf(counts: StatusCounts): string {
  const { lowerPercent, upperPercent, unchecked, total } = measureCoverage(counts);
  if (total === 0) return '–';
  return unchecked === 0 || lowerPercent === upperPercent
    ? `${lowerPercent} %`
    : `${lowerPercent}–${upperPercent} %`;
}

/** The one number that a page is about. */
export function CoverageFigure({ counts }: { readonly counts: StatusCounts }) {
  return <p className="whitespace-nowrap text-figure tabular-nums">{rangeOf(counts)}</p>;
}
