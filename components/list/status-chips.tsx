import { StatusBadge } from '#components/status/status-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { type VerdictStatus, verdictStatuses } from '#lib/model/verdict.ts';

interface StatusChipsProps {
  readonly value: readonly VerdictStatus[];
  readonly counts: ReadonlyMap<string, number> | undefined;
  readonly onChange: (value: VerdictStatus[]) => void;
}

/** The five statuses with their counts; any number of them narrows the list. */
export function StatusChips({ value, counts, onChange }: StatusChipsProps) {
  const toggle = (status: VerdictStatus, on: boolean) =>
    onChange(verdictStatuses.filter((item) => (item === status ? on : value.includes(item))));
  return (
    <fieldset className="flex flex-none gap-2">
      <legend className="sr-only">Status</legend>
      {verdictStatuses.map((status) => (
        <label
          key={status}
          className="relative inline-flex h-control items-center gap-2 whitespace-nowrap rounded-md border border-line-strong bg-surface px-2.5 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:focus-ring"
        >
          <input
            type="checkbox"
            className="sr-only"
            checked={value.includes(status)}
            onChange={(event) => toggle(status, event.target.checked)}
          />
          <StatusBadge status={status} />
          <span className="min-w-[3ch] text-right text-ink-3 tabular-nums">
            {counts && formatCount(counts.get(status) ?? 0)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
