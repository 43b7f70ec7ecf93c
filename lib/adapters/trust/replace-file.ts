import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file durably: a crash leaves the old text or the new one, never half of it. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** A name of anything as the name of one folder, which cannot lead anywhere else. */
export const folderName = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');
