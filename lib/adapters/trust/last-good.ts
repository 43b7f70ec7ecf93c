import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const LastGood = z.strictObject({
  json: z.string(),
  asOf: z.iso.datetime(),
  expiresAt: z.string().optional(),
});

/** The last root that TUF vouched for, and when. */
export interface LastGoodRoot {
  readonly json: string;
  readonly asOf: string;
  readonly expiresAt?: string;
}

/** The folder of a mirror. No part of the mirror's name can lead out of the cache. */
export const mirrorFolder = (cacheDir: string, mirror: string): string =>
  path.join(cacheDir, encodeURIComponent(mirror.replace(/\/$/, '')).replaceAll('.', '%2E'));

const fileOf = (cacheDir: string, mirror: string): string =>
  path.join(mirrorFolder(cacheDir, mirror), 'last-good.json');

/** Keeps a root durably: a crash leaves the old one or the new one, never half a file. */
export async function keepLastGood(
  cacheDir: string,
  mirror: string,
  root: LastGoodRoot,
): Promise<void> {
  const file = fileOf(cacheDir, mirror);
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(root));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** The kept root; undefined when there is none or it cannot be read. */
export async function readLastGood(
  cacheDir: string,
  mirror: string,
): Promise<LastGoodRoot | undefined> {
  try {
    const kept = LastGood.parse(JSON.parse(await readFile(fileOf(cacheDir, mirror), 'utf8')));
    const { json, asOf, expiresAt } = kept;
    return { json, asOf, ...(expiresAt !== undefined && { expiresAt }) };
  } catch {
    return undefined;
  }
}
