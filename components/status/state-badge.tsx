import clsx from 'clsx';
import {
  CircleCheck,
  Clock3,
  Gauge,
  Hourglass,
  type LucideIcon,
  RefreshCw,
  Unplug,
} from 'lucide-react';
import type { SourceState } from '#lib/contract/sources.ts';
import { isBehind, stateWords } from './source-state.ts';

const icons: Readonly<Record<SourceState, LucideIcon>> = {
  current: CircleCheck,
  scanning: RefreshCw,
  stale: Clock3,
  failed: Unplug,
  limited: Gauge,
  waiting: Hourglass,
};

/** How a source stands, in icon and word. No verdict, so no colour but that of what is late. */
export function StateBadge({ state }: { readonly state: SourceState }) {
  const Icon = icons[state];
  const late = isBehind({ state });
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle',
        late ? 'font-medium text-notice-text' : 'text-ink-2',
      )}
    >
      <Icon aria-hidden="true" className={clsx('size-4', !late && 'text-ink-3')} />
      {stateWords[state]}
    </span>
  );
}
