import clsx from 'clsx';
import type { SimulationState } from '#lib/contract/simulations.ts';
import { type Change, changeWords, stateWords } from './simulation-words.ts';

/** How a simulation stands, in icon and word. */
export function SimulationStateBadge({ state }: { readonly state: SimulationState }) {
  const { word, Icon } = stateWords[state];
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle',
        state === 'failed' ? 'font-medium text-notice-text' : 'text-ink-2',
      )}
    >
      <Icon aria-hidden="true" className="size-4" />
      {word}
    </span>
  );
}

/** What would change for a workload, in icon and word. */
export function ChangeBadge({ change }: { readonly change: Change }) {
  const { word, Icon, color, says } = changeWords[change];
  return (
    <span
      title={says}
      className="inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium"
    >
      <Icon aria-hidden="true" className={clsx('size-4', color)} />
      {word}
    </span>
  );
}
