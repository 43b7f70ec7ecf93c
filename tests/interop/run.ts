// Compares our verdicts with `cosign verify` on images that real cosign signed, in real registries; with
// those of other tools; and our decisions with those of admission engines.
// --only cosign|notation|content-trust|policies: this part alone. --no-install: with what is there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compareContentTrust, printContentTrust } from './content-trust.ts';
import { compareNotation, printNotation } from './notation.ts';
import { installPeers, opensslKey, type Program, runPeer, startRegistries } from './peers.ts';
import { comparePolicies, printPolicies } from './policies.ts';
import { type Bench, methods, type Planted, plainSituations, situations } from './situations.ts';

interface Row {
  readonly registry: string;
  readonly method: string;
  readonly key: string;
  readonly situation: string;
  readonly cosign: string;
  readonly ours: string;
  readonly reason: string;
  readonly equal: boolean;
}

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: { only: { type: 'string' }, 'no-install': { type: 'boolean', default: false } },
});
/** Each prints what it compared and returns how much of it differs. */
const parts: Readonly<Record<string, () => Promise<number>>> = {
  cosign: async () => print(await compareAll()),
  notation: async () => printNotation(await compareNotation(registries, folder)),
  'content-trust': async () => printContentTrust(await compareContentTrust()),
  policies: async () =>
    printPolicies(await comparePolicies(registries, folder, !values['no-install'])),
};
if (values.only !== undefined && !Object.hasOwn(parts, values.only))
  throw new Error(`there is no part ${values.only}, only ${Object.keys(parts).join(', ')}`);
const why = installPeers();
if (why !== undefined) {
  console.log(`SKIPPED: ${why}. Nothing was compared.`);
  process.exit(0);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-interop-keys-'));
const registries = await startRegistries();
try {
  let differing = 0;
  for (const [name, part] of Object.entries(parts))
    if (values.only === undefined || values.only === name) differing += await part();
  process.exitCode = differing === 0 ? 0 : 1;
} finally {
  for (const { stop } of registries) stop();
  rmSync(folder, { recursive: true, force: true });
}

async function compareAll(): Promise<Row[]> {
  writeFileSync(path.join(folder, 'predicate.json'), '{"made":"for comparison"}');
  makeKey('p256');
  makeKey('other');
  makeKey('rsa2048');
  const rows: Row[] = [];
  for (const registry of registries) {
    for (const method of methods)
      for (const own of ['p256', 'rsa2048'])
        for (const [situation, plant] of Object.entries(situations)) {
          const bench = { registry, method, own, other: 'other', folder };
          rows.push(...compare(bench, situation, await plant(bench)));
        }
    for (const [situation, plant] of Object.entries(plainSituations)) {
      const method = { name: '–', cosign: 'cosign3', bundle: false } as const;
      const bench = { registry, method, own: 'p256', other: 'other', folder };
      rows.push(...compare(bench, situation, await plant(bench)));
    }
  }
  return rows;
}

function makeKey(name: 'p256' | 'other' | 'rsa2048'): void {
  const output = path.join(folder, name);
  if (name === 'rsa2048') {
    opensslKey(name, `${output}.pem`);
    must(
      runPeer(
        'cosign3',
        ['import-key-pair', '--key', `${output}.pem`, '--output-key-prefix', name],
        folder,
      ),
    );
    return;
  }
  must(runPeer('cosign3', ['generate-key-pair', '--output-key-prefix', name], folder));
}

function must({ ok, text }: { ok: boolean; text: string }): void {
  if (!ok) throw new Error(text);
}

/** What cosign 2 signed is verified by cosign 2 and 3; a bundle by 3. */
function compare(bench: Bench, situation: string, planted: Planted): Row[] {
  const peers: Program[] = bench.method.bundle ? ['cosign3'] : ['cosign2', 'cosign3'];
  const ours = ourVerdict(planted);
  return peers.map((peer) => {
    const { ok } = runPeer(
      peer,
      [
        'verify',
        '--insecure-ignore-tlog=true',
        '--allow-http-registry',
        '--key',
        planted.key,
        planted.image,
      ],
      folder,
    );
    return {
      registry: bench.registry.name,
      method: bench.method.name,
      key: bench.own,
      situation,
      cosign: `${peer} ${ok ? 'accepts' : 'refuses'}`,
      ours: ours.status,
      reason: ours.reason ?? '',
      equal: ok === (ours.status === 'verified'),
    };
  });
}

function ourVerdict({ image, key }: Planted): { status: string; reason?: string } {
  const config = path.join(folder, 'sealwatch.yaml');
  const hosts = registries.map(({ host }) => `  - { host: "${host}", insecure: true }`);
  writeFileSync(config, `registries:\n${hosts.join('\n')}\n`);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(root, 'lib/cli/main.ts'),
      'verify',
      '-o',
      'json',
      '--config',
      config,
      '--insecure-ignore-tlog',
      '--key',
      key,
      image,
    ],
    { encoding: 'utf8', env: { ...process.env, SEALWATCH_DATA_DIR: folder } },
  );
  if (stdout === '') return { status: 'no answer', reason: stderr.trim() };
  return JSON.parse(stdout) as { status: string; reason?: string };
}

function print(rows: readonly Row[]): number {
  const columns = ['registry', 'method', 'key', 'situation', 'cosign', 'ours', 'reason'] as const;
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  console.log(line(columns));
  for (const row of rows)
    console.log(`${line(columns.map((column) => row[column]))}  ${row.equal ? '' : '≠'}`);
  const differing = rows.filter(({ equal }) => !equal).length;
  console.log(`${rows.length - differing} passed, ${differing} failed`);
  return differing;
}
