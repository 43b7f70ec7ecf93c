import { Worker } from 'node:worker_threads';
import type { QueryResult, WorkerMessage, WorkerRequest, WorkerStart } from './pglite-protocol.ts';

type Call = WorkerRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;
type Listener = (payload: string) => void;

/** Runs tasks one after the other in the order in which they came. */
export class FifoMutex {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

interface Session {
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
  exec(sql: string): Promise<QueryResult<Record<string, unknown>>[]>;
}

/**
 * PGlite in a worker thread, because its queries are synchronous and would stop HTTP. It has one
 * session: calls wait for their turn, and a transaction keeps the turn until it ends. The shape is
 * what Kysely's PGliteDialect and pg-boss's fromPglite expect.
 */
export class PgliteClient {
  readonly ready = true;
  readonly waitReady = Promise.resolve();
  closed = false;
  readonly #worker: Worker;
  readonly #pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #turn = new FifoMutex();
  #lastId = 0;
  #broken: Error | undefined;

  /** Starts the thread and opens or creates the database; without a folder it lives in memory. */
  static async open(folder?: string): Promise<PgliteClient> {
    const workerData: WorkerStart = { ...(folder !== undefined && { folder }) };
    const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData });
    const client = new PgliteClient(worker);
    await client.#opened();
    return client;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: WorkerMessage) => this.#receive(message));
    worker.on('error', (error: Error) => this.#break(error));
    worker.on('exit', (code) =>
      this.#break(new Error(`the thread of the embedded database ended with code ${code}`)),
    );
  }

  query<T>(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult<T>> {
    return this.#turn.run(() => this.#query<T>(sql, parameters));
  }

  /** Several statements at once. A transaction that they leave open after an error is rolled back. */
  exec(sql: string): Promise<QueryResult<Record<string, unknown>>[]> {
    return this.#turn.run(async () => {
      try {
        return await this.#exec(sql);
      } catch (error) {
        // The session is shared: whoever is next must not inherit an aborted transaction.
        await this.#exec('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** The callback has the session to itself; any other call waits. @throws what the callback throws */
  transaction<T>(callback: (session: Session & { rollback(): Promise<void> }) => Promise<T>) {
    return this.#turn.run(async () => {
      const begin = this.#exec('BEGIN');
      // Kysely waits until its callback runs: a failed BEGIN shows in the first statement instead.
      await begin.catch(() => undefined);
      const session = {
        query: async <R>(sql: string, parameters: readonly unknown[] = []) => {
          await begin;
          return this.#query<R>(sql, parameters);
        },
        exec: async (sql: string) => {
          await begin;
          return this.#exec(sql);
        },
        rollback: async () => void (await this.#exec('ROLLBACK')),
      };
      try {
        const result = await callback(session);
        await begin;
        await this.#exec('COMMIT');
        return result;
      } catch (error) {
        await this.#exec('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  async listen(channel: string, listener: Listener): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    listeners.add(listener);
    if (!this.#listeners.has(channel)) {
      this.#listeners.set(channel, listeners);
      await this.#turn.run(() => this.#call({ call: 'listen', channel }));
    }
    return async () => {
      listeners.delete(listener);
    };
  }

  /** How often a file was really flushed to the disk. */
  async fsyncs(): Promise<number> {
    return (await this.#call({ call: 'fsyncs' })) as number;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.#turn.run(() => this.#call({ call: 'close' })).catch(() => undefined);
    await this.#worker.terminate();
  }

  #opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.set(0, { resolve: () => resolve(), reject });
    });
  }

  async #query<T>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<T>> {
    return (await this.#call({ call: 'query', sql, parameters })) as QueryResult<T>;
  }

  async #exec(sql: string): Promise<QueryResult<Record<string, unknown>>[]> {
    return (await this.#call({ call: 'exec', sql })) as QueryResult<Record<string, unknown>>[];
  }

  #call(call: Call): Promise<unknown> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ ...call, id });
    });
  }

  #receive(message: WorkerMessage): void {
    if (message.type === 'notification') {
      for (const listener of this.#listeners.get(message.channel) ?? []) listener(message.payload);
      return;
    }
    const id = message.type === 'ready' ? 0 : message.id;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (message.type === 'failure')
      pending?.reject(Object.assign(new Error(message.error.message), message.error));
    else pending?.resolve(message.type === 'answer' ? message.result : undefined);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
