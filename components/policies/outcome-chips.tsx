import clsx from 'clsx';
import { CheckChips } from '#components/list/check-chip.tsx';
import { decisionWords } from '#components/status/admission-words.ts';
import type { DecisionOutcome } from '#lib/model/policy.ts';

const words: Readonly<Record<DecisionOutcome, string>> = {
  refuse: 'Would be refused',
  error: 'Could not be checked',
  'not-evaluated': 'Not evaluated',
  warn: 'Would be warned about',
  admit: 'Admitted',
};
const outcomes = Object.keys(words) as DecisionOutcome[];

interface OutcomeChipsProps {
  readonly value: readonly DecisionOutcome[];
  readonly onChange: (value: DecisionOutcome[]) => void;
}

/** What enforcing would come to; any number of outcomes narrows the list. */
export function OutcomeChips({ value, onChange }: OutcomeChipsProps) {
  return (
    <CheckChips
      legend="If enforced"
      choices={outcomes}
      value={value}
      onChange={onChange}
      className="flex-none"
    >
      {(outcome) => {
        const { Icon, color } = decisionWords[outcome];
        return (
          <>
            <Icon aria-hidden="true" className={clsx('size-4', color)} />
            {words[outcome]}
          </>
        );
      }}
    </CheckChips>
  );
}
