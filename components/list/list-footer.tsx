import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatCount } from '#components/ui/format.ts';
import { Clip } from '#components/ui/text.tsx';

interface ListFooterProps {
  /** Rows in sight, counted from 1. */
  readonly first: number;
  readonly last: number;
  /** `412 workloads, 1,284 containers`: of the whole filter. */
  readonly total: string;
  /** The rows are still those of the filter before: their counts are not those of this one. */
  readonly outdated: boolean;
  /** Rows that are here already, while some of those in sight are not. */
  readonly reading: number | undefined;
  readonly order: string;
  /** Present when the server has news that the rows do not show. */
  readonly onShow: (() => void) | undefined;
  /** Present when the last request failed and the rows are older than it. */
  readonly failed: { readonly error: Error; readonly retry: () => void } | undefined;
  /** Stands instead of the order while rows are chosen. */
  readonly children?: ReactNode;
}

/** Which rows are in sight, of how many, in which order. */
export function ListFooter(props: ListFooterProps) {
  const { first, last, total, outdated, reading, order, onShow, failed, children } = props;
  return (
    <footer className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 rounded-b-md border-line border-t bg-surface px-4 py-1.5 text-ink-2 max-md:sticky max-md:bottom-0">
      {outdated ? (
        <p role="status" aria-label="Reading the rows of this filter">
          Reading…
        </p>
      ) : (
        <p className="tabular-nums">
          {formatCount(first)}–{formatCount(last)} of {total}
          {reading !== undefined && (
            <span className="text-ink-3">, reading on: {formatCount(reading)} are here</span>
          )}
        </p>
      )}
      {onShow && <Action onClick={onShow}>Newer results, show</Action>}
      {failed && (
        <div role="alert" className="flex min-w-0 items-center gap-3 text-notice-text">
          <Clip>{`Not read on: ${failed.error.message}`}</Clip>
          <Action onClick={failed.retry}>Try again</Action>
        </div>
      )}
      <div className="ml-auto max-md:ml-0">
        {children || <span className="text-ink-3 max-md:hidden">{order}</span>}
      </div>
    </footer>
  );
}

interface ActionProps {
  readonly onClick: () => void;
  readonly children: string;
}

function Action({ onClick, children }: ActionProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="inline-flex items-center gap-1.5 whitespace-nowrap rounded-sm font-medium text-accent hover:underline hover:underline-offset-3"
    >
      <RotateCw aria-hidden="true" className="size-3.5" />
      {children}
    </button>
  );
}
