import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly tabs: readonly { readonly value: T; readonly label: ReactNode }[];
  /** The panel of the chosen tab. */
  readonly children: ReactNode;
  /** Stands at the right end of the row of tabs. */
  readonly action?: ReactNode;
}

/** Tabs whose choice the caller keeps, so that it can live in the URL. */
export function Tabs<T extends string>({
  label,
  value,
  onChange,
  tabs,
  children,
  action,
}: TabsProps<T>) {
  return (
    <Base.Root value={value} onValueChange={(next: T) => onChange(next)}>
      <div className="flex items-center gap-3 px-3 py-2 max-md:flex-wrap">
        <Base.List aria-label={label} className="flex gap-0.5">
          {tabs.map((tab) => (
            <Base.Tab
              key={tab.value}
              value={tab.value}
              className="h-control whitespace-nowrap rounded-md px-2.5 font-[450] text-data text-ink-2 hover:bg-hover hover:text-ink data-active:bg-selected data-active:font-[550] data-active:text-ink"
            >
              {tab.label}
            </Base.Tab>
          ))}
        </Base.List>
        {action !== undefined && <div className="ml-auto">{action}</div>}
      </div>
      <Base.Panel value={value}>{children}</Base.Panel>
    </Base.Root>
  );
}
