import clsx from 'clsx';
import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title: string;
  /** Keeps the title for screen readers only. */
  readonly titleHidden?: boolean;
  /** A few words beside the title. */
  readonly hint?: ReactNode;
  /** Stands at the right end of the header. */
  readonly action?: ReactNode;
  readonly footer?: ReactNode;
  readonly id?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A section of a page: title, content, an optional line below. */
export function Panel({
  title,
  titleHidden = false,
  hint,
  action,
  footer,
  id,
  className,
  children,
}: PanelProps) {
  const titleId = useId();
  return (
    <section
      id={id}
      data-panel=""
      aria-labelledby={titleId}
      className={clsx(
        'flex min-w-0 scroll-mt-16 flex-col rounded-md border border-line bg-surface',
        className,
      )}
    >
      {titleHidden ? (
        <h2 id={titleId} className="sr-only">
          {title}
        </h2>
      ) : (
        <header className="flex items-baseline gap-x-3 px-4 py-3 max-md:flex-wrap">
          <h2 id={titleId} className="text-section">
            {title}
          </h2>
          {hint !== undefined && <p className="text-ink-2">{hint}</p>}
          {action !== undefined && <div className="ml-auto">{action}</div>}
        </header>
      )}
      {children}
      {footer !== undefined && (
        <footer className="mt-auto flex gap-x-3 border-line border-t px-4 py-2.5 text-ink-2 max-md:flex-wrap">
          {footer}
        </footer>
      )}
    </section>
  );
}
