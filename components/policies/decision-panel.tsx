import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { DecisionBadge, ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames, eventWords } from '#components/status/admission-words.ts';
import { policyHref } from '#components/status/hrefs.ts';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { AsOf } from '#components/ui/as-of.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { ReferenceText } from '#components/ui/reference-text.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { workloadHref } from '#components/workloads/workload-view.ts';
import type { DecisionRow } from '#lib/contract/decisions.ts';

interface DecisionPanelProps {
  readonly row: DecisionRow;
  readonly onClose: () => void;
}

/** One rule about one container: today, if it enforced, why, and what meets it next. */
export function DecisionPanel({ row, onClose }: DecisionPanelProps) {
  const { workloadKind, cluster, namespace, workload, today, enforced, why } = row;
  return (
    <>
      <PanelHead
        above={`${workloadKind} in ${cluster} / ${namespace}`}
        title={workload}
        href={workloadHref(row.workloadId)}
        onClose={onClose}
      />
      <div className="grid gap-2 px-4 py-3">
        <Facts
          form="row"
          entries={[
            { name: 'Today', value: <DecisionBadge outcome={today} /> },
            { name: 'If enforced', value: <DecisionBadge outcome={enforced} /> },
          ]}
        />
        <p>
          <Wrap>{why}</Wrap>
        </p>
        {row.engineMayDiffer !== null && (
          <p className="text-ink-2">
            The engine may decide otherwise: <Wrap>{row.engineMayDiffer}</Wrap>
          </p>
        )}
      </div>
      <PanelPart title="What meets it next" hint={formatNoun(row.pods, 'pod')}>
        <p>
          <span className="font-medium">{eventWords[row.event].word}.</span>{' '}
          <Wrap className="text-ink-2">{row.eventDetail}</Wrap>
        </p>
      </PanelPart>
      <PanelPart title="Rule">
        <Facts entries={ruleFacts(row)} />
      </PanelPart>
      <PanelPart title="Container">
        <Facts entries={containerFacts(row)} />
      </PanelPart>
    </>
  );
}

const ruleFacts = ({ policyId, policy, rule, engine, mode }: DecisionRow): readonly FactEntry[] => [
  {
    name: 'Policy',
    value: (
      <Link href={policyHref(policyId)} className="text-accent hover:underline">
        <Wrap>{policy}</Wrap>
      </Link>
    ),
  },
  { name: 'Rule', value: <Wrap>{rule}</Wrap> },
  { name: 'Engine', value: engineNames[engine] },
  { name: 'Mode here', value: <ModeBadge mode={mode} /> },
];

const containerFacts = (row: DecisionRow): readonly FactEntry[] => [
  {
    name: 'Container',
    value: <Wrap>{`${row.container} (${row.containerKind.replaceAll('-', ' ')})`}</Wrap>,
  },
  { name: 'Image', value: <ReferenceText value={row.image} wrap /> },
  { name: 'Our verdict', value: <StatusBadge status={row.status} /> },
  { name: 'Team', value: row.team === null ? 'no team label' : <Wrap>{row.team}</Wrap> },
  { name: 'As of', value: <AsOf at={row.asOf} stale={row.stale} /> },
];
