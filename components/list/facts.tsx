import clsx from 'clsx';
import type { ReactNode } from 'react';

export interface FactEntry {
  readonly name: string;
  readonly value: ReactNode;
}

interface FactsProps {
  /** Entries whose value is null or undefined are left out. */
  readonly entries: readonly FactEntry[];
  /** `row`: side by side under a title; `list`: name and value, line by line. */
  readonly form?: 'row' | 'list';
  readonly className?: string;
}

/** Names and values. */
export function Facts({ entries, form = 'list', className }: FactsProps) {
  const given = entries.filter(({ value }) => value !== null && value !== undefined);
  return (
    <dl
      className={clsx(
        form === 'row'
          ? 'flex flex-wrap gap-x-8 gap-y-2 max-md:grid max-md:grid-cols-2'
          : 'grid grid-cols-[minmax(64px,max-content)_minmax(0,1fr)] gap-x-3 gap-y-1.5',
        className,
      )}
    >
      {given.map(({ name, value }) => (
        <div key={name} className={form === 'row' ? 'min-w-0' : 'contents'}>
          <dt className={clsx('text-ink-2 text-label', form === 'list' && 'leading-5')}>{name}</dt>
          <dd className={clsx('min-w-0', form === 'row' && 'mt-px tabular-nums')}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
