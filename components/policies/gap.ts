import { formatCount, formatNoun } from '#components/ui/format.ts';
import type { GapCounts } from '#lib/contract/policies.ts';

/** Workloads that enforcing would newly refuse: at least, and at most. */
export interface GapRange {
  readonly lower: number;
  readonly upper: number;
  /** What lies between: nobody could look, or a rule that cannot be evaluated here. */
  readonly unknown: number;
}

/** What could not be checked counts at the upper end, where it counts against us. */
export function gapRange({
  workloads,
  wouldRefuse,
  wouldError,
  notEvaluated,
}: GapCounts): GapRange {
  const unknown = wouldError + notEvaluated;
  const upper = Math.max(wouldRefuse, Math.min(workloads, wouldRefuse + unknown));
  return { lower: wouldRefuse, upper, unknown };
}

/** `12–17`, or one figure where nothing is left unknown. */
export function gapFigure(counts: GapCounts): string {
  const { lower, upper } = gapRange(counts);
  return lower === upper ? formatCount(lower) : `${formatCount(lower)}–${formatCount(upper)}`;
}

/** The audit gap in one sentence; `who` is what would enforce: "every policy". */
export function gapSentence(counts: GapCounts, who: string): string {
  const { lower, upper } = gapRange(counts);
  const all = `of the ${formatNoun(counts.workloads, 'workload')} that ${who === 'it' ? 'it' : 'a policy'} is about`;
  if (counts.workloads === 0)
    return `${who === 'it' ? 'It' : 'No policy'} is about ${who === 'it' ? 'no' : 'any'} workload that we know of.`;
  if (upper === 0) return `None ${all} would be newly refused if ${who} enforced.`;
  const verb = upper === 1 ? 'gets in today and would' : 'get in today and would';
  const figure =
    lower === upper
      ? formatCount(lower)
      : `Between ${formatCount(lower)} and ${formatCount(upper)}`;
  return `${figure} ${all} ${verb} be refused if ${who} enforced.`;
}
