import { z } from 'zod';
import type { Facet } from '#components/list/facet-menu.tsx';
import type { RowIdentity } from '#components/list/row-model.ts';
import { engineNames, modeWords } from '#components/status/admission-words.ts';
import { policyHref } from '#components/status/hrefs.ts';
import { many } from '#lib/contract/paging.ts';
import { PolicyFilter, type PolicyRow } from '#lib/contract/policies.ts';
import { ModeWord } from '#lib/contract/policy-words.ts';
import { Scope } from '#lib/contract/workloads.ts';
import { engines, policyModes } from '#lib/model/policy.ts';

/** Columns that can be chosen; the policy itself always stands. */
export const policyColumnIds = [
  'mode',
  'gap',
  'engine',
  'cluster',
  'images',
  'notes',
  'workloads',
  'refused',
  'trusts',
  'namespace',
  'kind',
  'since',
  'asOf',
] as const;
type PolicyColumnId = (typeof policyColumnIds)[number];

/** Everything that the page of policies keeps in its URL; namespace and team narrow the matrix or wait. */
export const PolicyView = PolicyFilter.extend({
  ...Scope.shape,
  /** Namespaces of the control matrix by their strongest mode. */
  strongest: many(ModeWord),
  columns: many(z.enum(policyColumnIds)),
  open: z.string().max(1000).optional(),
});
export type PolicyView = z.infer<typeof PolicyView>;

/** The columns that stand where none were chosen. */
export const usualPolicyColumns: readonly PolicyColumnId[] = [
  'mode',
  'gap',
  'engine',
  'cluster',
  'images',
  'notes',
  'workloads',
];

/** The order in words, ascending and descending. */
export const policyOrders: Readonly<Record<PolicyFilter['sort'], readonly [string, string]>> = {
  gap: ['Widest audit gap first', 'Narrowest audit gap first'],
  name: ['By name', 'By name, backwards'],
  engine: ['By engine', 'By engine, backwards'],
  mode: ['Strongest mode first', 'Weakest mode first'],
  workloads: ['Most workloads first', 'Fewest workloads first'],
};

/** What a policy is called and where its page is. */
export const policyIdentity: RowIdentity<PolicyRow> = {
  key: ({ id }) => id,
  name: ({ cluster, kind, namespace, name }) =>
    [cluster, kind, namespace, name].filter(Boolean).join('/'),
  href: ({ id }) => policyHref(id),
};

/** Facets of the bar; the cluster is chosen in the top bar of every page. */
export const policyFacets: readonly Facet[] = [
  {
    key: 'engine',
    label: 'Engine',
    values: engines.map((value) => ({ value, label: engineNames[value] })),
  },
  {
    key: 'mode',
    label: 'Mode',
    values: policyModes.map((value) => ({ value, label: modeWords[value].word })),
  },
];

/** What "clear" takes back: all that narrows the list but the scope of the top bar. */
export const unfilteredPolicies = {
  q: undefined,
  engine: [],
  mode: [],
  gap: undefined,
} satisfies Partial<PolicyFilter>;
