import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { folderName, replaceFile } from '#lib/adapters/trust/replace-file.ts';
import type { TrustDataMemory } from '#lib/model/trust-data.ts';

const Memory = z.strictObject({
  root: z.string(),
  roles: z.record(z.string(), z.strictObject({ version: z.number(), keys: z.string() })),
  since: z.iso.datetime(),
});

const fileOf = (folder: string, server: string, gun: string): string =>
  path.join(folder, folderName(server), folderName(gun), 'memory.json');

/**
 * What was verified of a collection before; undefined at the first use.
 * @throws Error when it is there and cannot be read: to forget it would open the way for a rollback
 */
export async function readMemory(
  folder: string,
  server: string,
  gun: string,
): Promise<TrustDataMemory | undefined> {
  const file = fileOf(folder, server, gun);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const memory = Memory.safeParse(parse(text));
  if (memory.success) return memory.data;
  throw new Error(`${file} is damaged. Remove it to trust the collection anew at first use.`);
}

/** Keeps what was verified, unless another process has meanwhile seen something newer. */
export async function keepMemory(
  folder: string,
  server: string,
  gun: string,
  memory: TrustDataMemory,
): Promise<void> {
  const kept = await readMemory(folder, server, gun);
  const isOlder = Object.entries(kept?.roles ?? {}).some(([role, { version, keys }]) => {
    const mine = memory.roles[role];
    return mine !== undefined && mine.keys === keys && mine.version < version;
  });
  // Delegations that were not looked at this time are still remembered.
  const roles = { ...kept?.roles, ...memory.roles };
  const next = JSON.stringify({ ...memory, roles, since: kept?.since ?? memory.since });
  if (isOlder || next === JSON.stringify(kept)) return;
  await replaceFile(fileOf(folder, server, gun), next);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
