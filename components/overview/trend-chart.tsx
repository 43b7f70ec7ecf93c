import { scaleTime } from 'd3-scale';
import { area, line } from 'd3-shape';
import { statusWords } from '#components/status/status-words.ts';
import { formatCount, formatDay } from '#components/ui/format.ts';
import type { TrendPoint } from '#lib/contract/overview.ts';
import { bandOrder, type VerdictStatus } from '#lib/model/verdict.ts';

/** Shares of one day in percent of its total, stacked from the bottom in the order of the band. */
interface Stacked {
  readonly at: Date;
  readonly from: Readonly<Record<VerdictStatus, number>>;
  readonly to: Readonly<Record<VerdictStatus, number>>;
}

const width = 1000;
const height = 112;

function stack({ at, counts }: TrendPoint): Stacked {
  const from = { verified: 0, inconclusive: 0, untrusted: 0, unsigned: 0, invalid: 0 };
  const to = { ...from };
  let sum = 0;
  for (const status of bandOrder) {
    from[status] = sum;
    sum += counts.total === 0 ? 0 : (counts[status] * 100) / counts.total;
    to[status] = sum;
  }
  return { at: new Date(at), from, to };
}

interface TrendChartProps {
  /** Oldest first. */
  readonly trend: readonly TrendPoint[];
}

/** Shares over time as stacked areas. The verified area is a tint: only the band is loud. */
export function TrendChart({ trend }: TrendChartProps) {
  const days = trend.filter(({ counts }) => counts.total > 0);
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined || days.length < 2) {
    return (
      <p className="mt-5 text-label text-ink-3">
        {first === undefined
          ? 'The trend begins with the first day that is recorded.'
          : `The trend begins on ${formatDay(first.at)}: it is drawn from the second day on.`}
      </p>
    );
  }
  return (
    <figure className="mt-5" aria-label={`Coverage from ${formatDay(first.at)} to today`}>
      <div className="grid grid-cols-[minmax(0,1fr)_44px]">
        <Areas points={days.map(stack)} says={summary(first, last)} />
        <div
          aria-hidden="true"
          className="-my-1 flex flex-col items-end justify-between text-ink-3 text-label tabular-nums"
        >
          <span>100 %</span>
          <span>50</span>
          <span>0</span>
        </div>
        <Axis from={first.at} to={last.at} />
      </div>
      <Figures days={days} />
    </figure>
  );
}

const verifiedShare = ({ counts }: TrendPoint): number =>
  Math.floor((counts.verified * 100) / counts.total);

const summary = (first: TrendPoint, last: TrendPoint): string =>
  `Proven share from ${verifiedShare(first)} percent on ${formatDay(first.at)} to ${verifiedShare(last)} percent; the figures follow as a table.`;

function Areas({ points, says }: { readonly points: readonly Stacked[]; readonly says: string }) {
  const domain = [points[0]?.at ?? new Date(0), points.at(-1)?.at ?? new Date(0)];
  const x = scaleTime(domain, [0, width]);
  const y = (share: number) => height - (share * height) / 100;
  const shape = (status: VerdictStatus) =>
    area<Stacked>()
      .x(({ at }) => x(at))
      .y0(({ from }) => y(from[status]))
      .y1(({ to }) => y(to[status]))([...points]) ?? '';
  const edge = line<Stacked>()
    .x(({ at }) => x(at))
    .y(({ to }) => y(to.verified))([...points]);
  return (
    <div className="relative h-28 print:[print-color-adjust:exact]">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={says}
        className="block size-full"
      >
        <path d={shape('verified')} fill="var(--fill-verified-area)" />
        {(['untrusted', 'unsigned', 'invalid'] as const).map((status) => (
          <path key={status} d={shape(status)} fill={`var(--fill-${status})`} />
        ))}
        <path
          d={edge ?? ''}
          fill="none"
          stroke="var(--fill-verified)"
          strokeWidth={1.5}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <div className="absolute inset-0 bg-hatch" style={{ clipPath: hatched(points, x) }} />
    </div>
  );
}

/** The part that could not be checked, as a polygon in percent: a stretched pattern would shear. */
function hatched(points: readonly Stacked[], x: (at: Date) => number): string {
  const corner = (at: Date, share: number) =>
    `${((x(at) * 100) / width).toFixed(2)}% ${(100 - share).toFixed(2)}%`;
  const upper = points.map(({ at, to }) => corner(at, to.inconclusive));
  const lower = points.map(({ at, from }) => corner(at, from.inconclusive)).reverse();
  return `polygon(${[...upper, ...lower].join(',')})`;
}

function Axis({ from, to }: { readonly from: string; readonly to: string }) {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const days = Math.max(1, Math.round((end - start) / 86_400_000));
  const steps = Math.min(4, days);
  const labels = Array.from({ length: steps + 1 }, (_, step) =>
    step === steps
      ? 'Today'
      : formatDay(new Date(start + ((end - start) * step) / steps).toISOString()),
  );
  return (
    <div
      aria-hidden="true"
      className="mt-1 flex justify-between text-ink-3 text-label max-md:[&>:nth-child(even)]:hidden"
    >
      {labels.map((label) => (
        <span key={label}>{label}</span>
      ))}
    </div>
  );
}

function Figures({ days }: { readonly days: readonly TrendPoint[] }) {
  return (
    <details className="mt-1 text-label text-ink-2" data-print="none">
      <summary className="w-fit text-ink-3 hover:text-ink">Figures of {days.length} days</summary>
      <div className="mt-2 max-h-64 overflow-y-auto">
        <table className="w-full tabular-nums">
          <caption className="sr-only">Running containers by day and status</caption>
          <thead>
            <tr>
              {['Day', ...bandOrder.map((status) => statusWords[status].word), 'Running'].map(
                (head, index) => (
                  <th key={head} scope="col" className={index === 0 ? 'text-left' : 'text-right'}>
                    {head}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map(({ at, counts }) => (
              <tr key={at}>
                <th scope="row" className="text-left">
                  {formatDay(at)}
                </th>
                {bandOrder.map((status) => (
                  <td key={status} className="text-right">
                    {formatCount(counts[status])}
                  </td>
                ))}
                <td className="text-right">{formatCount(counts.total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
