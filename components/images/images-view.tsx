'use client';

import { ListPage } from '#components/list/list-page.tsx';
import { SavedViews } from '#components/list/saved-views.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { formatNoun } from '#components/ui/format.ts';
import { ImageFilter, type ImagePage } from '#lib/contract/images.ts';
import { useImageFacets, useImages } from '#lib/query/images.ts';
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
  unfiltered,
  usualColumns,
} from './image-view.ts';

/** The image list: filters, rows, and the panel of the row that is open. */
export function ImagesView() {
  const state = useFiltered(ImageView, ImageFilter);
  const { value, filter } = state;
  const choice = useRowChoice(filter);
  const list = useImages(filter, choice.held);
  const counts = useImageFacets(filter);
  return (
    <ListPage
      title="Images"
      noun="images"
      state={state}
      list={list}
      choice={choice}
      columns={imageColumns}
      usual={usualColumns}
      identity={imageIdentity}
      orders={imageOrders}
      views={<SavedViews views={savedViews(value)} />}
      facets={imageFacetList}
      counts={counts}
      tokens={filterTokens(filter)}
      example="registry:ghcr.io name:*router*"
      filtered={isFiltered(filter)}
      unfiltered={unfiltered}
      onlyTrouble={asksOnlyForTrouble(filter)}
      exported="/api/v1/images/export"
      totals={totals}
      panelTitle="Image"
      panel={(open, onClose) => <ImagePanel key={open} image={open} onClose={onClose} />}
    />
  );
}

const totals = ({ total }: ImagePage): string => formatNoun(total, 'image');
