import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '#lib/errors.ts';

/** Another process has the data folder: the message names the folder, the holder and the remedy. */
export class FolderInUseError extends ConfigurationError {
  readonly folder: string;

  constructor(folder: string, holder: string | undefined) {
    super([
      `The data folder ${folder} is in use by another Sealwatch process${holder === undefined ? '' : ` (${holder})`}: ` +
        'the embedded database serves one process only. Stop that process, use it through its ' +
        'address instead, name another data folder, or use PostgreSQL, which serves several.',
    ]);
    this.name = 'FolderInUseError';
    this.folder = folder;
  }
}

/**
 * Takes the data folder for this process alone. The kernel holds the lock (an exclusive SQLite
 * transaction on `<folder>/lock`) and drops it when the process ends, however it ends.
 * @throws FolderInUseError when another process holds it
 */
export function lockFolder(folder: string): { release(): void } {
  const holderFile = path.join(folder, 'holder');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new DatabaseSync(path.join(folder, 'lock'));
  try {
    file.exec(
      'PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE',
    );
  } catch (error) {
    file.close();
    if (!isBusy(error)) throw error;
    throw new FolderInUseError(folder, readHolder(holderFile));
  }
  writeFileSync(holderFile, `process ${process.pid}, since ${new Date().toISOString()}`, {
    mode: 0o600,
  });
  return { release: () => file.close() };
}

/** SQLITE_BUSY with its extended forms. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && ((error as { errcode?: number }).errcode ?? 0) % 256 === 5;

function readHolder(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').slice(0, 200);
  } catch {
    return;
  }
}
