import type { Worker } from 'node:worker_threads';
import type { Discovery } from '#lib/model/evidence.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import type { Fact, VerifierMaterial } from '#lib/ports/verifier.ts';

/** How a request to a thread ended. */
export type ThreadAnswer =
  | { readonly outcome: 'answered'; readonly value: unknown }
  | { readonly outcome: 'timed-out' }
  | { readonly outcome: 'died'; readonly detail: string };

/** What a thread is asked. */
export type ThreadRequest =
  | { readonly kind: 'configure'; readonly material: VerifierMaterial }
  | {
      readonly kind: 'verify';
      readonly discovery: Discovery;
      readonly known: readonly Fact[];
      readonly now: Date;
      readonly answers?: readonly RevocationAnswer[];
    };

/** One worker thread that answers one request at a time. After a time-out or a death it is useless. */
export interface VerifierThread {
  /** Resolves when the thread has loaded its code, with the version of its rules. */
  readonly ready: Promise<{ readonly verifierVersion: string } | undefined>;
  ask(request: ThreadRequest, deadlineMs: number): Promise<ThreadAnswer>;
  alive(): boolean;
  stop(): Promise<void>;
}

/** Loading the code of a worker takes a second at most; a minute means it never will. */
const startMs = 60_000;

/** Wraps a worker in a request and answer protocol with deadlines. */
export function startVerifierThread(worker: Worker): VerifierThread {
  let nextId = 0;
  let death: string | undefined;
  const waiting = new Map<number, (answer: ThreadAnswer) => void>();
  const started = Promise.withResolvers<{ verifierVersion: string } | undefined>();

  const end = (detail: string) => {
    death ??= detail;
    started.resolve(undefined);
    for (const settle of waiting.values()) settle({ outcome: 'died', detail: death });
    waiting.clear();
  };
  worker.on('message', (message: { id?: number; answer?: unknown; verifierVersion?: string }) => {
    if (message.id === undefined) {
      started.resolve({ verifierVersion: message.verifierVersion ?? 'unknown' });
      return;
    }
    waiting.get(message.id)?.({ outcome: 'answered', value: message.answer });
    waiting.delete(message.id);
  });
  worker.on('messageerror', () => end('it sent a message that cannot be read'));
  worker.on('error', (error) => end(error instanceof Error ? error.message : 'it failed'));
  worker.on('exit', (code) => end(`it ended with code ${code}`));
  const starting = setTimeout(() => end('it did not start'), startMs);
  void started.promise.then(() => clearTimeout(starting));

  return {
    ready: started.promise,
    alive: () => death === undefined,
    ask(request, deadlineMs) {
      if (death !== undefined) return Promise.resolve({ outcome: 'died', detail: death });
      const id = nextId++;
      const { promise, resolve } = Promise.withResolvers<ThreadAnswer>();
      const deadline = setTimeout(() => {
        waiting.delete(id);
        death ??= 'it was stopped at its deadline';
        resolve({ outcome: 'timed-out' });
        void worker.terminate();
      }, deadlineMs);
      waiting.set(id, resolve);
      worker.postMessage({ id, ...request });
      return promise.finally(() => clearTimeout(deadline));
    },
    async stop() {
      end('it was closed');
      await worker.terminate();
    },
  };
}
