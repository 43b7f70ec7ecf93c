import {
  defaultRangeExtractor,
  useVirtualizer,
  useWindowVirtualizer,
} from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react';

/** Height of the header row, in pixels. */
export const headHeight = 32;
/** Height of a card before it has been measured. */
const cardHeight = 232;
/** Rows before the end of what is loaded at which more is asked for. */
const ahead = 40;

interface RowsOptions {
  /** Rows of the filter, loaded or not. */
  readonly count: number;
  readonly loaded: number;
  readonly more: boolean;
  readonly fetching: boolean;
  readonly fetchMore: () => void;
  /** Row that holds the tab stop: it is rendered wherever the list is scrolled to. */
  readonly active: number;
  readonly cards: boolean;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/** The window of rows that is rendered: over its own scroll area as a table, over the page as cards. */
export function useRows(options: RowsOptions) {
  const { count, active, cards, scroller } = options;
  const rowHeight = useRowHeight();
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const box = scroller.current?.getBoundingClientRect();
    if (cards && box) setTop(box.top + window.scrollY);
  }, [cards, scroller]);

  const rangeExtractor = useCallback(
    (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const window = defaultRangeExtractor(range);
      if (active >= range.count || window.includes(active)) return window;
      return [...window, active].sort((a, b) => a - b);
    },
    [active],
  );
  const table = useVirtualizer({
    enabled: !cards,
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 12,
    rangeExtractor,
  });
  const page = useWindowVirtualizer({
    enabled: cards,
    count,
    estimateSize: () => cardHeight,
    scrollMargin: top,
    scrollPaddingStart: 64,
    overscan: 6,
    rangeExtractor,
  });
  const rows = cards ? page : table;
  const margin = cards ? top : headHeight;
  const items = rows.getVirtualItems();
  useMoreRows(options, items.findLast(({ index }) => index !== active)?.index ?? 0);

  return {
    items,
    size: rows.getTotalSize(),
    margin,
    measure: cards ? page.measureElement : undefined,
    scrollTo: (index: number) => rows.scrollToIndex(index),
    visible: visibleRange(rows.scrollOffset ?? 0, rows.scrollRect?.height ?? 0, {
      start: (offset) => rows.getVirtualItemForOffset(offset + margin)?.index ?? 0,
      count,
      head: cards ? 0 : headHeight,
      offset: cards ? top : 0,
    }),
  };
}

/** Asks for the next page while the end of what is loaded is near or has been passed. */
function useMoreRows({ loaded, more, fetching, fetchMore }: RowsOptions, last: number): void {
  useEffect(() => {
    if (more && !fetching && last + ahead >= loaded) fetchMore();
  }, [more, fetching, fetchMore, last, loaded]);
}

interface RangeOptions {
  readonly start: (offset: number) => number;
  readonly count: number;
  readonly head: number;
  readonly offset: number;
}

/** First and last row in sight, counted from 1; `[0, 0]` without rows. */
export function visibleRange(
  scrolled: number,
  height: number,
  { start, count, head, offset }: RangeOptions,
): readonly [number, number] {
  if (count === 0) return [0, 0];
  const first = Math.max(0, scrolled - offset);
  const last = Math.max(first, scrolled + height - head - offset - 1);
  return [Math.min(start(first) + 1, count), Math.min(start(last) + 1, count)];
}

/** The height of a row as the tokens have it: touch screens have taller ones. */
function useRowHeight(): number {
  const [height, setHeight] = useState(36);
  useLayoutEffect(() => {
    const token = getComputedStyle(document.documentElement).getPropertyValue('--row');
    setHeight(Number.parseFloat(token) || 36);
  }, []);
  return height;
}
