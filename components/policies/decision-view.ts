import { z } from 'zod';
import type { Facet } from '#components/list/facet-menu.tsx';
import type { FilterToken } from '#components/list/filter-bar.tsx';
import type { RowIdentity } from '#components/list/row-model.ts';
import { decisionWords, engineNames, modeWords } from '#components/status/admission-words.ts';
import { workloadHref } from '#components/workloads/workload-view.ts';
import { DecisionFilter, type DecisionPage, type DecisionRow } from '#lib/contract/decisions.ts';
import { many } from '#lib/contract/paging.ts';
import type { PolicyRow } from '#lib/contract/policies.ts';
import { decisionOutcomes, engines, policyModes } from '#lib/model/policy.ts';

/** Columns that can be chosen; the workload itself always stands. */
export const decisionColumnIds = [
  'cluster',
  'container',
  'today',
  'enforced',
  'why',
  'policy',
  'mode',
  'event',
  'status',
  'image',
  'pods',
  'team',
  'engine',
  'rule',
  'differs',
  'asOf',
] as const;
export type DecisionColumnId = (typeof decisionColumnIds)[number];

/** Everything that a page of decisions keeps in its URL. */
export const DecisionView = DecisionFilter.extend({
  columns: many(z.enum(decisionColumnIds)),
  open: z.string().max(500).optional(),
});
export type DecisionView = z.infer<typeof DecisionView>;

/** What "clear" takes back: all that narrows the list but the scope of the top bar. */
export const unfilteredDecisions = {
  q: undefined,
  policy: [],
  workload: [],
  engine: [],
  mode: [],
  today: [],
  enforced: [],
  gap: undefined,
  bypass: undefined,
  exception: undefined,
} satisfies Partial<DecisionFilter>;

/** What a decision is called; its page is that of the workload that it is about. */
export const decisionIdentity: RowIdentity<DecisionRow> = {
  key: ({ id }) => id,
  name: ({ cluster, namespace, workloadKind, workload, container, policy, rule }) =>
    `${cluster}/${namespace}/${workloadKind}/${workload} ${container} ${policy}/${rule}`,
  href: ({ workloadId }) => workloadHref(workloadId),
};

const outcomes = decisionOutcomes.map((value) => ({ value, label: decisionWords[value].word }));

/** Facets of the bar; `policies` are offered by name once they are known. */
export const decisionFacets = (policies: readonly PolicyRow[] | undefined): readonly Facet[] => [
  {
    key: 'policy',
    label: 'Policy',
    values: (policies ?? []).map(({ id, name, namespace, cluster }) => ({
      value: id,
      label: `${[namespace, name].filter(Boolean).join('/')} in ${cluster}`,
    })),
  },
  ...engineFacets,
];

/** Facets of the decisions of one policy. */
export const engineFacets: readonly Facet[] = [
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
  { key: 'today', label: 'Today', values: outcomes },
];

/** Parts of the filter that come in links and have no facet; by name once the server has said it. */
export const decisionTokens = (
  { workload, bypass, exception }: DecisionFilter,
  named: DecisionPage['named'] | undefined,
): readonly FilterToken[] => [
  ...(workload.length > 0
    ? [
        {
          key: 'workload',
          label: 'Workload',
          value: (workload.length === 1 && named?.workload) || workload.join(', '),
        },
      ]
    : []),
  ...(bypass
    ? [{ key: 'bypass', label: 'Could use the way past', value: named?.bypass ?? bypass }]
    : []),
  ...(exception
    ? [{ key: 'exception', label: 'Relies on', value: named?.exception ?? exception }]
    : []),
];
