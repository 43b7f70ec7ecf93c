import { Combobox as Base } from '@base-ui/react/combobox';
import { Check } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { formatCount } from './format.ts';

export interface ComboboxOption {
  readonly value: string;
  readonly label: string;
  /** Rows behind the choice. */
  readonly count?: number;
  readonly icon?: ReactNode;
}

interface MultiComboboxProps {
  /** What is chosen, such as "Cluster". */
  readonly label: string;
  /** The element that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly options: readonly ComboboxOption[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** A list of choices with a search field, of which any number may hold. */
export function MultiCombobox({ label, trigger, options, value, onChange }: MultiComboboxProps) {
  const known = new Set(options.map((option) => option.value));
  // A choice that no longer exists stays in the list: it must be possible to take it back.
  const items: readonly ComboboxOption[] = [
    ...options,
    ...value.filter((item) => !known.has(item)).map((item) => ({ value: item, label: item })),
  ];
  const chosen = items.filter((item) => value.includes(item.value));
  // Two choices may be made before the first comes back through the URL as `value`.
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  const change = (next: readonly string[]) => {
    const added = next.filter((item) => !value.includes(item));
    const removed = new Set(value.filter((item) => !next.includes(item)));
    const kept = latest.current.filter((item) => !removed.has(item));
    latest.current = [...kept, ...added.filter((item) => !kept.includes(item))];
    onChange(latest.current);
  };
  return (
    <Base.Root
      multiple
      items={items}
      value={chosen}
      onValueChange={(next: readonly ComboboxOption[]) => change(next.map((item) => item.value))}
      isItemEqualToValue={(a: ComboboxOption, b: ComboboxOption) => a.value === b.value}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align="start" sideOffset={4} className="z-20">
          <Base.Popup
            aria-label={label}
            className="flex w-72 max-w-[calc(100vw-24px)] flex-col overflow-hidden rounded-md border border-line bg-raised shadow-float"
          >
            <Base.Input
              placeholder={`Find ${label.toLowerCase()}`}
              aria-label={`Find ${label.toLowerCase()}`}
              className="h-9 flex-none border-line border-b bg-transparent px-3 outline-none placeholder:text-ink-3 focus-visible:shadow-none"
            />
            <Base.Empty className="px-3 py-2.5 text-ink-2 empty:hidden">
              Nothing matches.
            </Base.Empty>
            <Base.List className="max-h-80 overflow-y-auto py-1 empty:py-0">
              {(item: ComboboxOption) => (
                <Base.Item
                  key={item.value}
                  value={item}
                  className="flex h-8 cursor-default items-center gap-2 px-3 text-data outline-none select-none data-highlighted:bg-hover [&_.lucide]:size-3.5"
                >
                  <span className="grid size-3.5 flex-none place-items-center rounded-[3px] border border-line-field">
                    <Base.ItemIndicator>
                      <Check aria-hidden="true" strokeWidth={3} className="size-3!" />
                    </Base.ItemIndicator>
                  </span>
                  {item.icon}
                  <bdi title={item.label} className="min-w-0 truncate">
                    {item.label}
                  </bdi>
                  {item.count !== undefined && (
                    <span className="ml-auto pl-2 text-ink-3 tabular-nums">
                      {formatCount(item.count)}
                    </span>
                  )}
                </Base.Item>
              )}
            </Base.List>
            {value.length > 0 && (
              <button
                type="button"
                onClick={() => onChange([])}
                className="h-9 flex-none border-line border-t px-3 text-left text-ink-2 hover:bg-hover"
              >
                Clear {label.toLowerCase()}
              </button>
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
