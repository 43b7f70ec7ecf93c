import type { ImageDetail } from '#lib/contract/images.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { Subject } from '#lib/ports/scan-store.ts';

const firstRetryMs = 60_000;
const longestRetryMs = 3_600_000;

/** When something that failed `failures` times in a row is tried again: one minute, doubled up to an hour. */
export const retryDelayMs = (failures: number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** Math.max(0, failures - 1));

/** Counts failures in a row by subject. In memory: after a restart the waiting begins anew. */
export interface RetryBook {
  /** The verdict with the time of its next try, the later of ours and the registry's. */
  scheduled(key: string, verdict: ImageVerdict, now: Date): ImageVerdict;
}

export function createRetryBook(): RetryBook {
  const failures = new Map<string, number>();
  return {
    scheduled(key, verdict, now) {
      if (!verdict.retryable || verdict.status !== 'inconclusive') {
        failures.delete(key);
        return verdict;
      }
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const own = now.getTime() + retryDelayMs(count);
      const asked = verdict.retryAt === undefined ? 0 : Date.parse(verdict.retryAt);
      return { ...verdict, retryAt: new Date(Math.max(own, asked || 0)).toISOString() };
    },
  };
}

const lastKnownPattern = /Last known: [a-z]+(?: \([a-z0-9-]+\))? on \S+Z\./;

/**
 * The sentence about what was known before a check failed: the failed check makes the verdict
 * inconclusive, and the old one is told with its age, never shown as the present.
 */
export function lastKnown(subject: Subject, before: ImageDetail | undefined): string | undefined {
  const location = before?.locations.find(
    ({ registry, repository }) =>
      registry === subject.registry && repository === subject.repository,
  );
  if (!location?.checkedAt) return undefined;
  // A second failed check in a row hands on what the first one remembered.
  if (location.status === 'inconclusive') return lastKnownPattern.exec(location.detail ?? '')?.[0];
  const reason = location.reason === null ? '' : ` (${location.reason})`;
  return `Last known: ${location.status}${reason} on ${location.checkedAt}.`;
}
