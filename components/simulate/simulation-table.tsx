import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Simulation } from '#lib/contract/simulations.ts';
import { isUnderWay, useSimulations } from '#lib/query/simulations.ts';
import { SimulationStateBadge } from './simulation-badges.tsx';
import { refusedText, titleOf } from './simulation-words.ts';
import { simulationHref } from './supposition.ts';

/** Earlier simulations with how they stand and what they came to. */
export function SimulationTable() {
  const { items } = useSimulations();
  return (
    <Panel
      title="Earlier simulations"
      hint="the newest first; a link holds while it is among the newest 200"
    >
      {items.length === 0 ? (
        <p className="border-line border-t px-4 py-3 text-ink-2">Nothing was simulated yet.</p>
      ) : (
        <Table caption="Earlier simulations, newest first">
          <thead>
            <tr>
              <Th>Supposed</Th>
              <Th>State</Th>
              <Th numeric>Would be refused</Th>
              <Th numeric>Workloads</Th>
              <Th numeric>History</Th>
              <Th numeric>Asked for</Th>
            </tr>
          </thead>
          <Tbody>
            {items.map((simulation) => (
              <Line key={simulation.id} simulation={simulation} />
            ))}
          </Tbody>
        </Table>
      )}
    </Panel>
  );
}

function Line({ simulation }: { readonly simulation: Simulation }) {
  const { id, state, counts, createdAt, request } = simulation;
  const result = (text: string) =>
    state === 'done' ? text : <span className="text-ink-3">–</span>;
  return (
    <Tr>
      <Td card="lead">
        <Link href={simulationHref(id)} className="font-medium">
          <Wrap>{titleOf(simulation)}</Wrap>
        </Link>
      </Td>
      <Td label="State">
        <span className="inline-flex items-center gap-2">
          <SimulationStateBadge state={state} />
          {isUnderWay(simulation) && <Share simulation={simulation} />}
        </span>
      </Td>
      <Td label="Refused" numeric>
        {result(refusedText(counts))}
      </Td>
      <Td label="Workloads" numeric>
        {result(formatCount(counts.workloads))}
      </Td>
      <Td label="History" numeric>
        {request.days === 0 ? 'none' : `${request.days} d`}
      </Td>
      <Td label="Asked for" numeric>
        <RelativeTime at={createdAt} />
      </Td>
    </Tr>
  );
}

function Share({ simulation: { done, total } }: { readonly simulation: Simulation }) {
  if (total === 0) return null;
  return (
    <span className="text-ink-3 tabular-nums">
      {formatCount(done)} of {formatCount(total)}
    </span>
  );
}
