import clsx from 'clsx';
import { decisionWords } from '#components/status/admission-words.ts';
import type { DecisionOutcome } from '#lib/model/policy.ts';
import { CheckChip } from './check-chip.tsx';

const chips: readonly (readonly [DecisionOutcome, string])[] = [
  ['refuse', 'Would be refused'],
  ['error', 'Could not be checked'],
  ['not-evaluated', 'Not evaluated'],
  ['warn', 'Would be warned about'],
  ['admit', 'Admitted'],
];

interface OutcomeChipsProps {
  readonly value: readonly DecisionOutcome[];
  readonly onChange: (value: DecisionOutcome[]) => void;
}

/** What enforcing would come to; any number of outcomes narrows the list. */
export function OutcomeChips({ value, onChange }: OutcomeChipsProps) {
  return (
    <fieldset className="flex flex-none gap-2">
      <legend className="sr-only">If enforced</legend>
      {chips.map(([outcome, text]) => {
        const { Icon, color } = decisionWords[outcome];
        return (
          <CheckChip
            key={outcome}
            checked={value.includes(outcome)}
            onChange={(on) =>
              onChange(
                chips
                  .map(([item]) => item)
                  .filter((item) => (item === outcome ? on : value.includes(item))),
              )
            }
          >
            <Icon aria-hidden="true" className={clsx('size-4', color)} />
            {text}
          </CheckChip>
        );
      })}
    </fieldset>
  );
}
