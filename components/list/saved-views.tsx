import clsx from 'clsx';
import { Link } from '#components/ui/link.tsx';

/** A named way to look at a list: its columns and order, never a filter that hides rows. */
export interface SavedView {
  readonly name: string;
  readonly href: string;
  readonly current: boolean;
}

interface SavedViewsProps {
  readonly views: readonly SavedView[];
  /** What they are, for screen readers. */
  readonly label?: string;
}

export function SavedViews({ views, label = 'Saved views' }: SavedViewsProps) {
  return (
    <nav aria-label={label} className="flex gap-0.5 max-md:order-3 max-md:basis-full">
      {views.map(({ name, href, current }) => (
        <Link
          key={name}
          href={href}
          {...(current && { 'aria-current': 'page' })}
          className={clsx(
            'inline-flex h-control items-center rounded-md px-2.5 hover:bg-hover hover:text-ink',
            current ? 'bg-selected font-[550] text-ink' : 'text-ink-2',
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
