import type { z } from 'zod';
import { DecisionFilter } from '#lib/contract/decisions.ts';
import { PolicyFilter } from '#lib/contract/policies.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope, WorkloadFilter } from '#lib/contract/workloads.ts';

type Part = Partial<z.output<typeof WorkloadFilter>>;

/** The workload list under a filter: where the rows behind a number are. */
export const workloadsHref = (filter: Part): string =>
  urlOf('/workloads', writeUrl(WorkloadFilter, filter));

/** The same for what runs, which is what the overview counts. */
export const runningHref = (filter: Part): string =>
  workloadsHref({ ...filter, activity: 'running' });

export const registryHref = (host: string): string => `/registries/${encodeURIComponent(host)}`;

/** The page of a policy. */
export const policyHref = (id: string): string => `/policies/${encodeURIComponent(id)}`;

/** The list of policies under a filter; the rest of the scope goes along. */
export const policiesHref = (filter: Partial<PolicyFilter & Scope>): string =>
  urlOf('/policies', writeUrl(PolicyFilter.extend(Scope.shape), filter));

/** Decisions of the whole fleet under a filter: the rows behind a number about admission. */
export const decisionsHref = (filter: Partial<z.output<typeof DecisionFilter>>): string =>
  urlOf('/policies/decisions', writeUrl(DecisionFilter, filter));

/** What gets in today and would be refused by enforcing, under a filter. */
export const gapHref = (filter: Partial<z.output<typeof DecisionFilter>> = {}): string =>
  urlOf('/policies/gap', writeUrl(DecisionFilter, { ...filter, gap: undefined }));
