import type { Backlog } from '#lib/scan/memory-queue.ts';

/** Things of one process that all fall silent when it is killed. */
export interface Mortal {
  kill(): void;
  /** The thing as the process sees it: after the kill no call ever returns, and none is made. */
  own<T extends object>(thing: T): T;
}

/** A process that can be killed without a chance to tidy up, as by `kill -9`. */
export function aMortal(): Mortal {
  let dead = false;
  const silence = new Promise<never>(() => undefined);
  return {
    kill() {
      dead = true;
    },
    own: (thing) =>
      new Proxy(thing, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]) => {
            if (dead) return silence;
            const result: unknown = value.apply(target, given);
            // What was asked before the kill is done, but nobody is there to hear of it.
            return result instanceof Promise
              ? result.then((answer) => (dead ? silence : answer))
              : result;
          };
        },
      }),
  };
}

/** What a durable queue does when it notices that a worker died: its jobs wait again. */
export function offerAgain({ running, waiting }: Backlog): void {
  for (const job of running) waiting[job.kind].push(job);
  running.clear();
}
