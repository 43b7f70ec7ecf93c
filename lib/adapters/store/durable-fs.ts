import { closeSync, fsyncSync, openSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The part of Emscripten's file system that decides whether a commit reaches the disk. */
interface EmscriptenModule {
  readonly NODEFS: {
    readonly realPath: (node: unknown) => string;
    readonly stream_ops: { fsync: (stream: EmscriptenStream) => number };
  };
}
interface EmscriptenStream {
  readonly nfd?: number;
  readonly node: unknown;
}

/**
 * PGlite's file system with an fsync that reaches the disk: the original's does nothing, so that a
 * power failure loses commits that were acknowledged.
 */
export class DurableFs extends NodeFS {
  /** Real fsyncs so far: proof that an upgrade of PGlite did not undo this. */
  fsyncs = 0;

  override async init(...parameters: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const result = await super.init(...parameters);
    result.emscriptenOpts.preRun?.push((module: unknown) => {
      const { NODEFS } = module as EmscriptenModule;
      NODEFS.stream_ops.fsync = (stream) => {
        this.fsyncs += 1;
        if (stream.nfd === undefined) syncFolder(NODEFS.realPath(stream.node));
        else fsyncSync(stream.nfd);
        return 0;
      };
    });
    return result;
  }
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** PGlite's own parameters run without fsync (`-F`); the rest bounds the WAL and memory. */
export const durableStartParameters = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[
    'fsync=on',
    // fdatasync does nothing in the WebAssembly build.
    'wal_sync_method=fsync',
    'max_wal_size=128MB',
    'shared_buffers=32MB',
    // Sorts and hashes of 100,000 rows stay in memory; the files are in the page cache.
    'work_mem=16MB',
    'random_page_cost=1.1',
    'jit=off',
  ].flatMap((setting) => ['-c', setting]),
];
