/** What the thread of the embedded database is asked, and what it answers. */
export type WorkerRequest =
  | {
      readonly id: number;
      readonly call: 'query';
      readonly sql: string;
      readonly parameters: readonly unknown[];
    }
  | { readonly id: number; readonly call: 'exec'; readonly sql: string }
  | { readonly id: number; readonly call: 'listen'; readonly channel: string }
  | { readonly id: number; readonly call: 'fsyncs' }
  | { readonly id: number; readonly call: 'close' };

/** An error of the database with the fields by which callers tell errors apart. */
export interface WorkerError {
  readonly message: string;
  readonly code?: string;
  readonly detail?: string;
  readonly constraint?: string;
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: WorkerError }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string };

export interface QueryResult<T> {
  readonly rows: T[];
  readonly affectedRows?: number;
  readonly fields: { readonly name: string; readonly dataTypeID: number }[];
}

/** `folder` is absent for a database in memory. */
export interface WorkerStart {
  readonly folder?: string;
}
