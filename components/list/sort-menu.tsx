import { ArrowDownUp } from 'lucide-react';
import { buttonClass } from '#components/ui/button.tsx';
import { Menu, MenuChoices } from '#components/ui/menu.tsx';
import type { Sorting } from './column.ts';

interface SortMenuProps {
  readonly value: Sorting;
  /** Each order in words, ascending and descending. */
  readonly orders: Readonly<Record<string, readonly [string, string]>>;
  readonly onChange: (sorting: Sorting) => void;
}

/** The order of the rows where they are cards and have no head to click. */
export function SortMenu({ value, orders, onChange }: SortMenuProps) {
  const choices = Object.entries(orders).flatMap(([by, [asc, desc]]) => [
    { value: `${by} asc`, label: asc },
    { value: `${by} desc`, label: desc },
  ]);
  return (
    <Menu
      trigger={
        <button type="button" className={buttonClass('default', 'md:hidden')}>
          <ArrowDownUp aria-hidden="true" />
          Sort
        </button>
      }
    >
      <MenuChoices
        value={`${value.by} ${value.order}`}
        choices={choices}
        onChange={(choice) => {
          const [by = '', order] = choice.split(' ');
          onChange({ by, order: order === 'desc' ? 'desc' : 'asc' });
        }}
      />
    </Menu>
  );
}
