import clsx from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

interface TableProps {
  /** Names the table for screen readers. */
  readonly caption: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A table whose rows become cards on a narrow screen. */
export function Table({ caption, className, children }: TableProps) {
  return (
    <table className={clsx('cards w-full border-separate border-spacing-0', className)}>
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  );
}

interface ThProps extends ComponentProps<'th'> {
  readonly numeric?: boolean;
}

export function Th({ numeric = false, className, ...props }: ThProps) {
  return (
    <th
      scope="col"
      className={clsx(
        'h-8 whitespace-nowrap border-line border-b px-3 text-label text-ink-2 first:pl-4 last:pr-4',
        numeric ? 'text-right' : 'text-left',
        className,
      )}
      {...props}
    />
  );
}

interface TdProps extends ComponentProps<'td'> {
  readonly numeric?: boolean;
  /** The name of the column, written beside the value when the row is a card. */
  readonly label?: string;
  /** How the cell stands in a card: over both columns, as its heading, or not at all. */
  readonly card?: 'full' | 'lead' | 'hidden';
}

export function Td({ numeric = false, label, card, className, ...props }: TdProps) {
  return (
    <td
      {...(label !== undefined && { 'data-label': label })}
      {...(card !== undefined && { 'data-card': card })}
      className={clsx(
        'h-(--row) border-line border-b px-3 first:pl-4 last:pr-4 group-last/body:group-last/row:border-b-0 md:group-hover/row:bg-hover',
        numeric && 'whitespace-nowrap text-right tabular-nums',
        className,
      )}
      {...props}
    />
  );
}

/** A row; its cells know when it is under the pointer or the last. */
export function Tr({ className, ...props }: ComponentProps<'tr'>) {
  return <tr className={clsx('group/row', className)} {...props} />;
}

export function Tbody({ className, ...props }: ComponentProps<'tbody'>) {
  return <tbody className={clsx('group/body', className)} {...props} />;
}
