import { CoverageBand } from '#components/coverage/coverage-band.tsx';
import { CoverageFigure, rangeOf } from '#components/coverage/coverage-figure.tsx';
import { runningHref } from '#components/status/hrefs.ts';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { formatCount, formatDay, formatDelta, formatShareAgainst } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Overview } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { coverageSentence, measureCoverage } from '#lib/model/coverage.ts';
import type { StatusCounts } from '#lib/model/posture.ts';
import { bandOrder, type VerdictStatus } from '#lib/model/verdict.ts';
import { TrendChart } from './trend-chart.tsx';

interface HeroProps {
  readonly fleet: Overview;
  readonly scope: Scope;
}

/** The one number of the page: the band, its sentence, the five counts and thirty days of it. */
export function Hero({ fleet: { counts, before, trend }, scope }: HeroProps) {
  const href = (status: VerdictStatus) => runningHref({ ...scope, status: [status] });
  return (
    <Panel title="Coverage" titleHidden className="p-4">
      <div className="mb-4 flex items-center gap-5 max-md:block">
        <CoverageFigure counts={counts} />
        <div className="text-pretty text-body text-ink-2 max-md:mt-2">
          <Sentence counts={counts} />
          {before !== null && (
            <p className="text-data text-ink-3 tabular-nums">
              {comparison(counts, before.counts, before.at)}
            </p>
          )}
        </div>
      </div>
      <CoverageBand counts={counts} size="large" noun="running container" href={href} />
      <ul className="mt-3 grid gap-y-4 max-md:grid-cols-2 md:grid-cols-3 lg:grid-cols-5">
        {bandOrder.map((status) => (
          <Count
            key={status}
            status={status}
            counts={counts}
            before={before?.counts}
            href={href(status)}
          />
        ))}
      </ul>
      <TrendChart trend={trend} />
    </Panel>
  );
}

/** The sentence of the band, its figures set off. */
function Sentence({ counts }: { readonly counts: StatusCounts }) {
  const text = coverageSentence(measureCoverage(counts));
  const all = `${formatCount(counts.total)} running containers`;
  const at = text.indexOf(all);
  if (at < 0) return <p>{text}</p>;
  return (
    <p>
      {text.slice(0, at)}
      <b className="font-[550] text-ink">{all}</b>
      {text.slice(at + all.length)}
    </p>
  );
}

/** Better only when both ends of the band rose: an outage makes it wider, not worse. */
function comparison(now: StatusCounts, before: StatusCounts, at: string): string {
  const [a, b] = [measureCoverage(now), measureCoverage(before)];
  const lower = Math.sign(a.lowerPercent - b.lowerPercent);
  const upper = Math.sign(a.upperPercent - b.upperPercent);
  const was = `${rangeOf(before)} of ${formatCount(before.total)}`;
  if (lower === 0 && upper === 0) return `As on ${formatDay(at)}: ${was}.`;
  if (lower >= 0 && upper >= 0) return `Better than on ${formatDay(at)}: ${was}.`;
  if (lower <= 0 && upper <= 0) return `Worse than on ${formatDay(at)}: ${was}.`;
  return `On ${formatDay(at)} it was ${was}.`;
}

interface CountProps {
  readonly status: VerdictStatus;
  readonly counts: StatusCounts;
  readonly before: StatusCounts | undefined;
  readonly href: string;
}

function Count({ status, counts, before, href }: CountProps) {
  return (
    <li className="max-md:first:col-span-2">
      <Link
        href={href}
        className="grid gap-0.5 border-line lg:px-3 hover:text-ink lg:border-l [&:hover_.count]:text-accent [li:first-child>&]:border-0 [li:first-child>&]:pl-0"
      >
        <StatusBadge status={status} size="small" />
        <span className="count text-count tabular-nums">{formatCount(counts[status])}</span>
        <span className="flex flex-wrap gap-x-1.5 text-ink-2 text-label tabular-nums">
          {formatShareAgainst(counts[status], counts.total, status === 'verified')}
          {before !== undefined && (
            <span className="text-ink-3">
              {formatDelta(counts[status] - before[status])} in 7 days
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}
