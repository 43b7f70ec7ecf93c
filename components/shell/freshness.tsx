import { Clock3, Radio } from 'lucide-react';
import { SourceLines } from '#components/status/source-lines.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Popover } from '#components/ui/popover.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { useSources } from '#lib/query/sources.ts';
import { useConnection } from '#lib/query/use-live-updates.ts';

/** How old the news on this page is, and which sources are behind. Opens the list of sources. */
export function Freshness() {
  const { data, error } = useSources();
  const lost = useConnection() === 'lost' || error !== null;
  const items = data?.items ?? [];
  const behind = data?.behind ?? 0;
  const late = behind > 0 || lost;
  const Icon = late ? Clock3 : Radio;
  return (
    <Popover
      title="Sources"
      trigger={
        <button
          type="button"
          className="inline-flex h-control items-center gap-1.5 whitespace-nowrap rounded-md px-2 text-ink-2 tabular-nums hover:bg-hover"
        >
          <Icon
            aria-hidden="true"
            className={
              late ? 'size-3.5 text-notice-text max-md:size-4' : 'size-3.5 text-ink-3 max-md:size-4'
            }
          />
          <span className={behind > 0 ? 'max-xl:sr-only' : 'max-md:sr-only'}>
            {typeof data?.asOf === 'string' ? (
              <>
                Updated{' '}
                <RelativeTime at={data.asOf} className="inline-block min-w-[11ch] text-left" />
              </>
            ) : (
              'Nothing read yet'
            )}
          </span>
          {late && (
            <span className="font-medium text-notice-text max-md:sr-only">
              {lost
                ? 'not live, reconnecting'
                : `${formatCount(behind)} of ${formatNoun(items.length, 'source')} behind`}
            </span>
          )}
        </button>
      }
    >
      {items.length === 0 ? (
        <p className="px-4 py-3 text-ink-2">No source is configured yet.</p>
      ) : (
        <SourceLines sources={items} />
      )}
    </Popover>
  );
}
