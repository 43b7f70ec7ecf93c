/** Passes items from several writers to one reader, in the order in which they were written. */
export interface Channel<T> {
  /** Resolves once the reader is less than `capacity` items behind. */
  push(item: T): Promise<void>;
  /** Ends the reading after what was written before. */
  close(): void;
  read(): AsyncGenerator<T>;
}

/** Makes a channel; writers of a full one wait, so that a slow reader slows the network down. */
export function createChannel<T>(capacity: number): Channel<T> {
  let items: T[] = [];
  let closed = false;
  let arrived = Promise.withResolvers<void>();
  let emptied = Promise.withResolvers<void>();

  return {
    push: async (item) => {
      while (items.length >= capacity && !closed) await emptied.promise;
      items.push(item);
      arrived.resolve();
    },
    close: () => {
      closed = true;
      arrived.resolve();
      emptied.resolve();
    },
    read: async function* () {
      for (;;) {
        const batch = items;
        items = [];
        emptied.resolve();
        emptied = Promise.withResolvers();
        if (closed) emptied.resolve();
        yield* batch;
        if (items.length > 0) continue;
        if (closed) return;
        arrived = Promise.withResolvers();
        await arrived.promise;
      }
    },
  };
}
