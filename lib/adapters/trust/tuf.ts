import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { initTUF } from '@sigstore/tuf';
import { z } from 'zod';
import { mirrorFolder } from './last-good.ts';

/** What a refresh over TUF gave. */
export interface TufAnswer {
  readonly json: string;
  /** When the timestamp role lapses, ISO 8601. */
  readonly expiresAt?: string;
}

const Timestamp = z.object({ signed: z.object({ expires: z.string() }) });

/**
 * Follows the TUF metadata of a mirror from the pinned root and fetches `trusted_root.json`. Throws
 * when anything of it does not hold: expired metadata, a rollback, a wrong hash, no connection.
 */
export async function refreshTuf(options: {
  readonly mirror: string;
  readonly rootPath?: string;
  readonly cacheDir: string;
}): Promise<TufAnswer> {
  const cachePath = path.join(mirrorFolder(options.cacheDir, options.mirror), 'tuf');
  const client = await initTUF({
    mirrorURL: options.mirror.replace(/\/$/, ''),
    cachePath,
    timeout: 10_000,
    retry: { retries: 1 },
    ...(options.rootPath !== undefined && { rootPath: options.rootPath }),
  });
  const json = await client.getTarget('trusted_root.json');
  JSON.parse(json);
  const expiresAt = await timestampExpiry(cachePath, options.mirror);
  return { json, ...(expiresAt !== undefined && { expiresAt }) };
}

/** The client keeps verified metadata in a folder named after host and path of the mirror. */
async function timestampExpiry(cachePath: string, mirror: string): Promise<string | undefined> {
  try {
    const { host, pathname } = new URL(mirror);
    const folder = encodeURIComponent(host + pathname.replace(/\/$/, ''));
    const text = await readFile(path.join(cachePath, folder, 'timestamp.json'), 'utf8');
    return Timestamp.parse(JSON.parse(text)).signed.expires;
  } catch {
    return undefined;
  }
}
