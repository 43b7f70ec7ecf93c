import clsx from 'clsx';
import type { ReactNode } from 'react';
import { formatCount } from '#components/ui/format.ts';

interface CheckChipProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

/** A choice of a filter that is on or off. */
export function CheckChip({ checked, onChange, children }: CheckChipProps) {
  return (
    <label className="relative inline-flex h-control flex-none items-center gap-2 whitespace-nowrap rounded-md border border-line-strong bg-surface px-2.5 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:focus-ring">
      <input
        type="checkbox"
        className="sr-only"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {children}
    </label>
  );
}

interface CheckChipsProps<Choice extends string> {
  readonly legend: string;
  /** All of them, in the order shown. */
  readonly choices: readonly Choice[];
  readonly value: readonly Choice[];
  readonly onChange: (value: Choice[]) => void;
  readonly className?: string;
  /** What stands on a chip. */
  readonly children: (choice: Choice) => ReactNode;
}

/** Choices of which any number narrows the list; none means all. */
export function CheckChips<Choice extends string>(props: CheckChipsProps<Choice>) {
  const { legend, choices, value, onChange, className, children } = props;
  return (
    <fieldset className={clsx('flex gap-2', className)}>
      <legend className="sr-only">{legend}</legend>
      {choices.map((choice) => (
        <CheckChip
          key={choice}
          checked={value.includes(choice)}
          onChange={(on) =>
            onChange(choices.filter((item) => (item === choice ? on : value.includes(item))))
          }
        >
          {children(choice)}
        </CheckChip>
      ))}
    </fieldset>
  );
}

/** How many rows a chip stands for; as wide before it is known as after. */
export function ChipCount({ value }: { readonly value: number | undefined }) {
  return (
    <span className="min-w-[3ch] text-right text-ink-3 tabular-nums">
      {value !== undefined && formatCount(value)}
    </span>
  );
}
