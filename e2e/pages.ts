import type { APIRequestContext } from '@playwright/test';
import type { DecisionPage } from '#lib/contract/decisions.ts';
import type { ImagePage } from '#lib/contract/images.ts';
import type { PolicyPage } from '#lib/contract/policies.ts';
import type { WorkloadPage } from '#lib/contract/workloads.ts';
import { read } from './fixtures.ts';

/** Every page of the dashboard by the name of its screenshots; the paths are found in the API. */
export const pages: Readonly<Record<string, (request: APIRequestContext) => Promise<string>>> = {
  overview: async () => '/',
  workloads: async () => '/workloads',
  'workloads-panel': async (request) =>
    `/workloads?open=${encodeURIComponent((await unsigned(request)).id)}`,
  workload: async (request) => `/workloads/${encodeURIComponent((await unsigned(request)).id)}`,
  images: async () => '/images',
  'images-panel': async (request) => {
    const { registry, repository, digest } = await signed(request);
    return `/images?open=${encodeURIComponent(`${registry}/${repository}@${digest}`)}`;
  },
  image: async (request) => `/images/${(await signed(request)).digest}`,
  policies: async () => '/policies',
  'policies-panel': async (request) => `/policies?open=${(await audited(request)).id}`,
  policy: async (request) => `/policies/${(await audited(request)).id}`,
  gap: async () => '/policies/gap',
  'gap-panel': async (request) => {
    const { items } = await read<DecisionPage>(request, '/api/v1/decisions?gap=yes&limit=1');
    return `/policies/gap?open=${items[0]?.id ?? ''}`;
  },
  decisions: async () => '/policies/decisions',
  simulate: async () => '/simulate',
  'simulate-text': async () => '/simulate?kind=replace',
  exceptions: async () => '/exceptions',
  'ways-past': async () => '/exceptions?tab=bypasses',
  disagreements: async () => '/disagreements',
  registries: async () => '/registries',
  registry: async () => '/registries/registry.acme.example',
  clusters: async () => '/clusters',
  settings: async () => '/settings',
  'not-found': async () => '/no-such-page',
};

async function unsigned(request: APIRequestContext) {
  const { items } = await read<WorkloadPage>(request, '/api/v1/workloads?status=unsigned&limit=1');
  const [first] = items;
  if (first === undefined) throw new Error('the lab has no unsigned workload');
  return first;
}

async function audited(request: APIRequestContext) {
  const { items } = await read<PolicyPage>(request, '/api/v1/policies?mode=audit&limit=1');
  const [first] = items;
  if (first === undefined) throw new Error('the lab has no policy in audit mode');
  return first;
}

async function signed(request: APIRequestContext) {
  const { items } = await read<ImagePage>(request, '/api/v1/images?status=verified&limit=1');
  const [first] = items;
  if (first === undefined) throw new Error('the lab has no verified image');
  return first;
}
