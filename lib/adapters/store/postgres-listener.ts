import pg from 'pg';
import { log } from '#lib/log.ts';

type Listener = (payload: string) => void;
const longestPauseMs = 10_000;

/** One connection for LISTEN, opened with the first listener and opened again when it breaks. */
export class PostgresListener {
  readonly #url: string;
  readonly #listeners = new Map<string, Set<Listener>>();
  #client: Promise<pg.Client> | undefined;
  #closed = false;
  #pauseMs = 250;

  constructor(url: string) {
    this.#url = url;
  }

  async listen(channel: string, listener: Listener): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    const known = this.#listeners.has(channel);
    listeners.add(listener);
    this.#listeners.set(channel, listeners);
    if (this.#client === undefined) await this.#connect();
    else if (!known) await (await this.#client).query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    return async () => {
      listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  #connect(): Promise<pg.Client> {
    this.#client = this.#open();
    return this.#client;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'sealwatch listener',
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.#listeners.get(channel) ?? []) listener(payload ?? '');
    });
    client.on('error', (error) => log.warn({ error: error.message }, 'listener lost the database'));
    client.on('end', () => this.#again());
    await client.connect();
    for (const channel of this.#listeners.keys())
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    this.#pauseMs = 250;
    return client;
  }

  #again(): void {
    if (this.#closed) return;
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2, longestPauseMs);
    setTimeout(() => {
      if (!this.#closed) this.#connect().catch(() => this.#again());
    }, pause).unref();
  }
}
