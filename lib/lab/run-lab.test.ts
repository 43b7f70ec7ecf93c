import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlan } from './plan/make-plan.ts';
import { plantedManifest } from './planned-findings.ts';
import { type Lab, runLab } from './run-lab.ts';

let dir: string;
let lab: Lab;
let token: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-'));
  lab = await runLab({ dir, seed: 11 });
  token = /token: "([^"]+)"/.exec(await readFile(lab.kubeconfigPath, 'utf8'))?.[1] ?? '';
});
afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

interface Item {
  readonly metadata: {
    readonly uid: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
  };
  readonly status: { readonly containerStatuses: readonly { readonly imageID: string }[] };
}
const list = async (cluster: string, resource: string): Promise<readonly Item[]> => {
  const url = `${lab.urls.clusters[cluster]}${resource}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { items: Item[] }).items;
};
const manifestOf = (host: string, repository: string, reference: string) =>
  fetch(`${lab.urls.registries[host]}/v2/${repository}/manifests/${reference}`);

describe('runLab', () => {
  it('writes a configuration, a kubeconfig, a trust root and keys that only we may read', async () => {
    expect((await readdir(dir)).sort()).toEqual([
      'data-cosign.pub',
      'edge-cosign.pub',
      'kubeconfig',
      'platform-cosign.pub',
      'registry-password',
      'sealwatch.yaml',
      'timestamp-authority.pem',
      'treasury-ca.pem',
      'trusted_root.json',
      'vault-p384.pub',
      'vault-rsa-pss.pub',
      'vendor-notation-ca.pem',
    ]);
    const config = await readFile(lab.configPath, 'utf8');
    for (const [host, url] of Object.entries(lab.urls.registries)) {
      expect(config).toContain(`- host: ${host}\n    endpoint: ${url}\n`);
      expect(new URL(url).hostname).toBe('127.0.0.1');
    }
    expect((await stat(path.join(dir, 'registry-password'))).mode & 0o077).toBe(0);
    expect(await readFile(path.join(dir, 'platform-cosign.pub'), 'utf8')).toContain('PUBLIC KEY');
  });

  it('serves each cluster with its own pods and refuses whoever has no token', async () => {
    for (const cluster of lab.plan.clusters) {
      const items = await list(cluster, '/api/v1/pods?limit=5000');
      const jobs = lab.plan.workloads.filter(
        (one) => one.cluster === cluster && one.kind === 'Job',
      ).length;
      const planned = lab.plan.workloads
        .filter((one) => one.cluster === cluster)
        .reduce((sum, { pods }) => sum + pods, 0);
      expect(items).toHaveLength(planned + jobs);
      expect(new Set(items.map((pod) => pod.metadata.uid)).size).toBe(items.length);
    }
    expect((await fetch(`${lab.urls.clusters['staging']}/api/v1/pods`)).status).toBe(401);
  });

  it('reports in a pod the digest that the plan says it runs', async () => {
    const items = await list('prod-eu', '/api/v1/pods?limit=5000');
    const planned = new Set(lab.plan.images.map(({ digest }) => digest as string));
    const children = lab.plan.images.flatMap((image) => image.children);
    for (const { digest } of children) planned.add(digest);
    const reported = items
      .flatMap((pod) => pod.status.containerStatuses.map(({ imageID }) => imageID))
      .filter((imageId) => imageId.includes('@'));
    expect(reported.length).toBeGreaterThan(200);
    expect(reported.filter((id) => !planned.has(id.split('@')[1] ?? ''))).toEqual([]);
  });

  it('owns pods by a ReplicaSet that a Deployment owns, and by kinds that nothing knows', async () => {
    const sets = await list('prod-eu', '/apis/apps/v1/replicasets?limit=5000');
    const kinds = sets.map((set) => set.metadata.ownerReferences?.[0]?.kind);
    expect(new Set(kinds)).toEqual(new Set(['Deployment', 'Rollout']));
    const pods = await list('prod-eu', '/api/v1/namespaces/payments/pods?limit=500');
    const uids = new Set(sets.map((set) => set.metadata.uid));
    const owners = pods.map((pod) => pod.metadata.ownerReferences?.[0]);
    const bySets = owners.filter((owner) => owner?.kind === 'ReplicaSet');
    expect(bySets.length).toBeGreaterThan(0);
    expect(bySets.every((owner) => uids.has(owner?.uid ?? ''))).toBe(true);
  });

  it('serves images under their digest, and signatures beside them', async () => {
    const image = lab.plan.images.find(({ recipe }) => recipe === 'upstream');
    if (!image) throw new Error('no such image');
    const answer = await manifestOf(image.host, image.repository, image.digest);
    expect(answer.status).toBe(200);
    const signature = await manifestOf(
      image.host,
      image.repository,
      `${image.digest.replace(':', '-')}.sig`,
    );
    const { layers } = (await signature.json()) as {
      layers: { annotations: Record<string, string> }[];
    };
    expect(layers[0]?.annotations['dev.sigstore.cosign/certificate']).toContain(
      'BEGIN CERTIFICATE',
    );
  });

  it('asks for a login where the configuration gives one, and lets planned faults show', async () => {
    expect((await manifestOf('registry.acme.example', 'platform/backup', 'latest')).status).toBe(
      401,
    );
    expect((await manifestOf('ghcr.acme.example', 'payments/api', 'latest')).status).toBe(401);
    const limited = await manifestOf('hub.acme.example', 'library/redis', 'latest');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '900']);
    expect((await manifestOf('artifacts.acme.example', 'tools/dispatch', 'latest')).status).toBe(
      500,
    );
    await expect(
      manifestOf('old.acme.example', 'legacy/knowledge-base', 'latest'),
    ).rejects.toThrow();
  });

  it('plants what the plan of its seed says', () => {
    expect(lab.manifest()).toEqual(plantedManifest(makePlan({ seed: 11 })));
  });

  it('lets a cluster fail and heal on demand', async () => {
    const order = (body: unknown, type = 'application/json') =>
      fetch(`${lab.urls.control}/lab/faults`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      });
    expect((await order({ cluster: 'staging', fault: { kind: 'down' } })).status).toBe(204);
    await expect(list('staging', '/api/v1/pods')).rejects.toThrow();
    expect((await order({ cluster: 'staging', fault: null })).status).toBe(204);
    expect(await list('staging', '/api/v1/pods?limit=1')).toHaveLength(1);

    const redis = { registry: 'mirror.acme.example', repository: 'upstream/coredns' };
    expect((await order({ ...redis, fault: { kind: 'forbidden' } })).status).toBe(204);
    expect((await manifestOf('mirror.acme.example', 'upstream/coredns', 'latest')).status).toBe(
      403,
    );
    expect((await order({ ...redis, fault: null })).status).toBe(204);
    expect((await manifestOf('mirror.acme.example', 'upstream/coredns', 'latest')).status).toBe(
      200,
    );

    expect((await order({ cluster: 'nowhere', fault: null })).status).toBe(400);
    expect((await order({ cluster: 'staging' })).status).toBe(400);
    expect((await order({ cluster: 'staging', fault: null }, 'text/plain')).status).toBe(404);
  });
});

describe('a lab that is closed', () => {
  it('leaves nothing listening, also when it could not start', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-'));
    const one = await runLab({ dir: folder, clusters: 1, live: true });
    const [registry = ''] = Object.values(one.urls.registries);
    expect((await fetch(`${registry}/v2/`)).status).toBe(401);
    await one.close();
    for (const url of [
      registry,
      one.urls.control,
      one.urls.notary,
      ...Object.values(one.urls.clusters),
    ])
      await expect(fetch(`${url}/`)).rejects.toThrow();

    const taken = Number(new URL(lab.urls.control).port);
    await expect(runLab({ dir: folder, clusters: 1, ports: taken })).rejects.toThrow('EADDRINUSE');
    await rm(folder, { recursive: true, force: true });
  });
});
