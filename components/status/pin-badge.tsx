import clsx from 'clsx';
import type { Pin } from '#lib/model/reference.ts';
import { pinIcons } from './status-words.ts';

interface PinBadgeProps {
  readonly pin: Pin;
  /** The tag now names another digest than the one that runs. */
  readonly moved?: boolean;
}

const words: Readonly<Record<Pin, string>> = {
  digest: 'Digest',
  'tag-and-digest': 'Tag and digest',
  tag: 'Tag',
  none: 'No tag',
};

/** How a reference is pinned, in icon and word. */
export function PinBadge({ pin, moved = false }: PinBadgeProps) {
  const { pin: PinIcon, tag: TagIcon, moved: MovedIcon } = pinIcons;
  const icon = clsx('size-4', moved ? 'text-ink' : 'text-ink-3');
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle',
        moved ? 'font-medium text-ink' : 'text-ink-2',
      )}
    >
      {moved && <MovedIcon aria-hidden="true" className={icon} />}
      {!moved && pin.includes('digest') && <PinIcon aria-hidden="true" className={icon} />}
      {!moved && pin !== 'digest' && <TagIcon aria-hidden="true" className={icon} />}
      {moved ? 'Tag moved' : words[pin]}
    </span>
  );
}
