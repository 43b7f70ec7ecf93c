import { readFileSync } from 'node:fs';

/** Peak resident memory of this process with all its threads, in MiB (Linux). */
export const peakMemoryMib = (): number => statusMib(/VmHWM:\s+(\d+)/);

/** Resident memory of this process with all its threads now, in MiB (Linux). */
export const memoryMib = (): number => statusMib(/VmRSS:\s+(\d+)/);

const statusMib = (line: RegExp): number =>
  Math.round(Number(line.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024);

/** The p-th percentile of some durations, in milliseconds. */
export function percentile(durations: readonly number[], p: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN;
}
