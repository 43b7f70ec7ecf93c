import { useTimeText } from './clock.tsx';
import { formatInstant, formatSpan } from './format.ts';

interface RelativeTimeProps {
  /** ISO 8601. */
  readonly at: string;
  /** `age`: `4 s`; `ago`: `4 s ago`; `until`: `in 4 min`, or `now` when it has passed. */
  readonly form?: 'age' | 'ago' | 'until';
  readonly className?: string;
}

const write = (form: 'age' | 'ago' | 'until', at: number, now: number): string => {
  if (form === 'until') return at <= now ? 'now' : `in ${formatSpan(at - now)}`;
  return form === 'ago' ? `${formatSpan(now - at)} ago` : formatSpan(now - at);
};

/** How long ago something was, kept up to date; the exact time is in the tooltip. */
export function RelativeTime({ at, form = 'ago', className }: RelativeTimeProps) {
  const instant = Date.parse(at);
  const text = useTimeText((now) => write(form, instant, now));
  return (
    <time dateTime={at} title={formatInstant(at)} className={className}>
      {text}
    </time>
  );
}
