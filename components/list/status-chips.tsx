import { StatusBadge } from '#components/status/status-badge.tsx';
import { type VerdictStatus, verdictStatuses } from '#lib/model/verdict.ts';
import { CheckChips, ChipCount } from './check-chip.tsx';

interface StatusChipsProps {
  readonly value: readonly VerdictStatus[];
  readonly counts: ReadonlyMap<string, number> | undefined;
  readonly onChange: (value: VerdictStatus[]) => void;
}

/** The five statuses with their counts; any number of them narrows the list. */
export function StatusChips({ value, counts, onChange }: StatusChipsProps) {
  return (
    <CheckChips
      legend="Status"
      choices={verdictStatuses}
      value={value}
      onChange={onChange}
      className="flex-none"
    >
      {(status) => (
        <>
          <StatusBadge status={status} />
          <ChipCount value={counts && (counts.get(status) ?? 0)} />
        </>
      )}
    </CheckChips>
  );
}
