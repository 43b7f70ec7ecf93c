import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const planted: string[] = [];

function runScript(...parameters: string[]): { code: number; text: string } {
  try {
    const text = execFileSync(process.execPath, parameters, {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { code: 0, text };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, text: stderr };
  }
}

function plant(file: string, text: string): void {
  planted.push(path.join(root, file));
  writeFileSync(path.join(root, file), text);
}

afterEach(() => {
  for (const file of planted.splice(0)) rmSync(file, { force: true });
});

describe('the layer lint', () => {
  it('sees every source file and finds no violation', () => {
    const { code, text } = runScript('scripts/layers.mjs');
    expect(text).toMatch(/layers: [0-9]{3,} modules, no violation/);
    expect(code).toBe(0);
  });

  it.each([
    [
      'a stage that imports another stage',
      'lib/verify/planted.ts',
      "import '#lib/posture/findings.ts';",
    ],
    [
      'a stage that imports another one for its types',
      'lib/resolve/planted.ts',
      "import type {} from '#lib/verify/identity.ts';",
    ],
    ['a stage that opens files', 'lib/inventory/planted.ts', "import 'node:fs';"],
    [
      'an adapter that imports a stage',
      'lib/adapters/http/planted.ts',
      "import '#lib/posture/findings.ts';",
    ],
    [
      'a component that reaches the server',
      'components/ui/planted.tsx',
      "import '#lib/api/fleet.ts';",
    ],
    ['a page that knows the wiring', 'app/planted.ts', "import '#lib/wiring/server.ts';"],
    ['the product knowing the lab', 'lib/scan/planted.ts', "import '#lib/lab/run-lab.ts';"],
    ['the model reading a built-in', 'lib/model/planted.ts', "import 'node:crypto';"],
    ['a file without a layer', 'lib/planted.ts', "import '#lib/model/digest.ts';"],
    ['an import that leads nowhere', 'lib/model/planted.ts', "import '#lib/model/nowhere.ts';"],
  ])('is red for %s', (_, file, text) => {
    plant(file, `${text}\n`);
    const { code, text: output } = runScript('scripts/layers.mjs');
    expect(output).toContain('planted');
    expect(code).toBe(1);
  });
});

describe('generated documentation', () => {
  it('says what the code says', () => {
    expect(runScript('scripts/docs.mjs', '--check')).toMatchObject({ code: 0 });
  });
});
