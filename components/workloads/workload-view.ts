import { z } from 'zod';
import type { RowIdentity } from '#components/list/row-model.ts';
import type { SavedView } from '#components/list/saved-views.tsx';
import { many } from '#lib/contract/paging.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { WorkloadFilter, type WorkloadRow } from '#lib/contract/workloads.ts';

/** Columns that can be chosen; the workload itself always stands. */
export const workloadColumnIds = [
  'cluster',
  'status',
  'pin',
  'image',
  'reason',
  'pods',
  'since',
  'verified',
  'findings',
  'digest',
  'team',
  'kind',
  'asOf',
] as const;
export type WorkloadColumnId = (typeof workloadColumnIds)[number];

/** Everything that the page of workloads keeps in its URL. */
export const WorkloadView = WorkloadFilter.extend({
  columns: many(z.enum(workloadColumnIds)),
  open: z.string().max(500).optional(),
});
export type WorkloadView = z.infer<typeof WorkloadView>;

interface View {
  readonly name: string;
  readonly columns: readonly WorkloadColumnId[];
  readonly sort: WorkloadFilter['sort'];
}

/** Three readers, three sets of columns and orders; none of them hides a row. The first is the default. */
const views = [
  {
    name: 'Security',
    sort: 'attention',
    columns: ['cluster', 'status', 'pin', 'image', 'reason', 'pods', 'since', 'digest'],
  },
  {
    name: 'Platform',
    sort: 'cluster',
    columns: ['cluster', 'status', 'reason', 'pin', 'findings', 'image', 'kind', 'asOf'],
  },
  {
    name: 'Manager',
    sort: 'team',
    columns: ['team', 'cluster', 'status', 'verified', 'pods', 'since', 'reason'],
  },
] as const satisfies readonly View[];

/** The columns that stand where none were chosen. */
export const usualColumns: readonly WorkloadColumnId[] = views[0].columns;

const shownColumns = ({ columns }: Pick<WorkloadView, 'columns'>): readonly WorkloadColumnId[] =>
  columns.length === 0 ? usualColumns : columns;

/** Links to the views, with the filter as it stands. A changed set of columns is none of them. */
export const savedViews = (state: WorkloadView): readonly SavedView[] =>
  views.map(({ name, columns, sort }, index) => ({
    name,
    current: sort === state.sort && sameSet(columns, shownColumns(state)),
    href: urlOf(
      '/workloads',
      writeUrl(WorkloadView, {
        ...state,
        sort,
        order: 'asc',
        columns: index === 0 ? [] : [...columns],
      }),
    ),
  }));

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));

/** The order in words, ascending and descending. */
export const workloadOrders: Readonly<Record<WorkloadFilter['sort'], readonly [string, string]>> = {
  attention: ['Not proven first', 'Proven first'],
  name: ['By name', 'By name, backwards'],
  cluster: ['By cluster', 'By cluster, backwards'],
  namespace: ['By namespace', 'By namespace, backwards'],
  team: ['By team', 'By team, backwards'],
  pods: ['Fewest running pods first', 'Most running pods first'],
  since: ['Longest in this state first', 'Latest change first'],
};

/** What a workload is called and where its page is. */
export const workloadIdentity: RowIdentity<WorkloadRow> = {
  key: ({ id }) => id,
  name: ({ cluster, namespace, kind, name, image }) =>
    `${cluster}/${namespace}/${kind}/${name} ${image}`,
  href: ({ id }) => workloadHref(id),
};

export const workloadHref = (id: string): string => `/workloads/${encodeURIComponent(id)}`;
