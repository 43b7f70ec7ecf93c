import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { iconButtonClass } from './button.tsx';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** Keeps the title for screen readers only and leaves out the header. */
  readonly titleHidden?: boolean;
  readonly children: ReactNode;
}

const backdrop =
  'fixed inset-0 z-20 bg-[oklch(0.2_0.02_262_/_0.28)] transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

/** A modal in the upper third of the screen. Esc and a click outside close it. */
export function Dialog({ open, onOpenChange, title, titleHidden = false, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup className="fixed top-[12vh] left-1/2 z-20 flex max-h-[76vh] w-[min(600px,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden rounded-md border border-line bg-raised shadow-float transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
          {titleHidden ? (
            <Base.Title className="sr-only">{title}</Base.Title>
          ) : (
            <header className="flex items-center border-line border-b py-2 pr-2 pl-4">
              <Base.Title className="text-section">{title}</Base.Title>
              <Base.Close aria-label="Close" className={iconButtonClass('ml-auto')}>
                <X aria-hidden="true" />
              </Base.Close>
            </header>
          )}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface SheetProps extends Omit<DialogProps, 'titleHidden'> {
  readonly side: 'left' | 'right' | 'bottom';
}

const sides = {
  left: 'inset-y-0 left-0 w-[min(300px,86vw)] border-r data-starting-style:-translate-x-4 data-ending-style:-translate-x-4',
  right:
    'inset-y-0 right-0 w-[min(480px,100vw)] border-l data-starting-style:translate-x-4 data-ending-style:translate-x-4',
  bottom:
    'inset-x-0 bottom-0 max-h-[88vh] rounded-t-md border-t data-starting-style:translate-y-4 data-ending-style:translate-y-4',
};

/** A modal that slides in from an edge. */
export function Sheet({ open, onOpenChange, title, side, children }: SheetProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup
          className={`fixed z-20 flex flex-col border-line bg-raised shadow-float transition-[opacity,translate] data-ending-style:opacity-0 data-starting-style:opacity-0 ${sides[side]}`}
        >
          <header className="flex h-(--top) flex-none items-center pr-2 pl-4">
            <Base.Title className="text-section">{title}</Base.Title>
            <Base.Close aria-label="Close" className={iconButtonClass('ml-auto')}>
              <X aria-hidden="true" />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
