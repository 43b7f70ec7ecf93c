import type { ReactNode } from 'react';

interface CheckChipProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

/** A choice of a filter that is on or off. */
export function CheckChip({ checked, onChange, children }: CheckChipProps) {
  return (
    <label className="relative inline-flex h-control flex-none items-center gap-1.5 whitespace-nowrap rounded-md border border-line-strong bg-surface px-2.5 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:focus-ring">
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
