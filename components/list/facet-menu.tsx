import clsx from 'clsx';
import { ChevronDown } from 'lucide-react';
import { buttonClass } from '#components/ui/button.tsx';
import { MultiCombobox } from '#components/ui/combobox.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import type { FacetValue } from '#lib/contract/paging.ts';

/** One thing by which a list can be narrowed: its key in the filter, and how its values are written. */
export interface Facet {
  readonly key: string;
  readonly label: string;
  readonly text?: (value: string) => string;
  /** Stands beside the search field, after the facets that are needed more often. */
  readonly minor?: boolean;
  /** Values that are known without counting rows; absent where the server counts them. */
  readonly values?: readonly FacetChoice[];
}

/** A value of a facet; its count is absent where nobody counted. */
export type FacetChoice = Omit<FacetValue, 'count'> & { readonly count?: number };

interface FacetMenuProps {
  readonly facet: Facet;
  readonly values: readonly FacetChoice[] | undefined;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** A facet that opens to its values with their counts, with a search inside. */
export function FacetMenu({ facet, values, chosen, onChange }: FacetMenuProps) {
  const { label, text = (value: string) => value } = facet;
  const options = (values ?? []).map((item) => ({
    value: item.value,
    label: item.label ?? text(item.value),
    ...(item.count !== undefined && { count: item.count }),
  }));
  const active = chosen.length > 0;
  return (
    <MultiCombobox
      label={label}
      options={options}
      value={chosen}
      onChange={onChange}
      trigger={
        <button
          type="button"
          // A combobox takes no name from its content.
          aria-label={nameOf(label, options.length, chosen.length)}
          className={buttonClass('default', clsx(active && 'border-accent! bg-accent-soft!'))}
        >
          {label}
          <span className="min-w-[2ch] text-left font-normal text-ink-3 tabular-nums">
            {active && `${formatCount(chosen.length)} of `}
            {values && formatCount(Math.max(values.length, chosen.length))}
          </span>
          <ChevronDown aria-hidden="true" />
        </button>
      }
    />
  );
}

/** `Reason, 11 values, 2 chosen` */
const nameOf = (label: string, values: number, chosen: number): string =>
  `${label}, ${formatNoun(values, 'value')}${chosen > 0 ? `, ${formatCount(chosen)} chosen` : ''}`;
