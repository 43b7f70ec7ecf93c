import clsx from 'clsx';
import { useCopy } from './copy.tsx';

interface DigestProps {
  /** `sha256:…` in full. */
  readonly value: string;
  readonly className?: string;
}

/** A digest by its first 12 characters: the whole in the tooltip, copied on click. */
export function Digest({ value, className }: DigestProps) {
  const { copied, copy } = useCopy();
  const short = value.slice(value.indexOf(':') + 1).slice(0, 12);
  return (
    <button
      type="button"
      title={value}
      aria-label={copied ? `Copied digest ${short}` : `Copy digest ${short}`}
      onClick={(event) => {
        // A digest stands inside rows and links that have an action of their own.
        event.preventDefault();
        event.stopPropagation();
        void copy(value);
      }}
      className={clsx(
        'w-[12ch] whitespace-nowrap rounded-[3px] text-left font-mono text-code text-ink-2 decoration-dotted underline-offset-3 hover:text-accent hover:underline',
        className,
      )}
    >
      {copied ? 'copied' : short}
    </button>
  );
}
