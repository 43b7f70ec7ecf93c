import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { folderName, replaceFile } from './replace-file.ts';

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
  path.join(cacheDir, folderName(mirror.replace(/\/$/, '')));

const fileOf = (cacheDir: string, mirror: string): string =>
  path.join(mirrorFolder(cacheDir, mirror), 'last-good.json');

/** Keeps a root durably. */
export async function keepLastGood(
  cacheDir: string,
  mirror: string,
  root: LastGoodRoot,
): Promise<void> {
  await replaceFile(fileOf(cacheDir, mirror), JSON.stringify(root));
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
