import clsx from 'clsx';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  /** One sentence. */
  readonly children?: ReactNode;
  /** One action. */
  readonly action?: ReactNode;
  /** `alert` is read aloud at once: for what failed. */
  readonly role?: 'alert' | 'status';
  /** Draws the edge of a panel; for what stands on a page by itself. */
  readonly framed?: boolean;
  /** Makes the title the heading of the page, where there is no other. */
  readonly heading?: boolean;
}

/** What stands where rows would: type only, one sentence, one action. */
export function EmptyState({
  title,
  children,
  action,
  role,
  framed = false,
  heading = false,
}: EmptyStateProps) {
  const Title = heading ? 'h1' : 'p';
  return (
    <div
      {...(role && { role })}
      className={clsx(
        'grid justify-items-start gap-1 px-4 py-10 md:px-6',
        framed && 'rounded-md border border-line bg-surface',
      )}
    >
      <Title className="text-title">{title}</Title>
      {children !== undefined && (
        <div className="max-w-[72ch] text-pretty text-body text-ink-2">{children}</div>
      )}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}
