import { useCopy } from '#components/ui/copy.tsx';
import { shortDigest } from '#lib/model/digest.ts';

/** A digest in a row: copied on click, outside the tab order, because the row holds the tab stop. */
export function CellDigest({ value }: { readonly value: string }) {
  const { copied, copy } = useCopy();
  return (
    <button
      type="button"
      tabIndex={-1}
      title={value}
      aria-label={`Copy digest ${shortDigest(value)}`}
      onClick={() => void copy(value)}
      className="w-[12ch] whitespace-nowrap text-left font-mono text-code text-ink-2 decoration-dotted underline-offset-3 hover:text-accent hover:underline"
    >
      {copied ? 'copied' : shortDigest(value)}
    </button>
  );
}
