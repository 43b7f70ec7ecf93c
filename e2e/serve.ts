// Starts what the end-to-end tests look at: the lab, and the built server on it, with fresh data.
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runLab } from '#lib/lab/run-lab.ts';

const [port = '3117'] = process.argv.slice(2);
const data = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-e2e-'));
const lab = await runLab({ dir: path.join(data, 'lab'), seed: 7 });
process.env['SEALWATCH_DATA_DIR'] = path.join(data, 'store');
const { run } = await import('#lib/cli/serve.ts');
await run(['--port', port, '--config', lab.configPath]);
