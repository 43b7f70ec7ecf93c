import type { z } from 'zod';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';

type Part = Partial<z.output<typeof WorkloadFilter>>;

/** The workload list under a filter: where the rows behind a number are. */
export const workloadsHref = (filter: Part): string =>
  urlOf('/workloads', writeUrl(WorkloadFilter, filter));

/** The same for what runs, which is what the overview counts. */
export const runningHref = (filter: Part): string =>
  workloadsHref({ ...filter, activity: 'running' });

export const registryHref = (host: string): string => `/registries/${encodeURIComponent(host)}`;
