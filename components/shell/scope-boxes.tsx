import { ChevronDown } from 'lucide-react';
import { MultiCombobox } from '#components/ui/combobox.tsx';
import { formatCount } from '#components/ui/format.ts';
import type { FacetValue } from '#lib/contract/paging.ts';
import { useScopes } from '#lib/query/sources.ts';
import { type ScopeField, scopeFields, useScope } from './use-scope.ts';

const names: Readonly<Record<ScopeField, string>> = {
  cluster: 'Cluster',
  namespace: 'Namespace',
  team: 'Team',
};

/** Cluster, namespace and team: which part of the fleet every page is about. */
export function ScopeBoxes() {
  const { scope, setScope } = useScope();
  const { data } = useScopes();
  return scopeFields.map((field) => {
    const options = data?.[field] ?? [];
    return (
      <MultiCombobox
        key={field}
        label={names[field]}
        options={options.map(({ value, label, count }) => ({
          value,
          label: label ?? value,
          count,
        }))}
        value={scope[field]}
        onChange={(values) => setScope(field, values)}
        trigger={
          <button
            type="button"
            aria-label={`${names[field]}: ${summary(scope[field], data && options)}`}
            className="inline-flex h-control min-w-0 max-w-60 items-center gap-1.5 whitespace-nowrap rounded-md px-2 hover:bg-hover max-md:w-full max-md:max-w-none"
          >
            <span className="text-ink-3">{names[field]}</span>
            <bdi className="truncate">{summary(scope[field], data && options)}</bdi>
            <ChevronDown aria-hidden="true" className="size-3.5 text-ink-3 max-md:ml-auto" />
          </button>
        }
      />
    );
  });
}

/** `All 3`, the one chosen value, or `2 of 3`. */
function summary(chosen: readonly string[], options: readonly FacetValue[] | undefined): string {
  const [first = ''] = chosen;
  if (chosen.length === 1) return options?.find(({ value }) => value === first)?.label ?? first;
  if (options === undefined) return chosen.length === 0 ? 'All' : formatCount(chosen.length);
  if (chosen.length > 1) return `${formatCount(chosen.length)} of ${formatCount(options.length)}`;
  return options.length === 0 ? 'None' : `All ${formatCount(options.length)}`;
}
