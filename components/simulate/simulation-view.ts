import { z } from 'zod';
import type { Facet } from '#components/list/facet-menu.tsx';
import type { RowIdentity } from '#components/list/row-model.ts';
import { eventWords } from '#components/status/admission-words.ts';
import { workloadHref } from '#components/workloads/workload-view.ts';
import { many } from '#lib/contract/paging.ts';
import { type SimulationRow, SimulationRowFilter } from '#lib/contract/simulations.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';
import { type AdmissionEvent, admissionEvents } from '#lib/model/admission.ts';
import { simulationHref } from './supposition.ts';

/** Columns that can be chosen; the workload itself always stands. */
export const simulationColumnIds = [
  'change',
  'cluster',
  'container',
  'image',
  'policy',
  'rule',
  'today',
  'why',
  'event',
  'team',
  'kind',
  'pods',
  'lastSeen',
] as const;
type ColumnId = (typeof simulationColumnIds)[number];

/** The columns that stand when none were chosen. */
export const defaultColumns: readonly ColumnId[] = [
  'change',
  'cluster',
  'image',
  'policy',
  'why',
  'event',
  'team',
  'pods',
  'lastSeen',
];

/** Everything that the page of a result keeps in its URL; clusters are kept for the way on. */
export const SimulationView = SimulationRowFilter.extend({
  cluster: Scope.shape.cluster,
  columns: many(z.enum(simulationColumnIds)),
  open: z.string().max(1000).optional(),
});
export type SimulationView = z.infer<typeof SimulationView>;

/** The event facet; namespace and team are chosen in the top bar of every page. */
export const simulationFacetList: readonly Facet[] = [
  {
    key: 'event',
    label: 'Next event',
    values: admissionEvents.map((value) => ({ value })),
    text: (value) => eventWords[value as AdmissionEvent]?.word ?? value,
  },
];

/** What "clear" takes back. */
export const unfiltered = {
  change: [],
  event: [],
  q: undefined,
} satisfies Partial<SimulationRowFilter>;

/** What a row is called; its page is that of the workload. */
export const simulationIdentity: RowIdentity<SimulationRow> = {
  key: ({ id }) => id,
  name: ({ cluster, namespace, workloadKind, workload, container }) =>
    `${cluster}/${namespace}/${workloadKind}/${workload} ${container}`,
  href: ({ workloadId }) => workloadHref(workloadId),
};

/** The rows of a result under a filter. */
export const rowsHref = (id: string, filter: Partial<SimulationRowFilter>): string =>
  `${urlOf(simulationHref(id), writeUrl(SimulationRowFilter, filter))}#workloads`;

/** The search that finds rows of one reason: a phrase, and what a phrase cannot hold is left open. */
export const reasonQuery = (why: string): string =>
  `"${why.replaceAll('"', '*').slice(0, 480).trim()}"`;
