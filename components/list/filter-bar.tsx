import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { Facets } from '#lib/contract/paging.ts';
import type { DroppedParam } from '#lib/contract/url-state.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import { type Facet, FacetMenu } from './facet-menu.tsx';
import { SearchField } from './search-field.tsx';
import { StatusChips } from './status-chips.tsx';

/** The part of a filter that the bar edits. */
export interface BarFilter {
  readonly q?: string | undefined;
  /** Absent in lists that are not about verdicts. */
  readonly status?: readonly VerdictStatus[];
}

/** A part of the filter that has no facet, as it came in a link. */
export interface FilterToken {
  readonly key: string;
  readonly label: string;
  readonly value: string;
}

interface FilterBarProps {
  readonly filter: BarFilter;
  readonly facets: readonly Facet[];
  readonly counts: Facets | undefined;
  readonly tokens: readonly FilterToken[];
  readonly dropped: readonly DroppedParam[];
  readonly example: string;
  /** Choices that stand first, where they are not statuses. */
  readonly chips?: ReactNode;
  readonly onChange: (patch: Readonly<Record<string, unknown>>, how?: 'push' | 'replace') => void;
  /** Absent when nothing is filtered. */
  readonly onClear: (() => void) | undefined;
}

/** What narrows a list: statuses, facets with their counts, and the typed search. */
export function FilterBar(props: FilterBarProps) {
  const { filter, facets, counts, tokens, dropped, example, chips, onChange, onClear } = props;
  const values = filter as unknown as Readonly<Record<string, readonly string[]>>;
  const minor = facets.filter((facet) => facet.minor);
  const menu = (facet: Facet) => (
    <FacetMenu
      key={facet.key}
      facet={facet}
      values={facet.values ?? (counts && (counts[facet.key] ?? []))}
      chosen={values[facet.key] ?? []}
      onChange={(chosen) => onChange({ [facet.key]: [...chosen] })}
    />
  );
  return (
    <div data-print="none" className="mb-3 grid gap-2">
      <div className="flex gap-2 max-md:-mx-4 max-md:overflow-x-auto max-md:px-4 max-md:py-0.5 max-md:[scrollbar-width:none] md:flex-wrap">
        {filter.status !== undefined && (
          <StatusChips
            value={filter.status}
            counts={counts && new Map(counts['status']?.map((item) => [item.value, item.count]))}
            onChange={(status) => onChange({ status })}
          />
        )}
        {chips}
        {facets.filter(({ minor }) => !minor).map(menu)}
        <div className="flex gap-2 md:hidden">{minor.map(menu)}</div>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Filter by words or key:value"
          placeholder={example}
          value={filter.q ?? ''}
          onChange={(q) => onChange({ q: q === '' ? undefined : q }, 'replace')}
        />
        {minor.length > 0 && <div className="flex gap-2 max-md:hidden">{minor.map(menu)}</div>}
        {tokens.map((token) => (
          <Token
            key={token.key}
            token={token}
            onRemove={() => onChange({ [token.key]: undefined })}
          />
        ))}
        {onClear && <Button onClick={onClear}>Clear filter</Button>}
      </div>
      {dropped.length > 0 && <Dropped dropped={dropped} />}
    </div>
  );
}

interface TokenProps {
  readonly token: FilterToken;
  readonly onRemove: () => void;
}

function Token({ token, onRemove }: TokenProps) {
  return (
    <span className="inline-flex h-control max-w-96 items-center gap-1.5 rounded-md border border-accent bg-accent-soft pr-1 pl-2.5">
      <span className="flex-none whitespace-nowrap text-ink-2">{token.label}</span>
      <Clip>{token.value}</Clip>
      <button
        type="button"
        aria-label={`Remove ${token.label} ${token.value}`}
        className="rounded-sm p-0.5 text-ink-2 hover:text-ink"
        onClick={onRemove}
      >
        <X aria-hidden="true" className="size-3.5" />
      </button>
    </span>
  );
}

/** Says which parts of the URL mean nothing here, instead of showing other rows than it names. */
function Dropped({ dropped }: { readonly dropped: readonly DroppedParam[] }) {
  return (
    <p role="status" className="text-notice-text [overflow-wrap:anywhere]">
      Not used, because this list does not know it:{' '}
      {dropped.map(({ key, value }, index) => (
        <span key={`${key}=${value}`}>
          {index > 0 && ', '}
          <code>
            {key}=<bdi>{value}</bdi>
          </code>
        </span>
      ))}
    </p>
  );
}
