import type { Worker } from 'node:worker_threads';
import type { Evidence } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import type { Fact, ImageVerifier, RevocationSource } from '#lib/ports/verifier.ts';
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
  /** Whom to ask about revocation; without it nobody is asked, and such verdicts stay inconclusive. */
  readonly revocation?: RevocationSource;
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
      const outcome = await informed({ discovery, known, now }, options.revocation, (task) =>
        submit(pool, task),
      );
      return outcome.kind === 'answer'
        ? outcome.answer
        : unjudgedAnswer(discovery, outcome.reason, outcome.detail, pool.version());
    },
    close: () => pool.close(),
  };
}

async function submit(pool: ThreadPool, task: Task): Promise<Outcome> {
  const first = await pool.submit(task);
  return first.kind === 'lost' && task.discovery.evidence.length > 0 ? isolate(pool, task) : first;
}

/**
 * Verifies again for as long as answers about revocation can be had that the verdict lacks: threads
 * open no sockets. The rounds are few, because what is asked follows from the answers before.
 */
async function informed(
  task: Task,
  revocation: RevocationSource | undefined,
  verify: (task: Task) => Promise<Outcome>,
): Promise<Outcome> {
  const answers: RevocationAnswer[] = [];
  let outcome = await verify(task);
  for (let round = 0; round < limits.revocationRounds && outcome.kind === 'answer'; round++) {
    const { lacks = [], newFacts, signatureChecks } = outcome.answer;
    if (lacks.length === 0 || revocation === undefined) break;
    answers.push(...(await revocation.ask(lacks)));
    const next = await verify({ ...task, known: [...task.known, ...newFacts], answers });
    outcome = next.kind === 'answer' ? added(next, newFacts, signatureChecks) : next;
  }
  if (outcome.kind === 'lost' || answers.length === 0) return outcome;
  return { kind: 'answer', answer: { ...outcome.answer, answers } };
}

const added = (
  { answer }: Extract<Outcome, { kind: 'answer' }>,
  facts: readonly Fact[],
  checks: number,
): Outcome => ({
  kind: 'answer',
  answer: {
    ...answer,
    newFacts: [...facts, ...answer.newFacts],
    signatureChecks: answer.signatureChecks + checks,
  },
});

/** Finds the poisoned items by trying each alone, then judges the image without them. */
async function isolate(pool: ThreadPool, task: Task): Promise<Outcome> {
  const { discovery, known } = task;
  const found: Fact[] = [];
  const evidence: Evidence[] = [];
  let signatureChecks = 0;
  for (const item of discovery.evidence) {
    const alone = await pool.submit({ ...task, discovery: { ...discovery, evidence: [item] } });
    if (alone.kind === 'lost') {
      evidence.push(setAside(item, alone.reason, `${item.id}: ${alone.detail}`));
      continue;
    }
    evidence.push(item);
    found.push(...alone.answer.newFacts);
    signatureChecks += alone.answer.signatureChecks;
  }
  const rest = await pool.submit({
    ...task,
    discovery: { ...discovery, evidence },
    known: [...known, ...found],
  });
  return rest.kind === 'lost' ? rest : added(rest, found, signatureChecks);
}
