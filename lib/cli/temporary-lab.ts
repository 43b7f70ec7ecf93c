import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runLab } from '#lib/lab/run-lab.ts';

/** A lab for the length of one command, in a folder that goes with it. */
export async function temporaryLab(): Promise<{ configPath: string; close(): Promise<void> }> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-'));
  const lab = await runLab({ dir });
  return {
    configPath: lab.configPath,
    close: async () => {
      await lab.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
