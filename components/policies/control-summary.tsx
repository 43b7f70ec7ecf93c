import { modeWords } from '#components/status/admission-words.ts';
import { gapHref } from '#components/status/hrefs.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Clip } from '#components/ui/text.tsx';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { type PolicyMode, policyModes } from '#lib/model/policy.ts';
import { type ControlRead, useControl, useGap } from '#lib/query/policies.ts';
import { whyNot } from './control-matrix.tsx';
import { countModes } from './control-panel.tsx';
import { gapSentence } from './gap.ts';
import { PolicyView } from './policy-view.ts';

/** Namespaces without control that are named here; all of them are a link away. */
const named = 4;

interface ControlSummaryProps {
  readonly scope: Scope;
}

/** Admission at a glance: namespaces by the strongest mode in effect, and the audit gap. */
export function ControlSummary({ scope }: ControlSummaryProps) {
  const { cluster, namespace } = scope;
  const control = useControl({ cluster, namespace, mode: [] });
  const gap = useGap(cluster);
  return (
    <Panel
      title="Admission"
      hint="namespaces by the strongest mode in effect"
      action={
        <Link
          href={controlHref(scope, [])}
          className="text-accent hover:underline hover:underline-offset-3"
        >
          All namespaces
        </Link>
      }
    >
      <div className="grid min-h-28 gap-x-8 gap-y-3 px-4 pb-4 lg:grid-cols-2">
        <div>
          <Modes control={control} scope={scope} />
          {gap !== undefined && (
            <p className="mt-3 max-w-[72ch] text-pretty text-ink-2">
              <Link href={gapHref({ cluster })}>{gapSentence(gap.gap, 'every policy')}</Link>
              {gap.missing.length > 0 && ' Not everything could be read, so there may be more.'}
            </p>
          )}
        </div>
        <Uncontrolled control={control} scope={scope} />
      </div>
    </Panel>
  );
}

interface PartProps extends ControlSummaryProps {
  readonly control: ControlRead;
}

function Modes({ control: { data, error }, scope }: PartProps) {
  if (error !== null) return <p className="text-notice-text">Cannot be shown: {error.message}</p>;
  if (data === undefined) return <Skeleton className="h-10 w-4/5" />;
  const counts = countModes(data.items);
  return (
    <ul className="grid grid-cols-4 max-md:grid-cols-2">
      {policyModes.map((mode) => {
        const { word, Icon } = modeWords[mode];
        return (
          <li key={mode}>
            <Link
              href={controlHref(scope, [mode])}
              className="grid gap-0.5 hover:text-ink [&:hover_.count]:text-accent"
            >
              <span className="inline-flex items-center gap-1.5 font-medium text-label">
                <Icon aria-hidden="true" className="size-4 text-ink-2" />
                {word}
              </span>
              <span className="count text-count tabular-nums">{formatCount(counts[mode])}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** Namespaces that nothing controls, those with most workloads first. */
function Uncontrolled({ control: { data }, scope }: PartProps) {
  const none = (data?.items ?? []).filter(({ strongest }) => strongest === 'none');
  if (none.length === 0) return null;
  const first = none.toSorted((a, b) => b.workloads - a.workloads).slice(0, named);
  return (
    <div className="min-w-0">
      <p className="font-medium text-label">
        Nothing controls {formatNoun(none.length, 'namespace')}
      </p>
      <ul>
        {first.map((row) => (
          <li key={`${row.cluster} ${row.namespace}`} className="flex min-w-0 gap-2">
            <Clip className="max-w-[45%] flex-none">{`${row.cluster} / ${row.namespace}`}</Clip>
            <Clip className="text-ink-3">{whyNot(row)}</Clip>
          </li>
        ))}
      </ul>
      {none.length > first.length && (
        <Link
          href={controlHref(scope, ['none'])}
          className="text-accent hover:underline hover:underline-offset-3"
        >
          All {formatCount(none.length)}
        </Link>
      )}
    </div>
  );
}

/** The control matrix on the page of policies, narrowed to namespaces with these modes in effect. */
const controlHref = (scope: Scope, strongest: readonly PolicyMode[]): string =>
  `${urlOf('/policies', writeUrl(PolicyView, { ...scope, strongest: [...strongest] }))}#control`;
