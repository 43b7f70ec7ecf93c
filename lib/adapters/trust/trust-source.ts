import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { OperationalError } from '#lib/errors.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { TrustSource } from '#lib/ports.ts';
import { keepLastGood, readLastGood } from './last-good.ts';
import publicGood from './seeds/public-good.json' with { type: 'json' };
import { refreshTuf } from './tuf.ts';

/** Where one trust root comes from, under the name by which authorities refer to it. */
export type TrustRootOptions = { readonly name: string } & (
  | { readonly kind: 'seed' }
  /** A `trusted_root.json` that the operator pinned. */
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'tuf';
      readonly mirror: string;
      /** The pinned first `root.json`; without it only the public-good mirror is known. */
      readonly rootPath?: string;
    }
);

/** What a trust source is made of. */
export interface TrustSourceOptions {
  /** Without any the shipped public-good root is used, and no request is made. */
  readonly roots: readonly TrustRootOptions[];
  /** Folder for TUF metadata and the last good roots, one folder for each mirror. */
  readonly cacheDir: string;
}

/** Loads trust roots. One that cannot be had is a problem in the answer, and never an exception. */
export function createTrustSource({ roots, cacheDir }: TrustSourceOptions): TrustSource {
  const wanted: readonly TrustRootOptions[] =
    roots.length > 0 ? roots : [{ name: 'public-good', kind: 'seed' }];
  return {
    async load() {
      const answers = await Promise.all(wanted.map((options) => loadOrExplain(options, cacheDir)));
      return {
        roots: answers.flatMap(({ root }) => root ?? []),
        problems: answers.flatMap(({ problem }) => problem ?? []),
      };
    },
  };
}

type Problem = Awaited<ReturnType<TrustSource['load']>>['problems'][number];

async function loadOrExplain(
  options: TrustRootOptions,
  cacheDir: string,
): Promise<{ readonly root?: TrustRoot; readonly problem?: Problem }> {
  try {
    const root = await load(options, cacheDir);
    return {
      root,
      ...(root.stale && {
        problem: { name: root.name, reason: 'trustroot-stale', detail: root.stale.detail },
      }),
    };
  } catch (error) {
    const reason = error instanceof OperationalError ? error.code : 'trustroot-missing';
    return { problem: { name: options.name, reason, detail: messageOf(error) } };
  }
}

function load(options: TrustRootOptions, cacheDir: string): Promise<TrustRoot> {
  switch (options.kind) {
    case 'seed':
      return Promise.resolve(seedRoot(options.name));
    case 'file':
      return fileRoot(options.name, options.path);
    case 'tuf':
      return tufRoot(options, cacheDir);
  }
}

/** The public-good root as shipped with this version. Its age is part of it. */
export const seedRoot = (name: string): TrustRoot => {
  const json = JSON.stringify(publicGood.trustedRoot);
  return { name, json, revision: revisionOf(json), origin: 'seed', asOf: publicGood.asOf };
};

async function fileRoot(name: string, path: string): Promise<TrustRoot> {
  try {
    const [json, { mtime }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    JSON.parse(json);
    return { name, json, revision: revisionOf(json), origin: 'file', asOf: mtime.toISOString() };
  } catch (cause) {
    throw new OperationalError(
      'trustroot-missing',
      `the trusted root ${path} cannot be read: ${messageOf(cause)}. Write there the file that cosign trusted-root create prints.`,
      { cause },
    );
  }
}

/**
 * A root over TUF. While the mirror cannot be reached the last good one stays in use and is called
 * stale; it is never replaced by anything that TUF did not vouch for.
 */
async function tufRoot(
  options: Extract<TrustRootOptions, { kind: 'tuf' }>,
  cacheDir: string,
): Promise<TrustRoot> {
  const { name, mirror } = options;
  const about = { name, origin: 'tuf' } as const;
  try {
    const { json, expiresAt } = await refreshTuf({ ...options, cacheDir });
    const asOf = new Date().toISOString();
    await keepLastGood(cacheDir, mirror, { json, asOf, ...(expiresAt && { expiresAt }) });
    return { ...about, json, revision: revisionOf(json), asOf, ...(expiresAt && { expiresAt }) };
  } catch (cause) {
    const detail = `${mirror} could not be read: ${messageOf(cause)}`;
    const last = await readLastGood(cacheDir, mirror);
    if (last)
      return {
        ...about,
        ...last,
        revision: revisionOf(last.json),
        stale: { since: last.asOf, detail },
      };
    if (mirror.replace(/\/$/, '') !== publicGood.mirror)
      throw new OperationalError('trustroot-missing', detail, { retryable: true, cause });
    const seed = seedRoot(name);
    return { ...seed, stale: { since: seed.asOf, detail: `${detail}; the shipped root is used` } };
  }
}

const revisionOf = (json: string): string =>
  `sha256:${createHash('sha256').update(json).digest('hex')}`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
