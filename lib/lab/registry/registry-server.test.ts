import { afterEach, describe, expect, it } from 'vitest';
import { mediaTypes } from '#lib/model/manifest.ts';
import { attachBundle, pushImage } from '#tests/builders/registry.ts';
import { type LabRegistry, type LabRegistryOptions, startLabRegistry } from './registry-server.ts';
import { digestOf } from './registry-storage.ts';

const open: LabRegistry[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((lab) => lab.close()));
});

async function start(options: Partial<LabRegistryOptions> = {}): Promise<LabRegistry> {
  const lab = await startLabRegistry({
    name: 'registry.example',
    referrersApi: true,
    auth: 'none',
    ...options,
  });
  open.push(lab);
  return lab;
}

const get = (lab: LabRegistry, path: string, init: RequestInit = {}) =>
  fetch(`${lab.url}${path}`, init);

describe('a lab registry', () => {
  it('serves manifests by tag and digest, and their heads', async () => {
    const lab = await start();
    const { digest } = pushImage(lab, 'team/app', 'v1');
    for (const reference of ['v1', digest]) {
      const answer = await get(lab, `/v2/team/app/manifests/${reference}`);
      expect(answer.headers.get('docker-content-digest')).toBe(digest);
      expect(answer.headers.get('content-type')).toBe(mediaTypes.ociManifest);
      expect(digestOf(Buffer.from(await answer.arrayBuffer()))).toBe(digest);
    }
    const head = await get(lab, '/v2/team/app/manifests/v1', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    lab.deleteTag('team/app', 'v1');
    expect((await get(lab, '/v2/team/app/manifests/v1')).status).toBe(404);
    expect((await get(lab, `/v2/team/app/manifests/${digest}`)).status).toBe(200);
  });

  it('is read-only', async () => {
    const lab = await start();
    const { digest } = pushImage(lab, 'team/app');
    for (const method of ['DELETE', 'PUT', 'POST'])
      expect((await get(lab, `/v2/team/app/manifests/${digest}`, { method })).status).toBe(405);
  });

  it('keeps referrers behind the API, with pages and a filter', async () => {
    const lab = await start();
    const image = pushImage(lab, 'team/app');
    for (let index = 0; index < 150; index += 1) attachBundle(lab, image, Buffer.from(`${index}`));
    const first = await get(lab, `/v2/team/app/referrers/${image.digest}`);
    expect((await first.json()) as object).toMatchObject({ manifests: { length: 100 } });
    const next = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect((await (await get(lab, next)).json()) as object).toMatchObject({
      manifests: { length: 50 },
    });
    const filtered = await get(lab, `/v2/team/app/referrers/${image.digest}?artifactType=x`);
    expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType');
    expect((await filtered.json()) as object).toMatchObject({ manifests: [] });
    const tag = image.digest.replace(':', '-');
    expect((await get(lab, `/v2/team/app/manifests/${tag}`)).status).toBe(404);
  });

  it('keeps them under the fallback tag when it has no such API', async () => {
    const lab = await start({ referrersApi: false });
    const image = pushImage(lab, 'team/app');
    const bundles = [1, 2].map((index) => attachBundle(lab, image, Buffer.from(`${index}`)));
    attachBundle(lab, image, Buffer.from('1'));
    expect((await get(lab, `/v2/team/app/referrers/${image.digest}`)).status).toBe(404);
    const tag = image.digest.replace(':', '-');
    const index = (await (await get(lab, `/v2/team/app/manifests/${tag}`)).json()) as {
      manifests: { digest: string }[];
    };
    expect(index.manifests.map(({ digest }) => digest)).toEqual(bundles);
  });

  it('gives tokens to anyone for public, and to users for private repositories', async () => {
    const lab = await start({
      auth: 'token',
      users: [{ username: 'u', password: 'p' }],
      privateRepositories: ['team/private'],
    });
    pushImage(lab, 'team/public');
    pushImage(lab, 'team/private');
    const read = async (repository: string, authorization?: string): Promise<number> => {
      const scope = `repository:${repository}:pull`;
      const headers = authorization === undefined ? {} : { authorization };
      const granted = await get(lab, `/token?service=lab&scope=${scope}`, { headers });
      if (granted.status !== 200) return granted.status;
      const { token } = (await granted.json()) as { token: string };
      const answer = await get(lab, `/v2/${repository}/manifests/v1`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return answer.status;
    };
    const user = `Basic ${btoa('u:p')}`;
    expect(await read('team/public')).toBe(200);
    expect(await read('team/private')).toBe(401);
    expect(await read('team/private', user)).toBe(200);
    expect(await read('team/private', `Basic ${btoa('u:x')}`)).toBe(401);
    expect(lab.requests.map(({ authorization }) => authorization)).toContain('bearer');
    expect(JSON.stringify(lab.requests)).not.toContain(btoa('u:p'));
    expect((await get(lab, '/v2/')).headers.get('www-authenticate')).toContain('/token"');
  });

  it('makes content only when it is asked for', async () => {
    const made: string[] = [];
    const bytes = Buffer.from('{"manifests":[]}');
    const lab = await start({
      content: {
        manifest: (repository, reference) => {
          made.push(`${repository} ${reference}`);
          return reference === 'v1' ? { mediaType: mediaTypes.ociIndex, bytes } : undefined;
        },
        blob: () => undefined,
        tags: (repository) => (repository === 'lazy/app' ? ['v1'] : undefined),
        repositories: () => ['lazy/app'],
      },
    });
    expect(made).toEqual([]);
    const answer = await get(lab, '/v2/lazy/app/manifests/v1');
    expect(answer.headers.get('docker-content-digest')).toBe(digestOf(bytes));
    expect((await get(lab, '/v2/lazy/app/manifests/v2')).status).toBe(404);
    expect(await (await get(lab, '/v2/lazy/app/tags/list')).json()).toMatchObject({ tags: ['v1'] });
    expect(await (await get(lab, '/v2/_catalog')).json()).toEqual({ repositories: ['lazy/app'] });
  });

  it('misbehaves only where and as long as it is told', async () => {
    const lab = await start();
    pushImage(lab, 'team/app');
    pushImage(lab, 'team/other');
    const status = async (repository: string): Promise<number> =>
      (await get(lab, `/v2/${repository}/manifests/v1`)).status;
    const match = { repository: 'team/app', path: /manifests/ };
    lab.setFault(match, { kind: 'broken' });
    expect([await status('team/app'), await status('team/other')]).toEqual([500, 200]);
    lab.setFault({ repository: 'team/app' }, { kind: 'forbidden' });
    expect(await status('team/app')).toBe(403);
    lab.setFault({ repository: 'team/app' }, undefined);
    expect(await status('team/app')).toBe(500);
    lab.setFault(match, undefined);
    expect(await status('team/app')).toBe(200);
    lab.resetRequests();
    expect(lab.requests).toEqual([]);
  });
});
