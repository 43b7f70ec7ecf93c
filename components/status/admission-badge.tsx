import clsx from 'clsx';
import type { DecisionOutcome, PolicyMode } from '#lib/model/policy.ts';
import { decisionWords, modeWords } from './admission-words.ts';

interface DecisionBadgeProps {
  readonly outcome: DecisionOutcome;
  readonly className?: string;
}

/** A decision of admission in icon and word. */
export function DecisionBadge({ outcome, className }: DecisionBadgeProps) {
  return <Badge {...decisionWords[outcome]} strong className={className} />;
}

interface ModeBadgeProps {
  readonly mode: PolicyMode;
  readonly className?: string;
}

/** What a policy does with what it finds fault with, in icon and word. */
export function ModeBadge({ mode, className }: ModeBadgeProps) {
  return <Badge {...modeWords[mode]} strong={mode === 'enforce'} className={className} />;
}

type BadgeProps = (typeof modeWords)[PolicyMode] & {
  readonly strong: boolean;
  readonly className: string | undefined;
};

function Badge({ word, Icon, color, says, strong, className }: BadgeProps) {
  return (
    <span
      title={says}
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle',
        strong ? 'font-medium' : 'text-ink-2',
        className,
      )}
    >
      <Icon aria-hidden="true" className={clsx('size-4', color)} />
      {word}
    </span>
  );
}
