// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Column } from './column.ts';
import { DataTable } from './data-table.tsx';
import { ListFooter } from './list-footer.tsx';

interface Row {
  readonly id: string;
  readonly pods: number;
}

const viewport = 392;
const sizes: readonly (keyof HTMLElement)[] = ['offsetHeight', 'offsetWidth', 'clientHeight'];
const original = sizes.map((name) => Object.getOwnPropertyDescriptor(HTMLElement.prototype, name));

beforeEach(() => {
  // There is no layout in this DOM: every element is as high as the scroll area should be.
  for (const name of sizes)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value: viewport });
});
afterEach(() => {
  cleanup();
  sizes.forEach((name, index) => {
    const descriptor = original[index];
    if (descriptor) Object.defineProperty(HTMLElement.prototype, name, descriptor);
    else Reflect.deleteProperty(HTMLElement.prototype, name);
  });
});

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    label: 'Name',
    width: 100,
    sort: { by: 'name', first: 'asc' },
    cell: ({ id }) => id,
  },
  {
    id: 'pods',
    label: 'Running',
    width: 100,
    numeric: true,
    sort: { by: 'pods', first: 'desc' },
    cell: ({ pods }) => pods,
  },
];
const rowsOf = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `row-${index}`, pods: index }));

interface Log {
  opened: (string | undefined)[];
  visited: string[];
  sorted: string[];
  held: boolean[];
  more: number;
}

function List({ loaded, total, log }: { loaded: number; total: number; log: Log }) {
  const [open, setOpen] = useState<string | undefined>();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const router = { push: (href: string) => log.visited.push(href) } as never;
  return (
    <AppRouterContext value={router}>
      <DataTable
        caption="All of them"
        columns={columns}
        source={{
          rows: rowsOf(loaded),
          total,
          more: loaded < total,
          fetching: false,
          fetchMore: () => {
            log.more += 1;
          },
        }}
        identity={{ key: ({ id }) => id, name: ({ id }) => id, href: ({ id }) => `/rows/${id}` }}
        sorting={{ by: 'name', order: 'asc' }}
        onSort={({ by, order }) => log.sorted.push(`${by} ${order}`)}
        open={open}
        onOpen={(row) => {
          log.opened.push(row?.id);
          setOpen(row?.id);
        }}
        selected={selected}
        onSelect={(key, on) =>
          setSelected(
            (now) => new Set(on ? [...now, key] : [...now].filter((item) => item !== key)),
          )
        }
        onHold={(held) => log.held.push(held)}
        footer={(first, last) => (
          <ListFooter
            outdated={false}
            first={first}
            last={last}
            total={`${total} rows`}
            reading={undefined}
            order="By name"
            onShow={undefined}
            failed={undefined}
          />
        )}
      />
    </AppRouterContext>
  );
}

function draw(loaded: number, total = loaded): Log {
  const log: Log = { opened: [], visited: [], sorted: [], held: [], more: 0 };
  render(<List loaded={loaded} total={total} log={log} />);
  return log;
}
const focused = () => document.activeElement?.getAttribute('aria-rowindex');
const key = (name: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name, ...more });

describe('a table of many rows', () => {
  it('tells how many rows there are, though few are in the page', () => {
    draw(200, 100_000);
    expect(screen.getByRole('grid', { name: 'All of them' }).getAttribute('aria-rowcount')).toBe(
      '100001',
    );
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
  });

  it('writes the rows in sight and the count of all into the footer', () => {
    draw(412);
    expect(screen.getByText(/of 412 rows/).textContent).toBe('1–10 of 412 rows');
  });

  it('asks for the next page before the loaded rows end', () => {
    expect(draw(30, 500).more).toBeGreaterThan(0);
    cleanup();
    expect(draw(400, 500).more).toBe(0);
  });
});

describe('the keyboard', () => {
  it('enters the list with j, walks it, and keeps one tab stop', () => {
    draw(100);
    key('j');
    expect(focused()).toBe('2');
    key('j');
    key('ArrowDown');
    expect(focused()).toBe('4');
    key('k');
    expect(focused()).toBe('3');
    const stops = screen.getAllByRole('row').filter((row) => row.tabIndex === 0);
    expect(stops.map((row) => row.getAttribute('aria-rowindex'))).toEqual(['3']);
  });

  it('opens with Enter, visits with Shift+Enter, closes with Escape', () => {
    const log = draw(100);
    key('j');
    key('j');
    key('Enter');
    expect(log.opened).toEqual(['row-1']);
    expect(document.activeElement?.getAttribute('aria-current')).toBe('true');
    key('Enter', { shiftKey: true });
    expect(log.visited).toEqual(['/rows/row-1']);
    key('Escape');
    expect(log.opened).toEqual(['row-1', undefined]);
  });

  it('chooses with Space', () => {
    draw(100);
    key('j');
    key(' ');
    expect(document.activeElement?.getAttribute('aria-selected')).toBe('true');
    key(' ');
    expect(document.activeElement?.getAttribute('aria-selected')).toBe('false');
  });

  it('holds the rows still while it is among them', () => {
    const log = draw(100);
    key('j');
    expect(log.held.at(-1)).toBe(true);
    (document.activeElement as HTMLElement).blur();
    expect(log.held.at(-1)).toBe(false);
  });
});

describe('the pointer', () => {
  it('opens a row, and leaves what has an action of its own alone', () => {
    const log = draw(100);
    fireEvent.click(screen.getByText('row-3'));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select row-4' }));
    fireEvent.click(screen.getByText('row-5'), { ctrlKey: true });
    expect(log.opened).toEqual(['row-3']);
  });

  it('sorts by a column head, in the order that the column begins with', () => {
    const log = draw(10);
    fireEvent.click(screen.getByRole('button', { name: 'Running' }));
    fireEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(log.sorted).toEqual(['pods desc', 'name desc']);
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });
});
