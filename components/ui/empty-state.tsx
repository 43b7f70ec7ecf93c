import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  /** One sentence. */
  readonly children?: ReactNode;
  /** One action. */
  readonly action?: ReactNode;
  /** `alert` is read aloud at once: for what failed. */
  readonly role?: 'alert' | 'status';
}

/** What stands where rows would: type only, one sentence, one action. */
export function EmptyState({ title, children, action, role }: EmptyStateProps) {
  return (
    <div {...(role && { role })} className="grid justify-items-start gap-1 px-4 py-10 md:px-6">
      <p className="text-title">{title}</p>
      {children !== undefined && (
        <div className="max-w-[72ch] text-pretty text-body text-ink-2">{children}</div>
      )}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}
