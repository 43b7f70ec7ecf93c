import { Clock3, Info } from 'lucide-react';
import type { ReactNode } from 'react';

interface BannerProps {
  readonly kind: 'stale' | 'notice';
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/** One line above the content of a page, with at most one action. */
export function Banner({ kind, children, action }: BannerProps) {
  const Icon = kind === 'stale' ? Clock3 : Info;
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-notice-line border-b bg-notice px-6 py-2 max-md:flex-wrap max-md:items-start max-md:px-4 [&_.lucide]:text-notice-text"
    >
      <Icon aria-hidden="true" className="size-4 max-md:mt-0.5" />
      <span className="min-w-0 [overflow-wrap:anywhere] max-md:flex-1">{children}</span>
      {action !== undefined && (
        <span className="ml-auto whitespace-nowrap font-medium underline underline-offset-3 max-md:ml-6 max-md:basis-full">
          {action}
        </span>
      )}
    </div>
  );
}
