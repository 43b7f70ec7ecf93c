import { decisionsHref, gapHref, policiesHref } from '#components/status/hrefs.ts';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { GapCounts, PolicyPage } from '#lib/contract/policies.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { gapFigure, gapRange, gapSentence } from './gap.ts';

interface GapPanelProps {
  /** Absent until it is there. */
  readonly page: PolicyPage | undefined;
  readonly scope: Pick<Scope, 'cluster'>;
}

/**
 * What every policy together would newly refuse if it enforced, each figure with its rows. As high before
 * it is read as after: what stands below does not move.
 */
export function GapPanel({ page, scope }: GapPanelProps) {
  return (
    <Panel title="Audit gap" hint="if every policy enforced today" className="h-80 md:h-68">
      <div className="min-h-0 flex-1 overflow-auto px-4 pb-4">
        {page === undefined ? <Waiting /> : <Gap page={page} scope={scope} />}
      </div>
    </Panel>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Reading the audit gap" className="grid gap-3">
      <Skeleton className="h-8 w-24" />
      <Skeleton className="h-3 w-4/5" />
      <Skeleton className="h-3 w-3/5" />
    </div>
  );
}

function Gap({ page: { gap, missing }, scope }: GapPanelProps & { readonly page: PolicyPage }) {
  const known = gap.workloads > 0;
  return (
    <>
      <p className="text-figure tabular-nums">{known ? gapFigure(gap) : '–'}</p>
      <p className="mt-1 max-w-[72ch] text-pretty text-body text-ink-2">
        {gapSentence(gap, 'every policy')}
        {missing.length > 0 && (
          <span className="text-notice-text">
            {' '}
            Not everything could be read, so there may be more.
          </span>
        )}
      </p>
      {known && <GapParts gap={gap} scope={scope} />}
    </>
  );
}

/** What the figure is made of; each part leads to its rows. */
function GapParts({ gap, scope }: { readonly gap: GapCounts } & Pick<GapPanelProps, 'scope'>) {
  const { upper } = gapRange(gap);
  const parts = [
    { count: gap.wouldRefuse, says: 'would be refused', href: gapHref(scope) },
    {
      count: gap.wouldError,
      says: 'would be blocked: nobody could look',
      href: decisionsHref({ ...scope, enforced: ['error'] }),
    },
    {
      count: gap.notEvaluated,
      says: 'under a rule that is not evaluated here',
      href: decisionsHref({ ...scope, enforced: ['not-evaluated'] }),
    },
    {
      count: gap.refusedToday,
      says: 'refused today already',
      href: decisionsHref({ ...scope, enforced: ['refuse'], today: ['refuse'] }),
    },
  ].filter(({ count }) => count > 0);
  return (
    <>
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1">
        {parts.map(({ count, says, href }) => (
          <li key={says}>
            <Link href={href} className="text-ink-2 hover:text-accent">
              <b className="font-[550] text-ink tabular-nums">{formatCount(count)}</b> {says}
            </Link>
          </li>
        ))}
      </ul>
      {upper > 0 && (
        <p className="mt-2">
          <Link
            href={policiesHref({ ...scope, gap: 'yes' })}
            className="text-accent hover:underline hover:underline-offset-3"
          >
            Policies that would refuse more
          </Link>
        </p>
      )}
    </>
  );
}
