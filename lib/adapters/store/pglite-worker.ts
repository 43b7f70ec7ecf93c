import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { DurableFs, durableStartParameters } from './durable-fs.ts';
import type {
  QueryResult,
  WorkerError,
  WorkerMessage,
  WorkerRequest,
  WorkerStart,
} from './pglite-protocol.ts';

/** int8 as number, as in `postgres.ts`: counts and identities stay far below 2^53. */
const parsers = { 20: Number };

const { folder } = workerData as WorkerStart;
const files = folder === undefined ? undefined : new DurableFs(folder);
const opening = PGlite.create(
  files === undefined
    ? { dataDir: 'memory://', parsers }
    : { fs: files, startParams: durableStartParameters, parsers },
);
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

const plain = <T>({ rows, affectedRows, fields }: QueryResult<T>): QueryResult<T> => ({
  rows,
  fields,
  ...(affectedRows !== undefined && { affectedRows }),
});

async function answer(request: WorkerRequest): Promise<unknown> {
  const database = await opening;
  switch (request.call) {
    case 'query':
      return plain(await database.query(request.sql, [...request.parameters]));
    case 'exec':
      return (await database.exec(request.sql)).map(plain);
    case 'listen': {
      const { channel } = request;
      await database.listen(channel, (payload) => post({ type: 'notification', channel, payload }));
      return null;
    }
    case 'fsyncs':
      return files?.fsyncs ?? 0;
    case 'close':
      await database.close();
      return null;
  }
}

function describe(error: unknown): WorkerError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, detail, constraint } = error as Partial<WorkerError>;
  return {
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof detail === 'string' && { detail }),
    ...(typeof constraint === 'string' && { constraint }),
  };
}

// Listening keeps the thread alive: what opens the database may wait for something that does not.
parentPort?.on('message', (request: WorkerRequest) => {
  answer(request).then(
    (result) => post({ type: 'answer', id: request.id, result }),
    (error: unknown) => post({ type: 'failure', id: request.id, error: describe(error) }),
  );
});
await opening;
post({ type: 'ready' });
