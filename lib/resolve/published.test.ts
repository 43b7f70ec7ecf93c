import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { DeclaredRepository } from '#lib/ports/registry.ts';
import { aSigner, attachSignature, openReader, pushImage } from '#tests/builders/registry.ts';
import { readPublished } from './published.ts';
import { resolveReference } from './resolve-reference.ts';
import { compareTag } from './tag-drift.ts';

const now = new Date('2026-11-21T12:00:00Z');
let lab: LabRegistry;
let reader: RegistryClient;
let http: GuardedClient;

beforeEach(async () => {
  lab = await startLabRegistry({ name: 'registry.example', referrersApi: true, auth: 'none' });
  ({ reader, http } = openReader([{ host: lab.name, endpoint: lab.url }]));
});
afterEach(() => Promise.all([http.close(), lab.close()]));

const read = (declared: Partial<DeclaredRepository> = {}) =>
  readPublished(
    reader,
    { registry: lab.name, repository: 'team/app', newest: 10, ...declared },
    now,
  );

describe('readPublished', () => {
  it('reads the newest tags and counts those it leaves out', async () => {
    const pushed = ['1.9.0', '1.10.0', '1.10.1', '2.0.0-rc.1'].map((tag) =>
      pushImage(lab, 'team/app', tag),
    );
    attachSignature(lab, pushed[1]!, aSigner());
    const { readings, subjects } = await read({ newest: 3, releases: '[0-9.]+' });
    expect(readings).toMatchObject([
      { registry: lab.name, repository: 'team/app', tags: 4, skippedTags: 1, readAt: now },
    ]);
    expect(readings[0]?.images).toMatchObject([
      { tag: '2.0.0-rc.1', release: false, digest: pushed[3]?.digest },
      { tag: '1.10.1', release: true, digest: pushed[2]?.digest },
      { tag: '1.10.0', release: true, digest: pushed[1]?.digest },
    ]);
    expect(subjects.map(({ digest }) => digest)).toEqual(
      [pushed[3], pushed[2], pushed[1]].map((image) => image?.digest),
    );
    expect(readings[0]).not.toHaveProperty('reason');
  });

  it('asks for a digest once that several tags name', async () => {
    const { digest } = pushImage(lab, 'team/app', '1.0');
    const manifest = await reader.manifest(lab.name, 'team/app', digest);
    lab.putManifest('team/app', 'latest', manifest!.mediaType, manifest!.bytes);
    const { readings, subjects } = await read();
    expect(readings[0]?.images).toHaveLength(2);
    expect(subjects).toEqual([{ registry: lab.name, repository: 'team/app', digest }]);
  });

  it('counts tags outside the pattern as skipped', async () => {
    for (const tag of ['v1', 'nightly', 'v2']) pushImage(lab, 'team/app', tag);
    const { readings } = await read({ tags: 'v[0-9]+' });
    expect(readings[0]).toMatchObject({ tags: 3, skippedTags: 1 });
    expect(readings[0]?.images.map(({ tag }) => tag)).toEqual(['v2', 'v1']);
  });

  it('expands a glob by the catalogue of the registry', async () => {
    for (const name of ['team/a', 'team/b', 'team/b/sub', 'other/c']) pushImage(lab, name);
    const { readings } = await read({ repository: 'team/*' });
    expect(readings.map(({ repository }) => repository)).toEqual(['team/a', 'team/b']);
  });

  it('says why a repository or its list could not be read', async () => {
    pushImage(lab, 'team/app');
    lab.setFault({ path: /_catalog/ }, { kind: 'forbidden' });
    expect((await read({ repository: 'team/*' })).readings).toMatchObject([
      { repository: 'team/*', images: [], reason: 'registry-forbidden' },
    ]);
    expect((await read({ repository: 'team/none' })).readings).toMatchObject([
      { repository: 'team/none', images: [], reason: 'registry-not-found' },
    ]);
  });

  it('keeps a tag that could not be read, without a digest', async () => {
    pushImage(lab, 'team/app', 'v1');
    pushImage(lab, 'team/app', 'v2');
    lab.setFault({ path: /manifests\/v1$/ }, { kind: 'broken' });
    const { readings, subjects } = await read();
    expect(readings[0]).toMatchObject({ reason: 'registry-error', images: { length: 2 } });
    expect(readings[0]?.images[1]).not.toHaveProperty('digest');
    expect(subjects).toHaveLength(1);
  });
});

describe('a reference', () => {
  const resolve = (text: string) => {
    const parsed = parseReference(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    return resolveReference(reader, parsed.reference);
  };

  it('is resolved by its digest without asking, by its tag, or as latest', async () => {
    const { digest } = pushImage(lab, 'team/app', 'latest');
    const other = `sha256:${'c'.repeat(64)}`;
    expect(await resolve(`${lab.name}/team/app:v9@${other}`)).toMatchObject({ digest: other });
    expect(lab.requests).toEqual([]);
    expect(await resolve(`${lab.name}/team/app`)).toEqual({ state: 'digest', digest });
    expect(await resolve(`${lab.name}/team/app:v9`)).toEqual({ state: 'gone', tag: 'v9' });
  });

  it('has moved when its tag names neither what runs nor an index with it', async () => {
    const [index, child, other] = ['a', 'b', 'c'].map(
      (tag) => pushImage(lab, 'team/app', tag).digest,
    );
    const named = { state: 'digest', digest: index! } as const;
    expect(compareTag(index!, named)).toEqual({ state: 'same' });
    expect(compareTag(child!, named, [{ platform: 'linux/amd64', digest: child! }])).toEqual({
      state: 'same',
    });
    expect(compareTag(other!, named)).toEqual({ state: 'moved', digest: index });
    expect(compareTag(other!, { state: 'gone', tag: 'a' })).toEqual({ state: 'gone' });
  });
});
