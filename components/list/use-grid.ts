import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
} from 'react';
import { gridAction } from './grid-keys.ts';
import type { DataTableProps } from './row-model.ts';

interface GridState {
  /** Row that holds the tab stop. */
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly scrollTo: (index: number) => void;
  /** Rows in sight. */
  readonly screen: number;
}

/** What rows need to be walked, opened and chosen. Stays the same object, so that rows can rest. */
export interface Grid {
  readonly select: (key: string, on: boolean) => void;
  readonly hold: (by: 'pointer' | 'focus', on: boolean) => void;
  readonly handlers: {
    readonly ref: (body: HTMLTableSectionElement | null) => void;
    readonly onKeyDown: (event: KeyboardEvent<HTMLTableSectionElement>) => void;
    readonly onClick: (event: MouseEvent<HTMLTableSectionElement>) => void;
    readonly onFocus: (event: FocusEvent<HTMLTableSectionElement>) => void;
    readonly onBlur: (event: FocusEvent<HTMLTableSectionElement>) => void;
  };
}

/** Keyboard and pointer of a list: one tab stop that the keys move, and what they open. */
export function useGrid<Row>(props: DataTableProps<Row>, state: GridState): Grid {
  const router = useRouter();
  const latest = useRef({ props, state, router });
  useEffect(() => {
    latest.current = { props, state, router };
  });
  const body = useRef<HTMLTableSectionElement | null>(null);
  const wanted = useRef<number | undefined>(undefined);
  const holders = useRef(new Set<string>());

  const focusWanted = useCallback(() => {
    if (wanted.current === undefined) return;
    const row = body.current?.querySelector<HTMLElement>(`tr[data-index="${wanted.current}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  }, []);
  // The row to focus may be rendered only after the list has scrolled to it.
  useEffect(focusWanted);

  const move = useCallback(
    (to: number) => {
      wanted.current = to;
      latest.current.state.setActive(to);
      latest.current.state.scrollTo(to);
      focusWanted();
    },
    [focusWanted],
  );
  useEntryKeys(
    body,
    useCallback(() => move(latest.current.state.active), [move]),
  );

  return useMemo(() => {
    const hold: Grid['hold'] = (by, on) => {
      if (on) holders.current.add(by);
      else holders.current.delete(by);
      latest.current.props.onHold(holders.current.size > 0);
    };
    const rowAt = (index: number) => latest.current.props.source.rows[index];
    const select: Grid['select'] = (key, on) => latest.current.props.onSelect(key, on);

    return {
      select,
      hold,
      handlers: {
        ref: (element) => {
          body.current = element;
        },
        onKeyDown: (event) => {
          if (!(event.target instanceof HTMLTableRowElement)) return;
          const { props: now, state: at, router: routes } = latest.current;
          const action = gridAction(event, { ...at, count: now.source.total });
          // Esc belongs to whoever is around the list when there is nothing to close.
          if (action === undefined || (action.do === 'close' && now.open === undefined)) return;
          event.preventDefault();
          if (action.do === 'move') move(action.to);
          else
            act(action.do, now, now.source.rows[at.active], (href) => routes.push(href as Route));
        },
        onClick: (event) => {
          const row = rowOfClick(event);
          const item = row && rowAt(Number(row.dataset['index']));
          if (!item) return;
          event.preventDefault();
          latest.current.props.onOpen(item);
        },
        onFocus: (event) => {
          hold('focus', true);
          const index = event.target.closest('tr')?.dataset['index'];
          if (index !== undefined) latest.current.state.setActive(Number(index));
        },
        onBlur: (event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) hold('focus', false);
        },
      },
    };
  }, [move]);
}

function act<Row>(
  what: 'open' | 'page' | 'close' | 'select',
  { identity, selected, onOpen, onSelect }: DataTableProps<Row>,
  row: Row | undefined,
  visit: (href: string) => void,
): void {
  if (what === 'close') onOpen(undefined);
  if (row === undefined) return;
  if (what === 'open') onOpen(row);
  if (what === 'page') visit(identity.href(row));
  if (what === 'select') onSelect(identity.key(row), !selected.has(identity.key(row)));
}

/** The row that a click means: not one on something with an action of its own, nor one that marks text. */
function rowOfClick(event: MouseEvent): HTMLTableRowElement | null {
  if (!(event.target instanceof Element) || event.defaultPrevented) return null;
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (modified || event.target.closest('button, input, label') !== null) return null;
  if (window.getSelection()?.isCollapsed === false) return null;
  return event.target.closest('tr');
}

/** j, k and the arrows enter the list while nothing else has the focus. */
function useEntryKeys(body: { current: HTMLElement | null }, enter: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      const idle = document.activeElement === null || document.activeElement === document.body;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
      if (!idle || !plain || body.current === null) return;
      if (!['j', 'k', 'ArrowDown', 'ArrowUp'].includes(event.key)) return;
      event.preventDefault();
      enter();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [body, enter]);
}
