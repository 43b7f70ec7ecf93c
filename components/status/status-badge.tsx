import clsx from 'clsx';
import type { FindingKind } from '#lib/model/posture.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import { findingWords, statusWords } from './status-words.ts';

interface StatusBadgeProps {
  readonly status: VerdictStatus;
  /** `small` is for labels and legends. */
  readonly size?: 'normal' | 'small';
  readonly className?: string;
}

/** A verdict in icon and word. */
export function StatusBadge({ status, size = 'normal', className }: StatusBadgeProps) {
  const { word, Icon, color } = statusWords[status];
  return <Badge {...{ word, Icon, color, size, className }} />;
}

interface FindingBadgeProps extends Omit<StatusBadgeProps, 'status'> {
  readonly kind: FindingKind;
}

/** A kind of finding in icon and word. */
export function FindingBadge({ kind, size = 'normal', className }: FindingBadgeProps) {
  const { word, Icon, color } = findingWords[kind];
  return <Badge {...{ word, Icon, color, size, className }} />;
}

type BadgeProps = (typeof statusWords)[VerdictStatus] & {
  readonly size: 'normal' | 'small';
  readonly className: string | undefined;
};

function Badge({ word, Icon, color, size, className }: BadgeProps) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium',
        size === 'small' && 'text-label',
        className,
      )}
    >
      <Icon aria-hidden="true" className={clsx('size-4', color)} />
      {word}
    </span>
  );
}
