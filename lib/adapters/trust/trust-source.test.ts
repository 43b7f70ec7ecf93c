import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shippedTrustRoots } from '#lib/model/authority.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { loadTrustRoot } from '#lib/verify/trusted-root.ts';
import { client, closeAll } from '#tests/builders/egress.ts';
import { startTufMirror, type TufMirror } from '#tests/builders/tuf-mirror.ts';
import { createTrustSource, seedRoot } from './trust-source.ts';

let folder: string;
let mirror: TufMirror | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trust-'));
});
afterEach(async () => {
  await closeAll();
  await mirror?.close();
  mirror = undefined;
  await rm(folder, { recursive: true, force: true });
});

const cacheDir = () => path.join(folder, 'cache');
const http = () => client({ allow: ['127.0.0.1'] });

describe('the shipped root', () => {
  it('is used when nothing is configured, without a file or a request', async () => {
    const { roots, problems } = await createTrustSource({ roots: [], cacheDir: cacheDir() }).load();
    expect(problems).toEqual([]);
    expect(roots).toMatchObject([{ name: 'public-good', origin: 'seed' }]);
    expect(Date.parse(roots[0]?.asOf ?? '')).toBeLessThan(Date.now());
    expect(existsSync(cacheDir())).toBe(false);
  });

  it.each(shippedTrustRoots)('of %s is one that the strict loader takes', (name) => {
    expect(isRefusal(loadTrustRoot(seedRoot(name)))).toBe(false);
  });

  it('is not older than the one that the TUF client carries', () => {
    const seeds = createRequire(import.meta.url)('@sigstore/tuf/seeds.json');
    const target = seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'];
    const carried = JSON.parse(Buffer.from(target, 'base64').toString());
    expect(JSON.parse(seedRoot('public-good').json)).toEqual(carried);
  });
});

describe('a pinned file', () => {
  it('is read with its digest as revision', async () => {
    const file = path.join(folder, 'trusted_root.json');
    await writeFile(file, '{"mediaType":"x"}');
    const source = createTrustSource({
      roots: [{ name: 'private', kind: 'file', path: file }],
      cacheDir: cacheDir(),
    });
    const revision = `sha256:${createHash('sha256').update('{"mediaType":"x"}').digest('hex')}`;
    expect((await source.load()).roots).toMatchObject([
      { name: 'private', origin: 'file', revision },
    ]);
  });

  it.each([
    ['is missing', undefined],
    ['is not JSON', 'trusted'],
  ])('is a problem beside the good ones when it %s', async (_, text) => {
    const file = path.join(folder, 'trusted_root.json');
    if (text !== undefined) await writeFile(file, text);
    const source = createTrustSource({
      roots: [
        { name: 'private', kind: 'file', path: file },
        { name: 'public-good', kind: 'seed', seed: 'public-good' },
      ],
      cacheDir: cacheDir(),
    });
    const { roots, problems } = await source.load();
    expect(roots.map(({ name }) => name)).toEqual(['public-good']);
    expect(problems).toMatchObject([{ name: 'private', reason: 'trustroot-missing' }]);
    expect(problems[0]?.detail).toContain(file);
  });
});

describe('a root over TUF', () => {
  const open = async (target = '{"revision":1}') => {
    mirror = await startTufMirror(target);
    const rootPath = path.join(folder, 'root.json');
    await writeFile(rootPath, mirror.root);
    const options = { name: 'private', kind: 'tuf', mirror: mirror.url, rootPath } as const;
    return {
      mirror,
      source: createTrustSource({ roots: [options], cacheDir: cacheDir(), http: http() }),
      options,
    };
  };

  it('is fetched, and fetched again when it changes', async () => {
    const { mirror, source } = await open();
    const first = await source.load();
    expect(first.problems).toEqual([]);
    expect(first.roots).toMatchObject([{ origin: 'tuf', json: '{"revision":1}' }]);
    expect(Date.parse(first.roots[0]?.expiresAt ?? '')).toBeGreaterThan(Date.now());
    mirror.publish('{"revision":2}');
    const second = await source.load();
    expect(second.roots[0]?.json).toBe('{"revision":2}');
    expect(second.roots[0]?.revision).not.toBe(first.roots[0]?.revision);
  });

  it.each([
    ['the mirror is down', (mirror: TufMirror) => mirror.close()],
    [
      'the metadata has expired',
      (m: TufMirror) => m.publish('{"revision":2}', { expires: new Date(0) }),
    ],
    ['the metadata is rolled back', (m: TufMirror) => m.publish('{"revision":0}', { version: 0 })],
    [
      'the target is not the one that was signed',
      (m: TufMirror) => {
        m.publish('{"revision":2}');
        m.swapTarget('{"revision":6}');
      },
    ],
  ])('N91: stays the last good one, called stale, when %s', async (_, spoil) => {
    const { mirror, source } = await open();
    await source.load();
    await spoil(mirror);
    const { roots, problems } = await source.load();
    expect(roots).toMatchObject([{ json: '{"revision":1}', stale: { since: expect.any(String) } }]);
    expect(problems).toMatchObject([{ reason: 'trustroot-stale' }]);
  });

  it('is a problem when it was never to be had', async () => {
    const { mirror, source } = await open();
    await mirror.close();
    expect(await source.load()).toMatchObject({
      roots: [],
      problems: [{ name: 'private', reason: 'trustroot-missing' }],
    });
  });

  it('is not believed under another pinned root', async () => {
    const { options } = await open();
    const other = await startTufMirror('{}');
    await writeFile(options.rootPath, other.root);
    await other.close();
    const source = createTrustSource({ roots: [options], cacheDir: cacheDir(), http: http() });
    expect(await source.load()).toMatchObject({
      roots: [],
      problems: [{ reason: 'trustroot-missing' }],
    });
  });

  it('keeps the mirrors apart', async () => {
    const { source, options } = await open();
    const other = await startTufMirror('{"revision":9}');
    const rootPath = path.join(folder, 'other-root.json');
    await writeFile(rootPath, other.root);
    const both = createTrustSource({
      roots: [options, { name: 'other', kind: 'tuf', mirror: other.url, rootPath }],
      cacheDir: cacheDir(),
      http: http(),
    });
    await source.load();
    const { roots } = await both.load();
    await other.close();
    expect(roots.map(({ json }) => json)).toEqual(['{"revision":1}', '{"revision":9}']);
    expect(await readdir(cacheDir())).toHaveLength(2);
  });

  it('N91: stays the last good one, with an alarm, after more rotations than are followed', async () => {
    const { mirror, source } = await open();
    await source.load();
    mirror.rotate(257);
    mirror.publish('{"revision":2}');
    const { roots, problems } = await source.load();
    expect(roots).toMatchObject([{ json: '{"revision":1}' }]);
    expect(problems).toMatchObject([
      { reason: 'trustroot-stale', detail: expect.stringContaining('256') },
    ]);
  });

  it('follows 256 rotations of the root', async () => {
    const { mirror, source } = await open();
    mirror.rotate(256);
    expect(await source.load()).toMatchObject({ problems: [], roots: [{ origin: 'tuf' }] });
  });

  it('N91: stays the last good one when the mirror serves what another one serves', async () => {
    const { mirror, source } = await open();
    await source.load();
    const other = await startTufMirror('{"revision":7}');
    mirror.mimic(other);
    await other.close();
    expect(await source.load()).toMatchObject({
      roots: [{ json: '{"revision":1}', stale: {} }],
      problems: [{ reason: 'trustroot-stale' }],
    });
  });

  it('N91: makes no path of what a mirror names', async () => {
    const { mirror, source } = await open();
    mirror.nameTarget('../../escaped.json');
    mirror.publish('{"revision":2}');
    expect(await source.load()).toMatchObject({
      problems: [],
      roots: [{ json: '{"revision":2}' }],
    });
    expect(mirror.asked.some((asked) => asked.includes('escaped'))).toBe(false);
    const written = await readdir(folder, { recursive: true });
    expect(written.filter((name) => name.includes('escaped'))).toEqual([]);
  });

  it('does not believe what was verified from another root, once another one is pinned', async () => {
    const { mirror, source, options } = await open();
    await source.load();
    const other = await startTufMirror('{}');
    await writeFile(options.rootPath, other.root);
    await other.close();
    mirror.publish('{"revision":2}');
    expect((await source.load()).problems).toMatchObject([{ reason: 'trustroot-stale' }]);
  });

  it('is not asked for at an address that the guard refuses', async () => {
    const { mirror, options } = await open();
    const source = createTrustSource({ roots: [options], cacheDir: cacheDir(), http: client() });
    expect(await source.load()).toMatchObject({ problems: [{ reason: 'trustroot-missing' }] });
    expect(mirror.asked).toEqual([]);
  });

  it('is the last good one without a request in an air gap, and stale once that has lapsed', async () => {
    const { mirror, source, options } = await open();
    await source.load();
    const offline = createTrustSource({ roots: [options], cacheDir: cacheDir() });
    mirror.publish('{"revision":2}');
    const count = mirror.asked.length;
    expect(await offline.load()).toMatchObject({
      problems: [],
      roots: [{ json: '{"revision":1}', origin: 'tuf' }],
    });
    expect(mirror.asked).toHaveLength(count);
    mirror.publish('{"revision":3}', { expires: new Date(Date.now() + 1_500) });
    await source.load();
    await vi.waitFor(
      async () =>
        expect((await offline.load()).problems).toMatchObject([{ reason: 'trustroot-stale' }]),
      { timeout: 5_000, interval: 200 },
    );
  });

  it('falls back on the shipped root for the mirrors of shipped domains only', async () => {
    const source = createTrustSource({
      http: http(),
      roots: [{ name: 'public-good', kind: 'tuf', mirror: 'https://tuf-repo-cdn.sigstore.dev' }],
      // A file where the folder should be makes every refresh fail, before any request.
      cacheDir: path.join(folder, 'taken'),
    });
    await writeFile(path.join(folder, 'taken'), '');
    const { roots, problems } = await source.load();
    expect(roots).toMatchObject([{ name: 'public-good', origin: 'seed', stale: {} }]);
    expect(problems).toMatchObject([{ reason: 'trustroot-stale' }]);
  });
});
