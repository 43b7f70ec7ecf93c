import type { Worker } from 'node:worker_threads';
import type { Discovery } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import type { Fact, VerifierMaterial, VerifyAnswer } from '#lib/ports/verifier.ts';
import { startVerifierThread, type VerifierThread } from './verifier-thread.ts';

/** One image to verify. */
export interface Task {
  readonly discovery: Discovery;
  readonly known: readonly Fact[];
  readonly now: Date;
  /** What was learnt about revocation so far. */
  readonly answers?: readonly RevocationAnswer[];
}

/** An answer, or why the thread that had the task was lost. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: VerifyAnswer }
  | { readonly kind: 'lost'; readonly reason: ReasonCode; readonly detail: string };

/** Threads that take tasks from one queue. */
export interface ThreadPool {
  submit(task: Task): Promise<Outcome>;
  configure(material: VerifierMaterial): Promise<void>;
  /** The version of the rules that the threads run; `unknown` until one has started. */
  version(): string;
  close(): Promise<void>;
}

interface Queued {
  readonly task: Task;
  readonly settle: (outcome: Outcome) => void;
}

/** Reading trust roots and keys is quick; this long means that the thread hangs. */
const configureMs = 30_000;

const lost = (reason: ReasonCode, detail: string): Outcome => ({ kind: 'lost', reason, detail });

/**
 * At most `size` threads, started when there is work for them. A thread that dies or overruns is
 * dropped with its task; the next task gets a new one.
 */
export function createThreadPool(options: {
  readonly worker: () => Worker;
  readonly size: number;
  readonly itemMs: number;
}): ThreadPool {
  const queue: Queued[] = [];
  const idle: VerifierThread[] = [];
  const threads = new Set<VerifierThread>();
  let material: VerifierMaterial = { authorities: [], trustRoots: [] };
  let version = 'unknown';
  let closed = false;

  async function retire(thread: VerifierThread): Promise<void> {
    threads.delete(thread);
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
    await thread.stop();
  }

  async function start(): Promise<VerifierThread | undefined> {
    const thread = startVerifierThread(options.worker());
    threads.add(thread);
    const ready = await thread.ready;
    version = ready?.verifierVersion ?? version;
    if (await configured(thread)) return thread;
    await retire(thread);
    return undefined;
  }

  const configured = async (thread: VerifierThread): Promise<boolean> =>
    (await thread.ask({ kind: 'configure', material }, configureMs)).outcome === 'answered';

  function pump(): void {
    while (queue.length > 0 && (idle.length > 0 || threads.size < Math.max(1, options.size))) {
      const next = queue.shift();
      const thread = idle.pop();
      if (next) void (thread ? Promise.resolve(thread) : start()).then((one) => run(next, one));
    }
  }

  async function run({ task, settle }: Queued, thread: VerifierThread | undefined): Promise<void> {
    settle(thread ? await askThread(thread, task) : lost('verifier-crash', 'it does not start'));
    pump();
  }

  async function askThread(thread: VerifierThread, task: Task): Promise<Outcome> {
    const deadline = options.itemMs * Math.max(1, task.discovery.evidence.length);
    const answer = await thread.ask({ kind: 'verify', ...task }, deadline);
    if (thread.alive() && !closed) idle.push(thread);
    else await retire(thread);
    switch (answer.outcome) {
      case 'answered':
        return { kind: 'answer', answer: answer.value as VerifyAnswer };
      case 'timed-out':
        return lost('verifier-timeout', `it took more than ${deadline} ms`);
      case 'died':
        return lost('verifier-crash', answer.detail);
    }
  }

  return {
    version: () => version,
    submit(task) {
      if (closed) return Promise.resolve(lost('verifier-crash', 'it is closed'));
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      queue.push({ task, settle: resolve });
      pump();
      return promise;
    },
    async configure(next) {
      material = next;
      // A busy thread answers after its present task, which has a deadline of its own.
      await Promise.all(
        [...threads].map(async (thread) => {
          await thread.ready;
          if (!(await configured(thread))) await retire(thread);
        }),
      );
    },
    async close() {
      closed = true;
      for (const { settle } of queue.splice(0)) settle(lost('verifier-crash', 'it was closed'));
      await Promise.all([...threads].map(retire));
    },
  };
}
