import { type ReactNode, useEffect } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PanelSkeleton } from './panel-skeleton.tsx';

interface RowPanelProps<Row extends { readonly id: string }> {
  readonly id: string;
  readonly list: {
    readonly rows: readonly Row[];
    readonly pending: boolean;
    readonly fetching: boolean;
    readonly more: boolean;
    readonly error: Error | null;
    readonly fetchMore: () => void;
  };
  /** "exception": for the sentences around it. */
  readonly noun: string;
  readonly onClose: () => void;
  readonly children: (row: Row) => ReactNode;
}

/** The panel of a row that says all about itself: a link to it reads on until the row is there. */
export function RowPanel<Row extends { readonly id: string }>(props: RowPanelProps<Row>) {
  const { id, list, noun, onClose, children } = props;
  const { pending, fetching, more, error, fetchMore } = list;
  const row = list.rows.find((item) => item.id === id);
  const wanted = row === undefined && !pending && !fetching && more && error === null;
  useEffect(() => {
    if (wanted) fetchMore();
  }, [wanted, fetchMore]);

  if (row !== undefined) return children(row);
  if (error === null && (pending || fetching || more))
    return <PanelSkeleton label={`Reading the ${noun}`} />;
  return (
    <EmptyState
      title={error === null ? `No such ${noun} now` : `Cannot show this ${noun}`}
      role="status"
      action={<Button onClick={onClose}>Close</Button>}
    >
      {error === null ? 'It was resolved, or the filter leaves it out.' : error.message}
    </EmptyState>
  );
}
