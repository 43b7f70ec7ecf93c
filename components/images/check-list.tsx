import clsx from 'clsx';
import { Check, Minus, X } from 'lucide-react';
import { Wrap } from '#components/ui/text.tsx';
import type { EvidenceRow } from '#lib/contract/images.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { checkTitles } from './image-words.ts';

type CheckLine = EvidenceRow['checks'][number];

const outcomes = {
  passed: { word: 'Passed', Icon: Check, icon: 'text-verified' },
  failed: { word: 'Failed', Icon: X, icon: 'text-invalid' },
  'not-run': { word: 'Not run', Icon: Minus, icon: 'text-ink-3' },
} as const;

/** Every check as a line. "Not run" is an outcome of its own and says why. */
export function CheckList({ checks }: { readonly checks: readonly CheckLine[] }) {
  return (
    <ol aria-label="Checks" className="mt-3 border-line border-t">
      {checks.map((check) => (
        <Line key={check.id} check={check} />
      ))}
    </ol>
  );
}

function Line({ check }: { readonly check: CheckLine }) {
  const { word, Icon, icon } = outcomes[check.outcome];
  const failed = check.outcome === 'failed';
  const quiet = check.outcome === 'not-run';
  return (
    <li className="grid min-h-[30px] grid-cols-[14px_52px_minmax(0,1fr)_minmax(0,1fr)] items-center gap-x-2 border-line border-b py-1 last:border-b-0 max-md:grid-cols-[14px_minmax(0,1fr)_auto]">
      <Icon aria-hidden="true" className={clsx('size-3.5', icon)} />
      <span
        className={clsx('text-label max-md:order-1', failed ? 'font-[550] text-ink' : 'text-ink-2')}
      >
        {word}
      </span>
      <span className={clsx(failed && 'font-[550]', quiet && 'text-ink-3')}>
        {checkTitles[check.id]}
      </span>
      <span
        className={clsx(
          'tabular-nums max-md:order-2 max-md:col-span-2 max-md:col-start-2 max-md:text-label',
          quiet ? 'text-ink-3' : 'text-ink-2',
        )}
      >
        {check.reason !== null && (
          <span className={clsx('block', failed && 'text-ink')}>
            {reasonOf(check.reason).title}
          </span>
        )}
        <Wrap>{check.detail}</Wrap>
      </span>
    </li>
  );
}
