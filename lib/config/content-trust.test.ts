import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { readContentTrust } from './content-trust.ts';
import { parseConfig } from './read-config.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'content-trust-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const read = (text: string) =>
  readContentTrust({
    path: 'sealwatch.yaml',
    directory,
    file: parseConfig(text, 'sealwatch.yaml'),
  });

describe('readContentTrust', () => {
  it('makes an authority of an entry with root keys, and none of one without', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await writeFile(path.join(directory, 'root.pub'), pem);
    const id = 'ab'.repeat(32);
    const authorities = read(`contentTrust:
  - name: pinned
    images: ['docker.io/acme/*']
    rootKeys: [{ id: ${id} }, { file: root.pub }]
    delegations: [targets/releases]
  - { name: seen, images: ['docker.io/library/*'] }
`);
    expect(authorities).toEqual([
      {
        kind: 'content-trust',
        name: 'pinned',
        images: ['docker.io/acme/*'],
        source: { kind: 'configuration', path: 'sealwatch.yaml' },
        rootKeys: [id, pem],
        delegations: ['targets/releases'],
      },
    ]);
  });

  it('names every key that cannot be used', () => {
    const broken = () =>
      read(
        'contentTrust:\n  - { name: a, images: [x], rootKeys: [{ file: none.pub }, { data: x }] }',
      );
    expect(broken).toThrow(ConfigurationError);
    expect(broken).toThrow(/root key file none\.pub[\s\S]*root key data/);
  });
});
