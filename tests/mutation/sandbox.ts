import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Mutation } from './mutations.ts';

const root = path.resolve(import.meta.dirname, '../..');
const parts = ['lib', 'tests', 'package.json', 'tsconfig.json'];

/** Only what the tests of verifier and discovery need: no database, one thread, stop at the first failure. */
const config = `import { defineConfig } from 'vitest/config';
export default defineConfig({
  test: {
    include: ['lib/**/*.test.ts', 'tests/*.test.ts'],
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
    bail: 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
`;

/** A copy of the sources in which faults are planted one at a time. */
export interface Sandbox {
  readonly folder: string;
  /** Plants a fault; call the result to take it back. */
  plant(mutation: Mutation): () => void;
  remove(): void;
}

export function createSandbox(): Sandbox {
  const folder = mkdtempSync(path.join(tmpdir(), 'sealwatch-mutation-'));
  for (const part of parts) execFileSync('cp', ['-a', path.join(root, part), folder]);
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'vitest.config.ts'), config);
  return {
    folder,
    plant([file, from, to]) {
      const target = path.join(folder, file);
      const text = readFileSync(target, 'utf8');
      writeFileSync(
        target,
        text.replace(from, () => to),
      );
      return () => writeFileSync(target, text);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Tests that name the module of a file, else those in its folder, else those of whole signatures. */
export function nearestTests(file: string): readonly string[] {
  if (file.startsWith('lib/resolve/')) return ['lib/resolve', 'tests/registry-faults.test.ts'];
  const tests = readdirSync(path.join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && /^(?:verify|resolve)[/]/.test(name))
    .map((name) => `lib/${name}`);
  const naming = tests.filter((test) => {
    const own =
      path.dirname(test) === path.dirname(file) ? `'./${path.basename(file)}'` : undefined;
    const text = readFileSync(path.join(root, test), 'utf8');
    return (own !== undefined && text.includes(own)) || text.includes(`'#${file}'`);
  });
  const beside = tests.filter((test) => path.dirname(test) === path.dirname(file));
  if (naming.length > 0) return naming;
  if (beside.length > 0 && beside.length < 10) return beside;
  return tests.filter((test) => /verify[/][a-z-]+-(?:cases|holes)[.]test/.test(test));
}

/** Mutations whose text is not in its file exactly once: the list does not fit the code any more. */
export function misfits(mutations: readonly Mutation[]): readonly string[] {
  return mutations.flatMap(([file, from, to]) => {
    const count = readFileSync(path.join(root, file), 'utf8').split(from).length - 1;
    return count === 1 && from !== to ? [] : [`${file}: ${count} times: ${from}`];
  });
}
