import type { Worker } from 'node:worker_threads';
import type { Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { Fact, ImageVerifier } from '#lib/ports.ts';
import { createThreadPool, type Outcome, type Task, type ThreadPool } from './thread-pool.ts';
import { setAside, unjudgedAnswer } from './unjudged.ts';

/** What a verifier is made of. */
export interface ImageVerifierOptions {
  /** Starts a thread that runs `lib/scan/verify-worker.ts`. */
  readonly worker: () => Worker;
  /** How many threads; at least one. */
  readonly size: number;
  /** Time for one item of evidence in milliseconds; by default that of the limits. */
  readonly itemMs?: number;
}

/**
 * Verifies images in worker threads. When a thread crashes or overruns, the items of that image are
 * tried one by one, so that a poisoned item never hides a good one beside it; other images do not
 * notice. An image that cannot be judged at all is inconclusive.
 */
export function createImageVerifier(options: ImageVerifierOptions): ImageVerifier {
  const { worker, size, itemMs = limits.verifyMs } = options;
  const pool = createThreadPool({ worker, size, itemMs });
  return {
    configure: (material) => pool.configure(material),
    async verify(discovery, known, now) {
      const task = { discovery, known, now };
      const first = await pool.submit(task);
      const outcome =
        first.kind === 'lost' && discovery.evidence.length > 0 ? await isolate(pool, task) : first;
      return outcome.kind === 'answer'
        ? outcome.answer
        : unjudgedAnswer(discovery, outcome.reason, outcome.detail, pool.version());
    },
    close: () => pool.close(),
  };
}

/** Finds the poisoned items by trying each alone, then judges the image without them. */
async function isolate(pool: ThreadPool, { discovery, known, now }: Task): Promise<Outcome> {
  const found: Fact[] = [];
  const evidence: Evidence[] = [];
  let signatureChecks = 0;
  for (const item of discovery.evidence) {
    const alone = await pool.submit({ discovery: { ...discovery, evidence: [item] }, known, now });
    if (alone.kind === 'lost') {
      evidence.push(setAside(item, alone.reason, `${item.id}: ${alone.detail}`));
      continue;
    }
    evidence.push(item);
    found.push(...alone.answer.newFacts);
    signatureChecks += alone.answer.signatureChecks;
  }
  const task = { discovery: { ...discovery, evidence }, known: [...known, ...found], now };
  const rest = await pool.submit(task);
  if (rest.kind === 'lost') return rest;
  return {
    kind: 'answer',
    answer: {
      verdict: rest.answer.verdict,
      newFacts: [...found, ...rest.answer.newFacts],
      signatureChecks: signatureChecks + rest.answer.signatureChecks,
    },
  };
}
