import { ChevronDown } from 'lucide-react';
import { buttonClass } from '#components/ui/button.tsx';
import { MultiCombobox } from '#components/ui/combobox.tsx';
import { formatNoun } from '#components/ui/format.ts';
import type { FacetValue } from '#lib/contract/paging.ts';
import { useScopes } from '#lib/query/sources.ts';
import { useHydrated } from '#lib/query/use-list.ts';
import { Field, fieldClass } from './field.tsx';

/** The words of the boxes; nothing while the browser takes over. */
export function useScopeWords(field: 'cluster' | 'namespace'): readonly FacetValue[] {
  const hydrated = useHydrated();
  const { data } = useScopes();
  return (hydrated && data?.[field]) || [];
}

interface ClusterFieldProps {
  readonly value: string | undefined;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The one cluster that the supposition is about. */
export function ClusterField({ value, problem, onChange }: ClusterFieldProps) {
  const words = useScopeWords('cluster');
  const options =
    words.some((word) => word.value === value) || value === undefined
      ? words
      : [...words, { value, count: 0 }];
  return (
    <Field label="Cluster" problem={problem}>
      {({ id, describedBy }) => (
        <select
          id={id}
          aria-describedby={describedBy}
          value={value ?? ''}
          onChange={(event) => onChange(event.target.value)}
          className={fieldClass}
        >
          {value === undefined && <option value="">Choose a cluster</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label ?? option.value}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NamespaceFieldProps {
  readonly label: string;
  readonly hint: string;
  /** What stands in it while none is chosen. */
  readonly none: string;
  readonly value: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (value: readonly string[]) => void;
}

/** Any number of namespaces. */
export function NamespaceField(props: NamespaceFieldProps) {
  const { label, hint, none, value, problem, onChange } = props;
  const words = useScopeWords('namespace');
  const says = value.length === 0 ? none : namesText(value);
  return (
    <Field label={label} hint={hint} problem={problem}>
      {({ id, describedBy }) => (
        <MultiCombobox
          label="Namespace"
          options={words.map((word) => ({
            value: word.value,
            label: word.label ?? word.value,
            count: word.count,
          }))}
          value={value}
          onChange={onChange}
          trigger={
            <button
              type="button"
              id={id}
              aria-describedby={describedBy}
              aria-label={`${label}: ${says}`}
              className={buttonClass('default', 'max-w-full')}
            >
              <bdi className="min-w-0 truncate">{says}</bdi>
              <ChevronDown aria-hidden="true" />
            </button>
          }
        />
      )}
    </Field>
  );
}

const namesText = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : formatNoun(names.length, 'namespace');
