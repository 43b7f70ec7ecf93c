import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

interface PopoverProps {
  /** The element that opens it, such as a `Button`. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly title: string;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

export function Popover({ trigger, title, align = 'end', children }: PopoverProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={6} className="z-20">
          <Base.Popup className="flex max-h-[min(560px,80vh)] w-[min(400px,calc(100vw-24px))] flex-col overflow-hidden rounded-md border border-line bg-raised shadow-float transition-opacity focus-visible:shadow-float data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Base.Title className="border-line border-b px-4 py-2.5 text-section">
              {title}
            </Base.Title>
            <div className="min-h-0 overflow-y-auto">{children}</div>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
