import clsx from 'clsx';
import { Maximize2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton, iconButtonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { Wrap } from '#components/ui/text.tsx';

interface PanelHeadProps {
  /** What kind of thing it is and where it hangs. */
  readonly above: string;
  readonly title: string;
  /** Its own page, where there is one. */
  readonly href?: string | undefined;
  readonly onClose: () => void;
  /** What stands below the title. */
  readonly children?: ReactNode;
}

/** The head of the panel beside a list. */
export function PanelHead({ above, title, href, onClose, children }: PanelHeadProps) {
  return (
    <div className="flex items-start border-line border-b py-3 pr-3 pl-4">
      <div className="min-w-0">
        <p className="text-ink-2 text-label">
          <Wrap>{above}</Wrap>
        </p>
        <h2 className="text-[16px] leading-[22px] font-semibold">
          <Wrap>{title}</Wrap>
        </h2>
        {children}
      </div>
      <div className="ml-auto flex flex-none">
        {href !== undefined && (
          <Link
            href={href}
            aria-label="Open the page"
            title="Open the page"
            className={iconButtonClass()}
          >
            <Maximize2 aria-hidden="true" />
          </Link>
        )}
        <IconButton label="Close" onClick={onClose} className="max-xl:hidden">
          <X aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

interface PanelPartProps {
  readonly title: string;
  readonly hint?: string;
  /** Its content reaches from edge to edge and has margins of its own. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A part of the panel beside a list. */
export function PanelPart({ title, hint, flush = false, children }: PanelPartProps) {
  return (
    <section className={clsx('border-line border-t', !flush && 'grid gap-2 px-4 py-3')}>
      <div className={clsx('flex items-baseline', flush && 'px-4 pt-3')}>
        <h3 className="text-section">{title}</h3>
        {hint !== undefined && <span className="ml-auto text-ink-3">{hint}</span>}
      </div>
      {children}
    </section>
  );
}
