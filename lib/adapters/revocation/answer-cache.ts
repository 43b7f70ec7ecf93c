import { limits } from '#lib/model/limits.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';

/** Answers by question, for a while and within a number of bytes. */
export interface AnswerCache {
  get(key: string): RevocationAnswer | undefined;
  put(answer: RevocationAnswer): void;
}

interface Kept {
  readonly answer: RevocationAnswer;
  /** Milliseconds. */
  readonly until: number;
}

/** Short enough that a fresh revocation is seen soon, long enough for one scan. */
const keptMs = 600_000;

/**
 * A cache whose oldest answers go first when it is full. Bytes are kept for ten minutes: whether they are
 * still true is for the verifier, which reads until when they hold.
 */
export function createAnswerCache(now: () => Date): AnswerCache {
  const kept = new Map<string, Kept>();
  let bytes = 0;

  function drop(key: string): void {
    const entry = kept.get(key);
    if (entry === undefined) return;
    bytes -= sizeOf(entry.answer);
    kept.delete(key);
  }
  return {
    get(key) {
      const entry = kept.get(key);
      if (entry === undefined) return undefined;
      if (now().getTime() < entry.until) return entry.answer;
      drop(key);
      return undefined;
    },
    put(answer) {
      drop(answer.key);
      const ms = answer.outcome === 'answered' ? keptMs : limits.revocationRestMs;
      kept.set(answer.key, { answer, until: now().getTime() + ms });
      bytes += sizeOf(answer);
      for (const key of kept.keys()) {
        if (bytes <= limits.revocationCacheBytes) break;
        drop(key);
      }
    },
  };
}

const sizeOf = (answer: RevocationAnswer): number =>
  1_024 + (answer.outcome === 'answered' ? answer.bytes.length : 0);
