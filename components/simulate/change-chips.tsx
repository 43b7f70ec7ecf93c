import { CheckChips, ChipCount } from '#components/list/check-chip.tsx';
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
  return (
    <CheckChips
      legend="Change"
      choices={listed}
      value={value}
      onChange={onChange}
      className="flex-none md:flex-wrap"
    >
      {(change) => (
        <>
          <ChangeBadge change={change} />
          <ChipCount value={countOf(counts, change)} />
        </>
      )}
    </CheckChips>
  );
}
