import type { Db, Trx } from './database.ts';

/** A running write: what was learned in it may be kept only once it is durable. */
export interface Write {
  readonly trx: Trx;
  onCommit(action: () => void): void;
}

/** Serialisation failure and deadlock: PostgreSQL asks to try the transaction again. */
const retryCodes = new Set(['40001', '40P01']);
const attempts = 5;

/** Runs one transaction, again when the database chose it to break a deadlock. Durable on return. */
export async function write<T>(db: Db, work: (write: Write) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const actions: (() => void)[] = [];
    try {
      const result = await db
        .transaction()
        .execute((trx) => work({ trx, onCommit: (action) => actions.push(action) }));
      for (const action of actions) action();
      return result;
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (attempt >= attempts || typeof code !== 'string' || !retryCodes.has(code)) throw error;
    }
  }
}
