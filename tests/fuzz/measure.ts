import fc from 'fast-check';
import type { Target } from './target.ts';

/** What came of one target. */
export interface Measured {
  readonly name: string;
  readonly runs: number;
  /** The first finding, with the bytes that lead to it in base64; absent when there is none. */
  readonly finding?: string;
  /** Longest time over one input, milliseconds, and how long that input was, bytes. */
  readonly worstMs: number;
  readonly worstBytes: number;
  readonly meanMs: number;
  /** Most memory in use beyond what was in use before, MiB; and what stayed in use after. */
  readonly peakMiB: number;
  readonly keptMiB: number;
}

/** Bounds that no reader may cross. A minute of CPU for one input would stop a scan. */
export const bounds = { worstMs: 2_000, peakMiB: 700, keptMiB: 96 } as const;

const mebibyte = 1024 * 1024;

const usedMiB = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / mebibyte;
};

/** Runs one target; `collect` gives memory back that nobody holds any more. */
export function measure(
  { name, inputs, read }: Target,
  options: { readonly runs: number; readonly seed: number; readonly collect: () => void },
): Measured {
  options.collect();
  const before = usedMiB();
  let [runs, total, worstMs, worstBytes, peak] = [0, 0, 0, 0, before];
  const property = fc.property(inputs, (input) => {
    const begin = performance.now();
    const problem = read(input);
    const took = performance.now() - begin;
    runs++;
    total += took;
    if (took > worstMs) [worstMs, worstBytes] = [took, input.length];
    if (runs % 64 === 0) peak = Math.max(peak, usedMiB());
    if (problem !== undefined) throw new Error(problem);
  });
  const result = fc.check(property, { numRuns: options.runs, seed: options.seed });
  const { counterexample, errorInstance } = result;
  options.collect();
  const measured = {
    name,
    runs,
    worstMs,
    worstBytes,
    meanMs: total / runs,
    peakMiB: peak - before,
    keptMiB: usedMiB() - before,
  };
  if (!result.failed) return measured;
  const [input] = counterexample ?? [];
  const bytes = input?.toString('base64').slice(0, 4_000);
  return { ...measured, finding: `${String(errorInstance)} (seed ${result.seed}): ${bytes}` };
}

/** Why a measured target is not as it must be. */
export function problemsOf({ finding, worstMs, peakMiB, keptMiB }: Measured): readonly string[] {
  return [
    ...(finding === undefined ? [] : [finding]),
    ...(worstMs > bounds.worstMs ? [`one input took ${Math.round(worstMs)} ms`] : []),
    ...(peakMiB > bounds.peakMiB ? [`${Math.round(peakMiB)} MiB were in use`] : []),
    ...(keptMiB > bounds.keptMiB ? [`${Math.round(keptMiB)} MiB stayed in use`] : []),
  ];
}
