import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';
import { UsageError } from './usage.ts';
import { verifyBundle } from './verify-bundle.ts';

const key = generateKeyPair();
let world: SigningWorld;
let folder: string;

beforeAll(async () => {
  world = await aSigningWorld();
  folder = await mkdtemp(path.join(os.tmpdir(), 'bundle-'));
  await writeFile(file('keyless.json'), (await world.bundle()).bytes);
  const signer = { kind: 'key', key, tlog: true } as const;
  await writeFile(file('key.json'), (await world.bundle('rekor-1', signer)).bytes);
  const unlogged = { ...signer, tlog: false };
  await writeFile(file('unlogged.json'), (await world.bundle('none', unlogged)).bytes);
  await writeFile(file('root.json'), world.root.json);
  await writeFile(file('cosign.pub'), key.publicPem);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string) => path.join(folder, name);
const run = (...args: readonly string[]) =>
  verifyBundle(args, { publicGood: () => Promise.resolve(world.root), now: () => new Date() });
const digest = () => ['--digest', world.image.digest];
const identity = () => [
  '--certificate-identity',
  world.identity.subject,
  '--certificate-oidc-issuer',
  world.identity.issuer,
];

describe('sealwatch verify-bundle', () => {
  it('ends with 0 for a bundle that verifies, and says who signed', async () => {
    const { exitCode, output } = await run(file('keyless.json'), ...digest(), ...identity());
    expect(exitCode).toBe(0);
    expect(output).toContain(`verified\n`);
    expect(output).toContain(world.identity.subject);
  });

  it('takes patterns, which must match the whole text', async () => {
    const patterns = (subject: string) => [
      '--certificate-identity-regexp',
      subject,
      '--certificate-oidc-issuer-regexp',
      'https://.*',
    ];
    const args = [file('keyless.json'), ...digest(), '--trusted-root', file('root.json')];
    expect((await run(...args, ...patterns('https://github.com/acme/.*'))).exitCode).toBe(0);
    expect((await run(...args, ...patterns('https://github.com/acme/'))).exitCode).toBe(1);
  });

  it('takes a key, with a log entry unless told to do without', async () => {
    const args = ['--key', file('cosign.pub'), ...digest()];
    expect((await run(file('key.json'), ...args)).exitCode).toBe(0);
    expect((await run(file('unlogged.json'), ...args)).exitCode).toBe(1);
    expect((await run(file('unlogged.json'), ...args, '--insecure-ignore-tlog')).exitCode).toBe(0);
  });

  it('ends with 1 for anything else that it finds, and gives the verdict as JSON', async () => {
    const other = ['--digest', `sha256:${'0'.repeat(64)}`];
    const { exitCode, output } = await run(
      file('keyless.json'),
      ...other,
      ...identity(),
      '-o',
      'json',
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ status: 'invalid', reason: 'subject-mismatch' });
    const garbage = await run(file('cosign.pub'), ...digest(), ...identity());
    expect(garbage.exitCode).toBe(1);
  });

  it('N95: does not show what would drive a terminal', async () => {
    await writeFile(file('evil.json'), '{"mediaType":"\\u001b[2Jx"}');
    const { output } = await run(file('evil.json'), ...digest(), ...identity());
    expect(output).not.toContain('\u001b');
  });

  it.each<[string, () => readonly string[]]>([
    ['no bundle', () => [...digest(), ...identity()]],
    ['a bundle that is not there', () => [file('none'), ...digest(), ...identity()]],
    ['no artifact', () => [file('keyless.json'), ...identity()]],
    [
      'two artifacts',
      () => [file('keyless.json'), ...digest(), '--artifact', file('root.json'), ...identity()],
    ],
    ['a digest that is none', () => [file('keyless.json'), '--digest', 'sha256:1', ...identity()]],
    ['no signer', () => [file('keyless.json'), ...digest()]],
    [
      'a subject without issuer',
      () => [file('keyless.json'), ...digest(), ...identity().slice(0, 2)],
    ],
    [
      'an empty subject',
      () => [
        file('keyless.json'),
        ...digest(),
        '--certificate-identity',
        '',
        ...identity().slice(2),
      ],
    ],
    [
      'a pattern that matches anything',
      () => [
        file('keyless.json'),
        ...digest(),
        '--certificate-identity-regexp',
        '.*',
        ...identity().slice(2),
      ],
    ],
    [
      'key and identity',
      () => [file('keyless.json'), ...digest(), ...identity(), '--key', file('cosign.pub')],
    ],
    ['another output', () => [file('keyless.json'), ...digest(), ...identity(), '-o', 'xml']],
  ])('calls %s wrong use', async (_, args) => {
    await expect(run(...args())).rejects.toThrow(UsageError);
  });
});
