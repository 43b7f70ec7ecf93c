import clsx from 'clsx';
import { CalendarX2 } from 'lucide-react';
import { useTimeText } from '#components/ui/clock.tsx';
import { formatInstant, formatSpan } from '#components/ui/format.ts';

interface ExpiryProps {
  /** ISO 8601; null where nothing says when it ends. */
  readonly at: string | null;
}

/** When an exception ends, or since when it should have: `in 12 d`, `expired 3 d ago`. */
export function Expiry({ at }: ExpiryProps) {
  const end = at === null ? Number.NaN : Date.parse(at);
  const text = useTimeText((now) =>
    end <= now ? `expired ${formatSpan(now - end)} ago` : `in ${formatSpan(end - now)}`,
  );
  if (at === null) return <span className="text-ink-3">none</span>;
  const over = text.startsWith('expired');
  return (
    <time
      dateTime={at}
      title={formatInstant(at)}
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle',
        over && 'font-medium text-notice-text',
      )}
    >
      {over && <CalendarX2 aria-hidden="true" className="size-3.5" />}
      {text}
    </time>
  );
}
