import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import type { ShippedTrustRoot, TrustRoot } from '#lib/model/authority.ts';
import type { TrustSource } from '#lib/ports/trust.ts';
import { type CertificateFiles, readCertificateRoot } from './certificate-root.ts';
import { keepLastGood, readLastGood } from './last-good.ts';
import { seedOfMirror, seeds } from './seeds.ts';
import { refreshTuf } from './tuf.ts';

/** Where one trust root comes from, under the name by which authorities refer to it. */
export type TrustRootOptions = {
  readonly name: string;
} /** The root that is shipped with this version. */ & (
  | { readonly kind: 'seed'; readonly seed: ShippedTrustRoot }
  /** A `trusted_root.json` that the operator pinned. */
  | { readonly kind: 'file'; readonly path: string }
  /** A private PKI: certificates alone. */
  | {
      readonly kind: 'certificates';
      readonly files: CertificateFiles;
      /** Whose logs count beside them, and whose timestamp authorities where the files name none. */
      readonly logsOf?: TrustRootOptions;
    }
  | {
      readonly kind: 'tuf';
      readonly mirror: string;
      /** The pinned first `root.json`; without it only the mirrors of shipped domains are known. */
      readonly rootPath?: string;
    }
);

/** What a trust source is made of. */
export interface TrustSourceOptions {
  /** Without any the shipped public-good root is used, and no request is made. */
  readonly roots: readonly TrustRootOptions[];
  /** Folder for TUF metadata and the last good roots, one folder for each mirror. */
  readonly cacheDir: string;
  /** Without it nothing is asked of a mirror: the last good root stays, or the shipped one. */
  readonly http?: GuardedClient;
}

/** Loads trust roots. One that cannot be had is a problem in the answer, and never an exception. */
export function createTrustSource(options: TrustSourceOptions): TrustSource {
  const wanted: readonly TrustRootOptions[] =
    options.roots.length > 0
      ? options.roots
      : [{ name: 'public-good', kind: 'seed', seed: 'public-good' }];
  let loading: ReturnType<TrustSource['load']> | undefined;
  async function loadAll(): ReturnType<TrustSource['load']> {
    const answers = await Promise.all(wanted.map((one) => loadOrExplain(one, options)));
    return {
      roots: answers.flatMap(({ root }) => root ?? []),
      problems: answers.flatMap(({ problem }) => problem ?? []),
    };
  }
  return {
    // Two refreshes at once would write the same metadata folder.
    load() {
      loading ??= loadAll().finally(() => {
        loading = undefined;
      });
      return loading;
    },
  };
}

type Problem = Awaited<ReturnType<TrustSource['load']>>['problems'][number];

async function loadOrExplain(
  options: TrustRootOptions,
  source: TrustSourceOptions,
): Promise<{ readonly root?: TrustRoot; readonly problem?: Problem }> {
  try {
    const root = await load(options, source);
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

function load(options: TrustRootOptions, source: TrustSourceOptions): Promise<TrustRoot> {
  switch (options.kind) {
    case 'seed':
      return Promise.resolve(seedRoot(options.seed, options.name));
    case 'file':
      return fileRoot(options.name, options.path);
    case 'certificates':
      return certificateRoot(options, source);
    case 'tuf':
      return tufRoot(options, source);
  }
}

/** The root of a domain as shipped with this version. Its age is part of it. */
export const seedRoot = (seed: ShippedTrustRoot, name: string = seed): TrustRoot => {
  const { trustedRoot: json, asOf } = seeds[seed];
  return { name, json, revision: revisionOf(json), origin: 'seed', asOf };
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

type TufOptions = Extract<TrustRootOptions, { kind: 'tuf' }>;

async function certificateRoot(
  { name, files, logsOf }: Extract<TrustRootOptions, { kind: 'certificates' }>,
  source: TrustSourceOptions,
): Promise<TrustRoot> {
  const own = await readCertificateRoot(name, files);
  const { asOf } = own;
  const json = logsOf === undefined ? own.json : withLogs(own.json, await load(logsOf, source));
  const revision = revisionOf(`private PKI\n${json}`);
  return { name, json, revision, origin: 'file', privatePki: true, asOf };
}

/** What of a `trusted_root.json` is about logs and times. */
interface LogMembers {
  readonly tlogs?: unknown;
  readonly ctlogs?: unknown;
  readonly timestampAuthorities?: readonly unknown[];
}

/** The certificates of one root with the logs of another. */
function withLogs(text: string, logs: TrustRoot): string {
  const own = JSON.parse(text) as LogMembers;
  const { tlogs, ctlogs, timestampAuthorities = [] } = JSON.parse(logs.json) as LogMembers;
  const times = own.timestampAuthorities ?? [];
  return JSON.stringify({
    ...own,
    tlogs,
    ctlogs,
    timestampAuthorities: times.length > 0 ? times : timestampAuthorities,
  });
}

/**
 * A root over TUF. While the mirror cannot be reached the last good one stays in use and is called
 * stale; it is never replaced by anything that TUF did not vouch for.
 */
async function tufRoot(options: TufOptions, source: TrustSourceOptions): Promise<TrustRoot> {
  const { name, mirror } = options;
  if (source.http === undefined) return keptRoot(options, source.cacheDir);
  try {
    const { http, cacheDir } = source;
    const root = await firstRoot(options);
    const { json, expiresAt } = await refreshTuf({ mirror, root, cacheDir, http });
    const asOf = new Date().toISOString();
    await keepLastGood(cacheDir, mirror, { json, asOf, ...(expiresAt && { expiresAt }) });
    const revision = revisionOf(json);
    return { name, origin: 'tuf', json, revision, asOf, ...(expiresAt && { expiresAt }) };
  } catch (cause) {
    const detail = `${mirror} could not be read: ${messageOf(cause)}`;
    return keptRoot(options, source.cacheDir, detail);
  }
}

/** The root from which a refresh begins: pinned by the operator, or shipped for a known mirror. */
async function firstRoot({ mirror, rootPath }: TufOptions): Promise<string> {
  if (rootPath !== undefined) return readFile(rootPath, 'utf8');
  const seed = seedOfMirror(mirror);
  if (seed === undefined)
    throw new Error('no root is known for it; name its first root.json (trustRoots[].tuf.root)');
  return seed.tufRoot;
}

/**
 * The last root that TUF vouched for, or the shipped one of the mirror. It is stale when it could
 * not be refreshed, and in an air gap once its metadata has lapsed.
 */
async function keptRoot(
  { name, mirror }: TufOptions,
  cacheDir: string,
  problem?: string,
): Promise<TrustRoot> {
  const last = await readLastGood(cacheDir, mirror);
  if (last !== undefined) {
    const lapsed = last.expiresAt !== undefined && Date.parse(last.expiresAt) < Date.now();
    const detail = problem ?? (lapsed ? `its metadata lapsed at ${last.expiresAt}` : undefined);
    const stale = detail === undefined ? {} : { stale: { since: last.asOf, detail } };
    return { name, origin: 'tuf', ...last, revision: revisionOf(last.json), ...stale };
  }
  const seed = seedOfMirror(mirror);
  if (seed === undefined)
    throw new OperationalError(
      'trustroot-missing',
      problem ?? `${mirror} was never read, and nothing is asked of it offline`,
      { retryable: true },
    );
  const json = seed.trustedRoot;
  const shipped = {
    name,
    json,
    revision: revisionOf(json),
    asOf: seed.asOf,
    origin: 'seed',
  } as const;
  if (problem === undefined) return shipped;
  return {
    ...shipped,
    stale: { since: seed.asOf, detail: `${problem}; the shipped root is used` },
  };
}

const revisionOf = (json: string): string =>
  `sha256:${createHash('sha256').update(json).digest('hex')}`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
