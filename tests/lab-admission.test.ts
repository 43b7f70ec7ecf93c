import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, runLab } from '#lib/lab/run-lab.ts';
import { readPolicy } from '#lib/policy/read-policy.ts';
import { readReport } from '#lib/policy/reports/read-report.ts';
import { readWebhooks } from '#lib/policy/webhooks/read-webhooks.ts';

let dir: string;
let lab: Lab;
let token: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-admission-'));
  lab = await runLab({ dir, seed: 7 });
  token = /token: "([^"]+)"/.exec(await readFile(lab.kubeconfigPath, 'utf8'))?.[1] ?? '';
});
afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

interface Item {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly Item[];
  readonly metadata: { readonly continue?: string };
}
interface Group {
  readonly name: string;
  readonly versions: readonly { readonly groupVersion: string }[];
}
interface Resource {
  readonly name: string;
}

const get = async <T>(cluster: string, resource: string): Promise<T> => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${lab.urls.clusters[cluster]}${resource}`, { headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
};

/** Every object under a path, page by page, with the kind and version that its list names. */
async function listAll(cluster: string, resource: string): Promise<readonly object[]> {
  const found: object[] = [];
  let token: string | undefined;
  do {
    const next = token === undefined ? '' : `&continue=${encodeURIComponent(token)}`;
    const list = await get<List>(cluster, `${resource}?limit=50${next}`);
    const { apiVersion, items, metadata } = list;
    const kind = list.kind.replace(/List$/, '');
    found.push(...items.map((item) => ({ apiVersion, kind, ...item })));
    token = metadata.continue;
  } while (token !== undefined);
  return found;
}

/** Whatever is served of the groups that are not Kubernetes' own, found as a client finds it. */
async function installed(cluster: string): Promise<readonly object[]> {
  const { groups } = await get<{ groups: readonly Group[] }>(cluster, '/apis');
  const foreign = groups.filter(({ name }) => /\.(io|sh|dev|com)$/.test(name) && !isOwn(name));
  const served = new Map<string, string>();
  for (const { name: group, versions } of foreign)
    for (const { groupVersion } of versions.toReversed()) {
      const path = `/apis/${groupVersion}`;
      const { resources } = await get<{ resources: readonly Resource[] }>(cluster, path);
      for (const { name } of resources.filter((one) => !one.name.includes('/')))
        served.set(`${group} ${name}`, `${path}/${name}`);
    }
  const lists = await Promise.all([...served.values()].map((one) => listAll(cluster, one)));
  return lists.flat();
}
const isOwn = (group: string): boolean =>
  group.endsWith('.k8s.io') && !group.startsWith('wgpolicy');

describe('admission in the lab', () => {
  it('is told by discovery, and every object of it can be read', async () => {
    const kinds = new Set<string>();
    for (const cluster of lab.plan.clusters)
      for (const object of await installed(cluster)) {
        const { kind } = object as { kind: string };
        kinds.add(kind);
        const isReport = kind.endsWith('Report');
        const read = isReport ? readReport(cluster, object) : readPolicy(cluster, object);
        expect([JSON.stringify(read), read.kind]).toEqual([expect.anything(), 'read']);
      }
    const wanted = [
      'ClusterPolicy',
      'Policy',
      'PolicyException',
      'ImageValidatingPolicy',
      'NamespacedImageValidatingPolicy',
      'ClusterImagePolicy',
      'TrustRoot',
      'ConstraintTemplate',
      'K8sImageDigests',
      'Config',
      'Provider',
      'Verifier',
      'ImagePolicy',
      'AdmissionPolicy',
      'PolicyReport',
      'Report',
    ];
    expect(wanted.filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it('has webhooks, services with and without endpoints, and settings of engines', async () => {
    const group = '/apis/admissionregistration.k8s.io/v1';
    for (const cluster of lab.plan.clusters)
      for (const kind of ['validating', 'mutating'])
        for (const object of await listAll(cluster, `${group}/${kind}webhookconfigurations`))
          expect(readWebhooks(cluster, object).kind).toBe('read');
    const slices = await listAll('staging', '/apis/discovery.k8s.io/v1/endpointslices');
    const ready = slices.map((slice) => JSON.stringify(slice).includes('"ready":true'));
    expect(new Set(ready)).toEqual(new Set([true, false]));
    const named = '/api/v1/namespaces/cosign-system/configmaps/config-policy-controller';
    expect(await get('prod-us', named)).toMatchObject({ data: { 'no-match-policy': 'allow' } });
    expect(await get('staging', named)).toMatchObject({ data: { 'enable-oci11': 'true' } });
  });

  it('serves the keys and the trust root with which its images are signed', async () => {
    const policies = await listAll('prod-eu', '/apis/kyverno.io/v1/clusterpolicies');
    const key = await readFile(path.join(dir, 'platform-cosign.pub'), 'utf8');
    expect(JSON.stringify(policies)).toContain(JSON.stringify(key).slice(1, -1));
    const root = await readFile(path.join(dir, 'trusted_root.json'), 'utf8');
    const { ctlogs } = JSON.parse(root) as { ctlogs: { publicKey: { rawBytes: string } }[] };
    const [trust] = await listAll('staging', '/apis/policy.sigstore.dev/v1alpha1/trustroots');
    const { spec } = trust as { spec: { sigstoreKeys: { ctLogs: { publicKey: string }[] } } };
    const pem = Buffer.from(spec.sigstoreKeys.ctLogs[0]?.publicKey ?? '', 'base64').toString();
    const wanted = ctlogs[0]?.publicKey.rawBytes;
    expect(pem.replace(/-----[^-]+-----|\s/g, '')).toBe(wanted);
  });

  it('reports on every workload that Kyverno is asked about, but for the one that it passes over', async () => {
    const reports = await listAll('prod-eu', '/apis/wgpolicyk8s.io/v1alpha2/policyreports');
    const told = new Set(
      reports.flatMap((report) => {
        const { scope, results } = report as {
          scope: { namespace: string; kind: string; name: string };
          results: { policy: string }[];
        };
        return results.map(({ policy }) => `${scope.namespace}/${scope.name} ${policy}`);
      }),
    );
    const { decisions, disagreements } = lab.manifest().admission;
    const silent = disagreements.filter(({ kind }) => kind === 'silent');
    expect(silent).toHaveLength(1);
    for (const { namespace, workload, policy } of silent)
      expect(told).not.toContain(`${namespace}/${workload} ingress/${policy}`);
    const edge = decisions.filter(
      ({ cluster, policy, workload }) =>
        cluster === 'prod-eu' &&
        policy === 'verify-edge-images' &&
        workload !== silent[0]?.workload,
    );
    expect(edge.length).toBeGreaterThan(0);
    for (const { namespace, workload, policy } of edge)
      expect(told).toContain(`${namespace}/${workload} ingress/${policy}`);
  });

  it('keeps twenty violations of a constraint, and counts all', async () => {
    const [constraint] = await listAll(
      'prod-eu',
      '/apis/constraints.gatekeeper.sh/v1beta1/k8simagedigests',
    );
    const { status } = constraint as {
      status: { totalViolations: number; violations: readonly unknown[] };
    };
    expect(status.violations).toHaveLength(20);
    expect(status.totalViolations).toBeGreaterThan(100);
  });
});
