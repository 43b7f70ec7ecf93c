import { Columns3 } from 'lucide-react';
import { buttonClass } from '#components/ui/button.tsx';
import { Menu, MenuCheck, MenuItem, MenuSeparator } from '#components/ui/menu.tsx';
import type { Column } from './column.ts';

interface ColumnMenuProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly string[];
  readonly onChange: (shown: string[]) => void;
  readonly onReset: () => void;
}

/** Which columns stand; the first one always does. */
export function ColumnMenu<Row>({ columns, shown, onChange, onReset }: ColumnMenuProps<Row>) {
  return (
    <Menu
      trigger={
        <button type="button" className={buttonClass('default', 'max-md:hidden')}>
          <Columns3 aria-hidden="true" />
          Columns
        </button>
      }
    >
      {columns.slice(1).map(({ id, label }) => (
        <MenuCheck
          key={id}
          checked={shown.includes(id)}
          onChange={(on) => onChange(on ? [...shown, id] : shown.filter((item) => item !== id))}
        >
          {label}
        </MenuCheck>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={onReset}>Default columns</MenuItem>
    </Menu>
  );
}
