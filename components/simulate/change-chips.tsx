import { formatCount } from '#components/ui/format.ts';
import { type Simulation, simulationChanges } from '#lib/contract/simulations.ts';
import { ChangeBadge } from './simulation-badges.tsx';
import { type Change, countOf } from './simulation-words.ts';

interface ChangeChipsProps {
  readonly value: readonly Change[];
  readonly counts: Simulation['counts'];
  readonly onChange: (value: Change[]) => void;
}

/** What is unchanged is counted in the result and has no rows to narrow to. */
const listed = simulationChanges.filter((change) => change !== 'unchanged');

/** What would change, with the counts of the whole result; any number of them narrows the rows. */
export function ChangeChips({ value, counts, onChange }: ChangeChipsProps) {
  const toggle = (change: Change, on: boolean) =>
    onChange(listed.filter((item) => (item === change ? on : value.includes(item))));
  return (
    <fieldset className="flex flex-none gap-2 md:flex-wrap">
      <legend className="sr-only">Change</legend>
      {listed.map((change) => (
        <label
          key={change}
          className="relative inline-flex h-control items-center gap-2 whitespace-nowrap rounded-md border border-line-strong bg-surface px-2.5 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:focus-ring"
        >
          <input
            type="checkbox"
            className="sr-only"
            checked={value.includes(change)}
            onChange={(event) => toggle(change, event.target.checked)}
          />
          <ChangeBadge change={change} />
          <span className="min-w-[2ch] text-right text-ink-3 tabular-nums">
            {formatCount(countOf(counts, change))}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
