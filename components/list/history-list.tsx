import { formatInstant } from '#components/ui/format.ts';
import { Wrap } from '#components/ui/text.tsx';
import type { HistoryRow } from '#lib/contract/workloads.ts';
import { isDigest, shortDigest } from '#lib/model/digest.ts';
import { isReasonCode, reasonOf } from '#lib/model/reasons.ts';

/** Changes, newest first, each with its cause. */
export function HistoryList({ entries }: { readonly entries: readonly HistoryRow[] }) {
  if (entries.length === 0)
    return <p className="px-4 pb-3 text-ink-2">Nothing has changed since it was first seen.</p>;
  return (
    <ol className="border-line border-t py-2">
      {entries.map((entry) => (
        <li
          key={`${entry.at} ${entry.what} ${entry.to}`}
          className="grid grid-cols-[120px_minmax(0,1fr)] gap-2 px-4 py-1.5 max-md:grid-cols-[minmax(0,1fr)] max-md:gap-0"
        >
          <time dateTime={entry.at} title={formatInstant(entry.at)} className="text-ink-3">
            {shortInstant(entry.at)}
          </time>
          <div className="min-w-0">
            <span title={sentence(entry)}>
              <Wrap>{sentence(entry, shortDigest)}</Wrap>
            </span>
            <Wrap className="block text-ink-3 text-label">{entry.cause}</Wrap>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** `19 Nov 2026, 08:15`; the seconds are in the tooltip. */
const shortInstant = (iso: string): string =>
  formatInstant(iso)
    .replace(/ \d{4},/, ',')
    .slice(0, -7);

/** `Verdict: verified → Registry was too slow`; `shorten` writes digests. */
function sentence({ what, from, to }: HistoryRow, shorten = (digest: string) => digest): string {
  const word = (value: string): string => {
    if (isDigest(value)) return shorten(value);
    return isReasonCode(value) ? reasonOf(value).title : value;
  };
  if (from === null) return to === null ? what : `${what}: ${word(to)}`;
  return to === null ? `${what}: no longer ${word(from)}` : `${what}: ${word(from)} → ${word(to)}`;
}
