import { engineNames, engineResultWords } from '#components/status/admission-words.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';
import { engineResults } from '#lib/model/engine-report.ts';

type ReportedPanelProps = Pick<PolicyDetail, 'reported' | 'engine'>;

/** What the engine wrote into its own reports under this policy. Its word, not ours. */
export function ReportedPanel({ reported, engine }: ReportedPanelProps) {
  const given = engineResults.filter((result) => (reported[result] ?? 0) > 0);
  const total = given.reduce((sum, result) => sum + (reported[result] ?? 0), 0);
  return (
    <Panel
      title="What the engine reported"
      hint={formatNoun(total, 'result')}
      action={
        <Link
          href={`/disagreements?engine=${engine}`}
          className="text-accent hover:underline hover:underline-offset-3"
        >
          Where we differ
        </Link>
      }
    >
      <div className="px-4 pb-3">
        {given.length === 0 ? (
          <p className="text-ink-2">
            {engineNames[engine]} has no report about it that we can read.
          </p>
        ) : (
          <ul className="flex flex-wrap gap-x-6 gap-y-1">
            {given.map((result) => (
              <li key={result} className="text-ink-2">
                {engineResultWords[result]}{' '}
                <b className="font-[550] text-ink tabular-nums">
                  {formatCount(reported[result] ?? 0)}
                </b>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
