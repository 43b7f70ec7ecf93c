import { isBehind } from '#components/status/source-state.ts';
import { Banner } from '#components/ui/banner.tsx';
import { formatClock, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { SourceRow } from '#lib/contract/sources.ts';
import { useSources } from '#lib/query/sources.ts';

/** What every page must say before anything else: the notice, and which clusters are stale. */
export function Banners() {
  const { data, error } = useSources();
  const clusters = (data?.items ?? []).filter(({ kind }) => kind === 'cluster');
  const stale = clusters.filter(isBehind);
  return (
    <>
      {error !== null && (
        <Banner kind="stale">
          The server does not answer. What you see may be old; it is asked again.
        </Banner>
      )}
      {data?.problems[0] !== undefined && (
        <Banner kind="stale" action={<Link href="/settings">All problems</Link>}>
          The configuration is refused: <bdi>{data.problems[0]}</bdi>
        </Banner>
      )}
      {data?.notice && <Banner kind="notice">{data.notice}</Banner>}
      {stale[0] !== undefined && <StaleClusters first={stale[0]} stale={stale} all={clusters} />}
    </>
  );
}

interface StaleClustersProps {
  readonly first: SourceRow;
  readonly stale: readonly SourceRow[];
  readonly all: readonly SourceRow[];
}

function StaleClusters({ first, stale, all }: StaleClustersProps) {
  const verb = stale.length === 1 ? 'is' : 'are';
  return (
    <Banner
      kind="stale"
      action={<Link href={`/clusters#${encodeURIComponent(first.id)}`}>See the cause</Link>}
    >
      <bdi className="font-medium">{first.name}</bdi>
      {first.asOf === null ? (
        ' has not answered yet: nothing of it is shown. '
      ) : (
        <>
          {' '}
          last reported <RelativeTime at={first.asOf} />: what runs there is shown as of{' '}
          {formatClock(first.asOf)}.{' '}
        </>
      )}
      {stale.length} of {formatNoun(all.length, 'cluster')} {verb} stale.
    </Banner>
  );
}
