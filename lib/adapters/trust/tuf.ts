import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Fetcher, type TargetFile, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { z } from 'zod';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { limits } from '#lib/model/limits.ts';
import { mirrorFolder } from './last-good.ts';
import { replaceFile } from './replace-file.ts';

/** What a refresh over TUF gave. */
export interface TufAnswer {
  readonly json: string;
  /** When the timestamp role lapses, ISO 8601. */
  readonly expiresAt?: string;
}

/** The one target that is ever asked for: no name that a mirror chose becomes a path. */
const target = 'trusted_root.json';

const Timestamp = z.object({ signed: z.object({ expires: z.string() }) });

/**
 * Follows the TUF metadata of a mirror from the pinned root and fetches `trusted_root.json`. Throws
 * when anything of it does not hold: expired metadata, a rollback, a wrong hash, no connection.
 * @param options.root the text of the first `root.json` that is believed
 */
export async function refreshTuf(options: {
  readonly mirror: string;
  readonly root: string;
  readonly cacheDir: string;
  readonly http: GuardedClient;
}): Promise<TufAnswer> {
  const mirror = options.mirror.replace(/\/$/, '');
  const folder = await metadataFolder(options);
  const fetcher = guardedFetcher(options.http);
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: mirror,
    fetcher,
    // One rotation more than is allowed, so that the fetcher sees it and raises the alarm. No delegations:
    // their names would become names of files.
    config: { maxRootRotations: limits.rootRotations + 1, maxDelegations: 0 },
  });
  await updater.refresh();
  const info = await updater.getTargetInfo(target);
  if (info?.path !== target) throw new Error(`it has no ${target}`);
  const json = await fetchTarget(fetcher, mirror, info, await isConsistent(folder));
  const expiresAt = await timestampExpiry(folder);
  return { json, ...(expiresAt !== undefined && { expiresAt }) };
}

/**
 * The folder with the verified metadata. It belongs to a mirror and to the root that was pinned for
 * it: what was verified from another root is not believed.
 */
async function metadataFolder({
  cacheDir,
  mirror,
  root,
}: {
  readonly cacheDir: string;
  readonly mirror: string;
  readonly root: string;
}): Promise<string> {
  const pinned = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const folder = path.join(mirrorFolder(cacheDir, mirror), `tuf-${pinned}`);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'root.json');
  if (!existsSync(file)) await replaceFile(file, root);
  return folder;
}

/** Requests of the TUF client through the egress guard, with the limits that it asks for. */
function guardedFetcher(http: GuardedClient): Fetcher {
  let rotations = 0;
  return {
    async downloadBytes(url, maxLength) {
      const { pathname } = new URL(url);
      const name = pathname.slice(pathname.lastIndexOf('/') + 1);
      const { status, bytes } = await http.request({
        url,
        cap: Math.min(maxLength, limits.trustDataBytes),
        purpose: `TUF metadata ${name.slice(0, 100)}`,
      });
      if (status !== 200) throw new DownloadHTTPError(`${name} answered ${status}`, status);
      if (/^\d+\.root\.json$/.test(name)) rotations += 1;
      if (rotations > limits.rootRotations)
        throw new Error(`the root was rotated more than ${limits.rootRotations} times`);
      return Buffer.from(bytes);
    },
    downloadFile: () => Promise.reject(new TypeError('targets are not written to files')),
  };
}

const Root = z.object({ signed: z.object({ consistent_snapshot: z.boolean().default(false) }) });

/** Whether the root wants targets to be asked for by their hash (TUF §6.2). */
async function isConsistent(folder: string): Promise<boolean> {
  const root = Root.parse(JSON.parse(await readFile(path.join(folder, 'root.json'), 'utf8')));
  return root.signed.consistent_snapshot;
}

const algorithms = ['sha256', 'sha512'] as const;

async function fetchTarget(
  fetcher: Fetcher,
  mirror: string,
  { hashes, length }: TargetFile,
  consistent: boolean,
): Promise<string> {
  const named = algorithms.filter((algorithm) => hashes[algorithm] !== undefined);
  const [first] = named;
  if (first === undefined) throw new Error(`${target} is named without a hash that is known`);
  const prefix = consistent ? `${Object.values(hashes)[0]}.` : '';
  const bytes = await fetcher.downloadBytes(`${mirror}/targets/${prefix}${target}`, length);
  const fits = named.every(
    (algorithm) => createHash(algorithm).update(bytes).digest('hex') === hashes[algorithm],
  );
  if (bytes.length !== length || !fits)
    throw new Error(`${target} is not the file that was signed for`);
  const json = bytes.toString('utf8');
  JSON.parse(json);
  return json;
}

async function timestampExpiry(folder: string): Promise<string | undefined> {
  const text = await readFile(path.join(folder, 'timestamp.json'), 'utf8');
  return Timestamp.safeParse(JSON.parse(text)).data?.signed.expires;
}
