import clsx from 'clsx';
import { statusWords } from '#components/status/status-words.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import type { StatusCounts } from '#lib/model/posture.ts';
import { bandOrder, type VerdictStatus } from '#lib/model/verdict.ts';

interface CoverageBandProps {
  readonly counts: StatusCounts;
  /** `large` is the figure of a page, `cell` stands in a table and fills its column. */
  readonly size: 'large' | 'cell';
  /** One of what is counted, such as "running container". */
  readonly noun?: string;
  /** Where the rows of a segment are; without it the band is a picture. */
  readonly href?: (status: VerdictStatus) => string | undefined;
}

const fills: Readonly<Record<VerdictStatus, string>> = {
  verified: 'bg-fill-verified',
  inconclusive: 'shadow-[inset_0_0_0_1px_var(--fill-inconclusive)]',
  untrusted: 'bg-fill-untrusted',
  unsigned: 'bg-fill-unsigned',
  invalid: 'bg-fill-invalid',
};

/**
 * Verified, could not check (hatched), untrusted, unsigned, invalid: one order everywhere. A
 * segment is never narrower than 3 px, so that one container in a thousand is seen.
 */
export function CoverageBand({ counts, size, noun = 'container', href }: CoverageBandProps) {
  const refuted = counts.untrusted + counts.unsigned + counts.invalid;
  const label = `${formatCount(counts.verified)} of ${formatNoun(counts.total, noun)} verified, ${formatCount(counts.inconclusive)} could not be checked, ${formatCount(refuted)} refuted`;
  const large = size === 'large';
  const className = clsx(
    'flex w-full overflow-hidden align-middle print:[print-color-adjust:exact]',
    large ? 'h-7 gap-0.5 rounded-sm' : 'h-2 gap-px rounded-[2px]',
    counts.total === 0 && 'bg-line',
  );
  const segments = bandOrder
    .filter((status) => counts[status] > 0)
    .map((status) => (
      <Segment
        key={status}
        status={status}
        count={counts[status]}
        title={`${statusWords[status].word}: ${formatCount(counts[status])} of ${formatNoun(counts.total, noun)}`}
        large={large}
        href={href?.(status)}
      />
    ));
  return href === undefined ? (
    <span role="img" aria-label={label} className={className}>
      {segments}
    </span>
  ) : (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form fields, these are links
    <span role="group" aria-label={label} className={className}>
      {segments}
    </span>
  );
}

interface SegmentProps {
  readonly status: VerdictStatus;
  readonly count: number;
  readonly title: string;
  readonly large: boolean;
  readonly href: string | undefined;
}

function Segment({ status, count, title, large, href }: SegmentProps) {
  const className = clsx(
    'block min-w-[3px] first:rounded-l-[2px] last:rounded-r-[2px] focus-visible:rounded-none focus-visible:shadow-[inset_0_0_0_2px_var(--text)]',
    fills[status],
    status === 'inconclusive' && (large ? 'bg-hatch' : 'bg-hatch-fine'),
  );
  const style = { flex: `${count} 1 0` };
  if (href === undefined) return <i className={className} style={style} title={title} />;
  return (
    <Link
      href={href}
      className={clsx(className, 'hover:brightness-94')}
      style={style}
      title={title}
      aria-label={title}
    />
  );
}
