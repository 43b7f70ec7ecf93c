import clsx from 'clsx';
import type { ComponentProps, ReactNode } from 'react';
import { Link } from './link.tsx';

type Variant = 'default' | 'main' | 'quiet';

/** The look of a button, for links and triggers that are drawn as one. */
export const buttonClass = (variant: Variant = 'default', className?: string): string =>
  clsx(
    'inline-flex h-control items-center gap-1.5 whitespace-nowrap rounded-md px-2.5 font-medium text-data transition-colors disabled:opacity-55 [&_.lucide]:size-3.5',
    variant === 'default' &&
      'border border-line-strong bg-surface text-ink hover:bg-hover hover:text-ink [&_.lucide]:text-ink-2',
    variant === 'main' &&
      'border border-ink bg-ink text-inverse hover:text-inverse hover:opacity-90',
    variant === 'quiet' && 'text-ink-2 hover:bg-hover hover:text-ink',
    className,
  );

interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: Variant;
}

export function Button({ variant, className, ...props }: ButtonProps) {
  return <button type="button" className={buttonClass(variant, className)} {...props} />;
}

interface ButtonLinkProps {
  readonly href: string;
  readonly variant?: Variant;
  readonly children: ReactNode;
}

export function ButtonLink({ href, variant, children }: ButtonLinkProps) {
  return (
    <Link href={href} className={buttonClass(variant)}>
      {children}
    </Link>
  );
}

/** The look of a square button that holds one icon. */
export const iconButtonClass = (className?: string): string =>
  clsx(
    'inline-grid size-(--control) place-items-center rounded-md text-ink-2 transition-colors hover:bg-hover hover:text-ink [&_.lucide]:size-4',
    className,
  );

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'title'> {
  /** Read aloud and shown as the tooltip. */
  readonly label: string;
}

export function IconButton({ label, className, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={iconButtonClass(className)}
      {...props}
    />
  );
}
