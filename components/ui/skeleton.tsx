import clsx from 'clsx';

/** A grey bar where something will stand. Invisible for 200 ms, so that fast answers do not flash. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx('block animate-appear rounded-sm bg-line', className ?? 'h-3 w-24')}
    />
  );
}

interface SkeletonRowsProps {
  readonly rows: number;
  /** Widths of the cells in rem. */
  readonly widths: readonly number[];
  readonly label: string;
}

/** Rows of a table that is on its way, in the height that it will have. */
export function SkeletonRows({ rows, widths, label }: SkeletonRowsProps) {
  // Tracks are told by the row: no cell moves while the cells after it are still on their way.
  const gridTemplateColumns = widths.map((width) => `${width}rem`).join(' ');
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
          key={row}
          style={{ gridTemplateColumns }}
          className="grid h-(--row) items-center justify-between gap-6 border-line border-b px-4 last:border-b-0"
        >
          {widths.map((_, cell) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the cells are alike and never move
            <Skeleton key={cell} className="h-3 w-full" />
          ))}
        </div>
      ))}
    </div>
  );
}
