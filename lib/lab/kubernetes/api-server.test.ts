import { afterEach, describe, expect, it } from 'vitest';
import { type LabKubernetes, startKubernetesApi } from './api-server.ts';
import { controllerObject, podObject } from './workload-objects.ts';

const open: LabKubernetes[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const pod = (index: number) =>
  podObject({
    name: `p${index}`,
    uid: `uid-${index}`,
    containers: [{ name: 'main', image: 'nginx' }],
  });

async function start(options: Partial<Parameters<typeof startKubernetesApi>[0]> = {}) {
  const api = await startKubernetesApi({ name: 'lab', bookmarkMs: 20, objects: {}, ...options });
  open.push(api);
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(api.url + path, { headers });
    // biome-ignore lint/suspicious/noExplicitAny: whatever the server says is looked at as JSON
    return { status: response.status, body: (await response.json()) as any };
  };
  return { api, get };
}

const namesOf = (body: { items: { metadata: { name: string } }[] }) =>
  body.items.map(({ metadata }) => metadata.name);

describe('the lab API server', () => {
  it('pages through objects that are made on demand, as they stood at the first page', async () => {
    let made = 0;
    const at = (index: number) => {
      made += 1;
      return pod(index);
    };
    const { api, get } = await start({
      objects: { pods: { count: 100_000, at, indexOf: (uid: string) => Number(uid.slice(4)) } },
    });
    const first = await get('/api/v1/pods?limit=2');
    api.remove('Pod', 'uid-2');
    api.upsert(podObject({ name: 'new', uid: 'new', containers: [] }));
    const next = encodeURIComponent(first.body.metadata.continue);
    const second = await get(`/api/v1/pods?limit=2&continue=${next}`);
    expect([...namesOf(first.body), ...namesOf(second.body)]).toEqual(['p0', 'p1', 'p2', 'p3']);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
    expect(made).toBeLessThan(20);
    expect(namesOf((await get('/api/v1/pods?limit=3')).body)).toEqual(['p0', 'p1', 'p3']);
  });

  it('answers in the shapes of the API', async () => {
    const { api, get } = await start({
      token: 't',
      objects: {
        deployments: [controllerObject('Deployment', { name: 'd', uid: 'd', containers: [] })],
      },
    });
    expect(await get('/api/v1/pods')).toMatchObject({
      status: 401,
      body: { kind: 'Status', code: 401, reason: 'Unauthorized' },
    });
    const headers = { authorization: 'Bearer t' };
    expect(await get('/nothing', headers)).toMatchObject({
      status: 404,
      body: { kind: 'Status', reason: 'NotFound' },
    });
    expect(await get('/version', headers)).toMatchObject({ status: 200, body: { major: '1' } });
    const list = await get('/apis/apps/v1/deployments', headers);
    expect(list.body).toMatchObject({ kind: 'DeploymentList', apiVersion: 'apps/v1' });
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const partial = await get('/apis/apps/v1/namespaces/default/deployments', {
      ...headers,
      accept,
    });
    expect(partial.body).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'd' } }],
    });
    expect(partial.body.items[0]).not.toHaveProperty('spec');
    expect(await get('/apis/apps/v1/namespaces/default/deployments/d', headers)).toMatchObject({
      body: { kind: 'Deployment' },
    });
    const post = await fetch(`${api.url}/api/v1/pods`, { method: 'POST', headers });
    expect(post.status).toBe(405);
  });

  it('streams what happens after a version, then bookmarks', async () => {
    const { api, get } = await start({ objects: { pods: [pod(1)] } });
    const { body } = await get('/api/v1/pods');
    api.upsert(pod(2));
    api.remove('Pod', 'uid-1');
    const response = await fetch(
      `${api.url}/api/v1/pods?watch=1&allowWatchBookmarks=true&resourceVersion=${body.metadata.resourceVersion}`,
    );
    const types: string[] = [];
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      rest += chunk;
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      types.push(...lines.map((line) => JSON.parse(line).type));
      if (types.includes('BOOKMARK')) break;
    }
    expect(types).toEqual(['ADDED', 'DELETED', 'BOOKMARK']);
  });

  it('forgets when told to: old pages and old watches get 410', async () => {
    const { api, get } = await start({ pageLimit: 1, objects: { pods: [pod(1), pod(2)] } });
    const { body } = await get('/api/v1/pods');
    api.compact();
    const next = encodeURIComponent(body.metadata.continue);
    expect(await get(`/api/v1/pods?continue=${next}`)).toMatchObject({
      status: 410,
      body: { reason: 'Expired' },
    });
    const watch = await get(
      `/api/v1/pods?watch=1&resourceVersion=${body.metadata.resourceVersion}`,
    );
    expect(watch.body).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });

  it('is well again once a fault has happened as often as it should', async () => {
    const { api, get } = await start();
    api.setFault({ kind: 'server-error', status: 503, times: 1 });
    expect((await get('/api/v1/pods')).status).toBe(503);
    expect((await get('/api/v1/pods')).status).toBe(200);
    expect(api.requests()).toMatchObject([{ status: 503 }, { status: 200, url: '/api/v1/pods' }]);
  });
});
