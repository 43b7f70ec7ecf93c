import type { ReactNode } from 'react';

interface PageHeaderProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Small line above the title: where this page hangs. */
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, description, above, actions }: PageHeaderProps) {
  return (
    <div className="mb-4 flex flex-wrap items-start gap-3 max-md:mb-3">
      <div className="min-w-0">
        {above !== undefined && <p className="text-label text-ink-2">{above}</p>}
        <h1 className="text-title [overflow-wrap:anywhere]">{title}</h1>
        {description !== undefined && (
          <p className="mt-0.5 max-w-[84ch] text-pretty text-body text-ink-2">{description}</p>
        )}
      </div>
      {actions !== undefined && (
        <div data-print="none" className="ml-auto flex gap-2">
          {actions}
        </div>
      )}
    </div>
  );
}
