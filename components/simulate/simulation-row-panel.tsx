import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { DecisionBadge } from '#components/status/admission-badge.tsx';
import { eventWords } from '#components/status/admission-words.ts';
import { formatNoun } from '#components/ui/format.ts';
import { ReferenceText } from '#components/ui/reference-text.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { workloadHref } from '#components/workloads/workload-view.ts';
import type { SimulationRow } from '#lib/contract/simulations.ts';
import { ChangeBadge } from './simulation-badges.tsx';
import { changeWords } from './simulation-words.ts';

interface SimulationRowPanelProps {
  readonly row: SimulationRow;
  readonly onClose: () => void;
}

/** One workload: how it is decided today and would be, why, and when that would be met. */
export function SimulationRowPanel({ row, onClose }: SimulationRowPanelProps) {
  const { workloadKind, cluster, namespace, workload, change, why, today, supposed } = row;
  return (
    <>
      <PanelHead
        above={`${workloadKind} in ${cluster} / ${namespace}`}
        title={workload}
        href={row.lastSeen === null ? workloadHref(row.workloadId) : undefined}
        onClose={onClose}
      />
      <div className="grid gap-1 px-4 py-3">
        <ChangeBadge change={change} />
        <p className="text-ink-2">{changeWords[change].says}</p>
        <Wrap>{why}</Wrap>
      </div>
      <div className="grid grid-cols-2 border-line border-t">
        <section className="grid content-start justify-items-start gap-1 px-4 py-3">
          <h3 className="text-ink-2 text-label">Today</h3>
          <DecisionBadge outcome={today} />
        </section>
        <section className="grid content-start justify-items-start gap-1 border-line border-l px-4 py-3">
          <h3 className="text-ink-2 text-label">As supposed</h3>
          <DecisionBadge outcome={supposed} />
        </section>
      </div>
      <PanelPart title="Next event" hint={eventWords[row.event].word}>
        <Wrap>{row.eventDetail}</Wrap>
      </PanelPart>
      <PanelPart title="About">
        <Facts entries={facts(row)} />
      </PanelPart>
    </>
  );
}

const facts = (row: SimulationRow): readonly FactEntry[] => [
  { name: 'Policy', value: <Wrap>{row.policy}</Wrap> },
  { name: 'Rule', value: <Wrap>{row.rule}</Wrap> },
  { name: 'Container', value: <Wrap>{row.container}</Wrap> },
  { name: 'Image', value: <ReferenceText value={row.image} wrap /> },
  { name: 'Owner', value: row.team === null ? 'no team label' : <Wrap>{row.team}</Wrap> },
  {
    name: 'Running',
    value:
      row.lastSeen === null ? (
        formatNoun(row.pods, 'pod')
      ) : (
        <>
          no more, last seen <RelativeTime at={row.lastSeen} />
        </>
      ),
  },
];
