import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { DecisionBadge } from '#components/status/admission-badge.tsx';
import { engineResultWords, engineText } from '#components/status/admission-words.ts';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { AsOf } from '#components/ui/as-of.tsx';
import { Link } from '#components/ui/link.tsx';
import { ReferenceText } from '#components/ui/reference-text.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SourceText } from '#components/ui/source-text.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { workloadHref } from '#components/workloads/workload-view.ts';
import type { DisagreementRow } from '#lib/contract/disagreements.ts';

interface DisagreementPanelProps {
  readonly row: DisagreementRow;
  readonly onClose: () => void;
}

/** The engine's word beside ours about one container, why they differ, and what to do. */
export function DisagreementPanel({ row, onClose }: DisagreementPanelProps) {
  const { workloadKind, cluster, namespace, workload, title, why, remedy, source } = row;
  return (
    <>
      <PanelHead
        above={`${workloadKind} in ${cluster} / ${namespace}`}
        title={workload}
        href={workloadHref(row.workloadId)}
        onClose={onClose}
      />
      <div className="grid gap-1 px-4 py-3">
        <p className="font-medium">{title}</p>
        <Wrap>{why}</Wrap>
      </div>
      <Comparison row={row} />
      <PanelPart title="Do this">
        <Wrap>{remedy}</Wrap>
        {source !== null && (
          <p className="text-ink-2">
            Source: <SourceText value={source} />
          </p>
        )}
      </PanelPart>
      <PanelPart title="About">
        <Facts entries={facts(row)} />
      </PanelPart>
    </>
  );
}

/** Both words side by side, each with what it rests on. */
function Comparison({ row }: { readonly row: DisagreementRow }) {
  const { engine, engineVersion, engineSays, engineAt, weSay, status, asOf, stale } = row;
  return (
    <div className="grid grid-cols-2 border-line border-t">
      <section className="grid content-start gap-1 px-4 py-3">
        <h3 className="text-ink-2 text-label">
          <Wrap>{engineText(engine, engineVersion)}</Wrap>
        </h3>
        <p className="font-medium">{engineResultWords[engineSays]}</p>
        <p className="text-ink-2">
          {engineAt === null ? (
            'Its report has no time.'
          ) : (
            <>
              Reported <RelativeTime at={engineAt} />.
            </>
          )}
        </p>
      </section>
      <section className="grid content-start justify-items-start gap-1 border-line border-l px-4 py-3">
        <h3 className="text-ink-2 text-label">Sealwatch</h3>
        <DecisionBadge outcome={weSay} />
        <StatusBadge status={status} />
        <p className="text-ink-2">
          <AsOf at={asOf} stale={stale} />
        </p>
      </section>
    </div>
  );
}

const facts = (row: DisagreementRow): readonly FactEntry[] => [
  { name: 'Policy', value: <Wrap>{row.policy}</Wrap> },
  { name: 'Rule', value: row.rule && <Wrap>{row.rule}</Wrap> },
  { name: 'Container', value: <Wrap>{row.container}</Wrap> },
  { name: 'Image', value: <ReferenceText value={row.image} wrap /> },
  {
    name: 'Verdict',
    value: row.digest && (
      <Link href={`/images/${row.digest}`} className="text-accent hover:underline">
        How do we know?
      </Link>
    ),
  },
  { name: 'Owner', value: row.team === null ? 'no team label' : <Wrap>{row.team}</Wrap> },
];
