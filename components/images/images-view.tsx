'use client';

import { useMemo } from 'react';
import { type Sorting, visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { RowList } from '#components/list/row-list.tsx';
import { SavedViews } from '#components/list/saved-views.tsx';
import { SortMenu } from '#components/list/sort-menu.tsx';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { useUrlState } from '#components/list/use-url-state.ts';
import { formatNoun } from '#components/ui/format.ts';
import { ImageFilter, type ImagePage } from '#lib/contract/images.ts';
import { readUrl, writeUrl } from '#lib/contract/url-state.ts';
import { imageKey, useImageFacets, useImages } from '#lib/query/images.ts';
import { imageColumns } from './image-columns.tsx';
import { ImagePanel } from './image-panel.tsx';
import {
  asksOnlyForTrouble,
  filterTokens,
  ImageView,
  imageFacetList,
  imageIdentity,
  imageOrders,
  isFiltered,
  savedViews,
  shownColumns,
  unfiltered,
} from './image-view.ts';

/** The image list: filters, rows, and the panel of the row that is open. */
export function ImagesView() {
  const { value, dropped, change } = useUrlState(ImageView);
  // Opening a panel or choosing columns is no other filter.
  const text = writeUrl(ImageFilter, value).toString();
  const filter = useMemo(() => readUrl(ImageFilter, new URLSearchParams(text)).value, [text]);
  const choice = useRowChoice(filter);
  const list = useImages(filter, choice.held);
  const counts = useImageFacets(filter);
  const shown = shownColumns(value);
  const columns = useMemo(() => visibleColumns(imageColumns, shown), [shown]);
  const sorting: Sorting = { by: value.sort, order: value.order };
  const onSort = ({ by, order }: Sorting) => change({ sort: by as ImageFilter['sort'], order });
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfiltered);

  return (
    <ListLayout
      title="Images"
      views={<SavedViews views={savedViews(value)} />}
      actions={
        <>
          <ColumnMenu
            columns={imageColumns}
            shown={shown}
            onChange={(ids) => change({ columns: ids as ImageView['columns'] }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          <SortMenu value={sorting} orders={imageOrders} onChange={onSort} />
          <ExportMenu
            path="/api/v1/images/export"
            filter={new URLSearchParams(text)}
            total={list.outdated ? undefined : list.page?.total}
            noun="images"
          />
        </>
      }
      filters={
        <FilterBar
          filter={filter}
          facets={imageFacetList}
          counts={counts}
          tokens={filterTokens(filter)}
          dropped={dropped}
          example="registry:ghcr.io name:*router*"
          onChange={(patch, how) => change(patch as Partial<ImageView>, how)}
          onClear={isFiltered(filter) ? clear : undefined}
        />
      }
      panel={value.open && <ImagePanel key={value.open} image={value.open} onClose={close} />}
      panelTitle="Image"
      onClosePanel={close}
    >
      <RowList
        noun="images"
        list={list}
        columns={columns}
        identity={imageIdentity}
        sorting={sorting}
        onSort={onSort}
        open={value.open}
        onOpen={(row) =>
          change({ open: row && imageKey(row) }, value.open === undefined ? 'push' : 'replace')
        }
        choice={choice}
        totals={totals}
        order={imageOrders[value.sort][value.order === 'asc' ? 0 : 1]}
        filtered={isFiltered(filter)}
        onlyTrouble={asksOnlyForTrouble(filter)}
        onClear={clear}
      />
    </ListLayout>
  );
}

const totals = ({ total }: ImagePage): string => formatNoun(total, 'image');
