import { z } from 'zod';
import type { Facet } from '#components/list/facet-menu.tsx';
import type { FilterToken } from '#components/list/filter-bar.tsx';
import type { RowIdentity } from '#components/list/row-model.ts';
import type { SavedView } from '#components/list/saved-views.tsx';
import { ImageFilter, type ImageRow } from '#lib/contract/images.ts';
import { many } from '#lib/contract/paging.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { isReasonCode, reasonOf } from '#lib/model/reasons.ts';
import { imageKey } from '#lib/query/images.ts';
import { kindTitle } from './image-words.ts';

/** Columns that can be chosen; the repository always stands. */
export const imageColumnIds = [
  'digest',
  'status',
  'tags',
  'reason',
  'authority',
  'format',
  'containers',
  'workloads',
  'clusters',
  'attested',
  'since',
  'checked',
] as const;
export type ImageColumnId = (typeof imageColumnIds)[number];

/** Everything that the page of images keeps in its URL. */
export const ImageView = ImageFilter.extend({
  columns: many(z.enum(imageColumnIds)),
  open: z.string().max(500).optional(),
});
export type ImageView = z.infer<typeof ImageView>;

interface View {
  readonly name: string;
  readonly columns: readonly ImageColumnId[];
  readonly sort: ImageFilter['sort'];
}

/** Three readers, three sets of columns and orders; none of them hides a row. The first is the default. */
const views = [
  {
    name: 'Security',
    sort: 'attention',
    columns: ['digest', 'status', 'tags', 'reason', 'containers', 'workloads', 'checked'],
  },
  {
    name: 'Platform',
    sort: 'repository',
    columns: ['digest', 'status', 'reason', 'format', 'attested', 'tags', 'checked'],
  },
  {
    name: 'Manager',
    sort: 'containers',
    columns: ['status', 'containers', 'workloads', 'clusters', 'authority', 'since'],
  },
] as const satisfies readonly View[];

/** The columns that stand where none were chosen. */
export const usualColumns: readonly ImageColumnId[] = views[0].columns;

const shownColumns = ({ columns }: Pick<ImageView, 'columns'>): readonly ImageColumnId[] =>
  columns.length === 0 ? usualColumns : columns;

/** Links to the views, with the filter as it stands. A changed set of columns is none of them. */
export const savedViews = (state: ImageView): readonly SavedView[] =>
  views.map(({ name, columns, sort }, index) => ({
    name,
    current: sort === state.sort && sameSet(columns, shownColumns(state)),
    href: urlOf(
      '/images',
      writeUrl(ImageView, {
        ...state,
        sort,
        order: sort === 'containers' ? 'desc' : 'asc',
        columns: index === 0 ? [] : [...columns],
      }),
    ),
  }));

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));

/** The order in words, ascending and descending. */
export const imageOrders: Readonly<Record<ImageFilter['sort'], readonly [string, string]>> = {
  attention: ['Not proven first', 'Proven first'],
  repository: ['By repository', 'By repository, backwards'],
  containers: ['Fewest containers first', 'Most containers first'],
  checked: ['Longest unchecked first', 'Latest check first'],
};

/** What an image is called and where its page is. */
export const imageIdentity: RowIdentity<ImageRow> = {
  key: imageKey,
  name: imageKey,
  href: ({ digest }) => `/images/${digest}`,
};

/** Facets of the bar; cluster, namespace and team are chosen in the top bar of every page. */
export const imageFacetList: readonly Facet[] = [
  {
    key: 'reason',
    label: 'Reason',
    text: (code) => (isReasonCode(code) ? reasonOf(code).title : code),
  },
  { key: 'registry', label: 'Registry' },
  { key: 'authority', label: 'Authority' },
  { key: 'signer', label: 'Signer' },
  { key: 'format', label: 'Format', text: kindTitle, minor: true },
  {
    key: 'origin',
    label: 'Origin',
    minor: true,
    text: (origin) => (origin === 'running' ? 'Running' : 'Published'),
  },
];

/** What "clear" takes back: all that narrows the list but the scope of the top bar. */
export const unfiltered = {
  q: undefined,
  status: [],
  reason: [],
  registry: [],
  repository: [],
  authority: [],
  signer: [],
  format: [],
  origin: [],
} satisfies Partial<ImageFilter>;

/** True when anything but the scope narrows the list. */
export const isFiltered = (filter: ImageFilter): boolean =>
  (Object.keys(unfiltered) as (keyof typeof unfiltered)[]).some(
    (key) => (filter[key]?.length ?? 0) > 0,
  );

/** True when the filter asks for statuses that need a person and for nothing else. */
export const asksOnlyForTrouble = (filter: ImageFilter): boolean =>
  filter.status.length > 0 &&
  !filter.status.includes('verified') &&
  !isFiltered({ ...filter, status: [] });

/** Parts of the filter that come in links and have no facet. */
export const filterTokens = ({ repository }: ImageFilter): readonly FilterToken[] =>
  repository.length === 0
    ? []
    : [{ key: 'repository', label: 'Repository', value: repository.join(', ') }];
