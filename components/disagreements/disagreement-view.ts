import { z } from 'zod';
import type { Facet } from '#components/list/facet-menu.tsx';
import type { RowIdentity } from '#components/list/row-model.ts';
import { engineNames } from '#components/status/admission-words.ts';
import { workloadHref } from '#components/workloads/workload-view.ts';
import { DisagreementFilter, type DisagreementRow } from '#lib/contract/disagreements.ts';
import { many } from '#lib/contract/paging.ts';
import {
  type DisagreementKind,
  disagreementKinds,
  disagreementWords,
} from '#lib/model/admission.ts';
import { type Engine, engines } from '#lib/model/policy.ts';

/** Columns that can be chosen; the workload itself always stands. */
export const disagreementColumnIds = [
  'kind',
  'cluster',
  'container',
  'image',
  'engine',
  'policy',
  'engineSays',
  'weSay',
  'status',
  'engineAt',
  'team',
] as const;
type ColumnId = (typeof disagreementColumnIds)[number];

/** The columns that stand when none were chosen. */
export const defaultColumns: readonly ColumnId[] = [
  'kind',
  'cluster',
  'image',
  'engine',
  'engineSays',
  'weSay',
  'status',
  'engineAt',
];

/** Everything that the page of disagreements keeps in its URL. */
export const DisagreementView = DisagreementFilter.extend({
  columns: many(z.enum(disagreementColumnIds)),
  open: z.string().max(1000).optional(),
});
export type DisagreementView = z.infer<typeof DisagreementView>;

/** Facets of the bar; cluster, namespace and team are chosen in the top bar of every page. */
export const disagreementFacetList: readonly Facet[] = [
  {
    key: 'kind',
    label: 'Kind',
    values: disagreementKinds.map((value) => ({ value })),
    text: (value) => disagreementWords[value as DisagreementKind]?.title ?? value,
  },
  {
    key: 'engine',
    label: 'Engine',
    values: engines.map((value) => ({ value })),
    text: (value) => engineNames[value as Engine] ?? value,
  },
];

/** What "clear" takes back: all that narrows the list but the scope of the top bar. */
export const unfiltered = {
  kind: [],
  engine: [],
  q: undefined,
} satisfies Partial<DisagreementFilter>;

/** What a disagreement is called; its page is that of the workload. */
export const disagreementIdentity: RowIdentity<DisagreementRow> = {
  key: ({ id }) => id,
  name: ({ cluster, namespace, workload, container, policy }) =>
    `${cluster}/${namespace}/${workload} ${container} under ${policy}`,
  href: ({ workloadId }) => workloadHref(workloadId),
};
