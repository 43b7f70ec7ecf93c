/** Lets a number of tasks run at a time; the others wait in order. */
export interface Gate {
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** A gate of `width` places. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let free = width;
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async run(task) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}

/** Shares one running task among all who ask for the same thing meanwhile. */
export function createInFlight<T>(): (key: string, task: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key, task) => {
    const existing = running.get(key);
    if (existing !== undefined) return existing;
    const started = task().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
