import type { Coverage, StatusCounts } from './posture.ts';

const percentDown = (part: number, total: number): number => Math.floor((part * 100) / total);
const percentUp = (part: number, total: number): number => Math.ceil((part * 100) / total);

/**
 * The band of what is proven, rounded against us: the lower bound down, the upper bound up, and
 * 100 only when nothing is refuted. What could not be checked widens the band and nothing else.
 */
export function measureCoverage(counts: StatusCounts): Coverage {
  const proven = counts.verified;
  const unchecked = counts.inconclusive;
  const refuted = counts.untrusted + counts.unsigned + counts.invalid;
  const total = proven + unchecked + refuted;
  if (total === 0) return { proven, unchecked, refuted, total, lowerPercent: 0, upperPercent: 0 };
  return {
    proven,
    unchecked,
    refuted,
    total,
    lowerPercent: percentDown(proven, total),
    upperPercent: Math.min(percentUp(proven + unchecked, total), refuted > 0 ? 99 : 100),
  };
}

const figure = new Intl.NumberFormat('en-US');

/**
 * Reads the band aloud, always with the denominator: "Between 81 % and 88 % of 1,284 running
 * containers are proven; 87 could not be checked." Without unchecked ones a single figure stands.
 */
export function coverageSentence(coverage: Coverage, noun = 'running containers'): string {
  const { proven, unchecked, total, lowerPercent, upperPercent } = coverage;
  if (total === 0) return `No ${noun} are known.`;
  const all = `${figure.format(total)} ${noun}`;
  if (proven === total) return `All ${all} are proven.`;
  if (unchecked === total) return `None of ${all} could be checked.`;
  if (unchecked === 0) return `${lowerPercent} % of ${all} are proven.`;
  const share =
    lowerPercent === upperPercent
      ? `${lowerPercent} %`
      : `Between ${lowerPercent} % and ${upperPercent} %`;
  return `${share} of ${all} are proven; ${figure.format(unchecked)} could not be checked.`;
}

/** Counts a list of statuses; the five add up to `total`. */
export function countStatuses(statuses: Iterable<keyof Omit<StatusCounts, 'total'>>): StatusCounts {
  const counts = { invalid: 0, unsigned: 0, untrusted: 0, inconclusive: 0, verified: 0, total: 0 };
  for (const status of statuses) {
    counts[status] += 1;
    counts.total += 1;
  }
  return counts;
}
