import { CoverageBand } from '#components/coverage/coverage-band.tsx';
import { rangeOf } from '#components/coverage/coverage-figure.tsx';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { coverageSentence, measureCoverage } from '#lib/model/coverage.ts';
import type { StatusCounts } from '#lib/model/posture.ts';

/** What is published, whether or not it runs. */
export function ReleasePanel({ counts }: { readonly counts: StatusCounts }) {
  return (
    <Panel
      title="Release tags"
      hint="of declared repositories"
      action={
        <Link href="/registries" className="text-accent hover:underline">
          By registry
        </Link>
      }
    >
      <div className="grid items-center gap-x-4 gap-y-2 border-line border-t px-4 py-3 md:grid-cols-[max-content_minmax(0,1fr)_minmax(0,2fr)]">
        <span className="font-[550] tabular-nums">{rangeOf(counts)}</span>
        <CoverageBand counts={counts} size="cell" noun="release tag" />
        <span className="text-ink-2">
          {coverageSentence(measureCoverage(counts), 'release tags')}
        </span>
      </div>
    </Panel>
  );
}
