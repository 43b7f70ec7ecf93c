import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

const popup =
  'min-w-44 rounded-md border border-line bg-raised py-1 shadow-float transition-opacity focus-visible:shadow-float data-ending-style:opacity-0 data-starting-style:opacity-0';
const item =
  'flex h-8 cursor-default items-center gap-2 px-3 text-data text-ink outline-none select-none data-highlighted:bg-hover data-disabled:text-ink-3 [&_.lucide]:size-3.5 [&_.lucide]:text-ink-3';

interface MenuProps {
  /** The element that opens the menu, such as a `Button`. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} className="z-20">
          <Base.Popup className={popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface MenuItemProps {
  readonly onSelect: () => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

export function MenuItem({ onSelect, disabled = false, children }: MenuItemProps) {
  return (
    <Base.Item className={item} disabled={disabled} onClick={onSelect}>
      {children}
    </Base.Item>
  );
}

interface MenuLinkProps {
  readonly href: string;
  /** Saves the answer as a file instead of showing it. */
  readonly download?: boolean;
  readonly children: ReactNode;
}

export function MenuLink({ href, download = false, children }: MenuLinkProps) {
  return (
    <Base.LinkItem className={item} href={href} closeOnClick {...(download && { download: '' })}>
      {children}
    </Base.LinkItem>
  );
}

interface MenuCheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

export function MenuCheck({ checked, onChange, disabled = false, children }: MenuCheckProps) {
  return (
    <Base.CheckboxItem
      className={item}
      checked={checked}
      disabled={disabled}
      onCheckedChange={(next) => onChange(next)}
    >
      <span className="grid size-3.5 place-items-center">
        <Base.CheckboxItemIndicator>
          <Check aria-hidden="true" />
        </Base.CheckboxItemIndicator>
      </span>
      {children}
    </Base.CheckboxItem>
  );
}

interface MenuChoicesProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** Choices of which one holds. */
export function MenuChoices({ value, onChange, choices }: MenuChoicesProps) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: string) => onChange(next)}>
      {choices.map((choice) => (
        <Base.RadioItem key={choice.value} value={choice.value} className={item} closeOnClick>
          <span className="grid size-3.5 place-items-center">
            <Base.RadioItemIndicator>
              <Check aria-hidden="true" />
            </Base.RadioItemIndicator>
          </span>
          {choice.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}
