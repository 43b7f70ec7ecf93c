'use client';

import { RotateCw } from 'lucide-react';
import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { MissingAdmission } from '#components/status/admission-sources.tsx';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { AsOf } from '#components/ui/as-of.tsx';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatSpan } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Simulation } from '#lib/contract/simulations.ts';
import { isUnderWay, useSimulation, useSimulationControl } from '#lib/query/simulations.ts';
import { SimulationStateBadge } from './simulation-badges.tsx';
import { SimulationProgress } from './simulation-progress.tsx';
import { SimulationResult } from './simulation-result.tsx';
import { titleOf } from './simulation-words.ts';
import { formHref, simulationHref } from './supposition.ts';

/** One simulation under its own link: how far it is, or what it came to. */
export function SimulationPage({ id }: { readonly id: string }) {
  return (
    <QueryBoundary
      what="this simulation"
      framed
      skeleton={<PanelSkeleton label="Reading the simulation" />}
    >
      <Loaded id={id} />
    </QueryBoundary>
  );
}

function Loaded({ id }: { readonly id: string }) {
  const { data: simulation, dataUpdatedAt } = useSimulation(id);
  return (
    <>
      <PageHeader
        above={<Link href="/simulate">Simulate</Link>}
        title={<Wrap>{titleOf(simulation)}</Wrap>}
        actions={<Actions simulation={simulation} />}
      />
      <Facts form="row" entries={facts(simulation)} className="mb-4" />
      <MissingAdmission noun="decisions" />
      <Body simulation={simulation} readAt={dataUpdatedAt} />
    </>
  );
}

interface BodyProps {
  readonly simulation: Simulation;
  readonly readAt: number;
}

function Body({ simulation, readAt }: BodyProps) {
  const { state, done, total, problem } = simulation;
  switch (state) {
    case 'queued':
    case 'running':
      return <SimulationProgress simulation={simulation} readAt={readAt} />;
    case 'done':
      return <SimulationResult simulation={simulation} />;
    case 'stopped':
      return (
        <Ended title="Stopped" simulation={simulation}>
          It was stopped after {formatCount(done)} of {formatCount(total)} workloads. A part of a
          result would look like the whole, so none is kept.
        </Ended>
      );
    case 'failed':
      return (
        <Ended title="Failed" role="alert" simulation={simulation}>
          <Wrap>{problem ?? 'The server did not say why.'}</Wrap> Nothing is known of its result.
        </Ended>
      );
  }
}

interface EndedProps {
  readonly title: string;
  readonly role?: 'alert';
  readonly simulation: Simulation;
  readonly children: ReactNode;
}

function Ended({ title, role, simulation, children }: EndedProps) {
  return (
    <EmptyState
      framed
      title={title}
      {...(role && { role })}
      action={<ButtonLink href={formHref(simulation)}>Change what is supposed</ButtonLink>}
    >
      {children}
    </EmptyState>
  );
}

/** Asks for the same once more: a result is only as new as what it was worked out from. */
function Actions({ simulation }: { readonly simulation: Simulation }) {
  const { start } = useSimulationControl();
  const router = useRouter();
  const again = () =>
    start.mutate(simulation.request, {
      onSuccess: ({ id }) => router.push(simulationHref(id) as Route),
    });
  return (
    <span className="flex flex-wrap items-center gap-2">
      {start.error !== null && (
        <span role="alert" className="text-notice-text">
          {start.error.message}
        </span>
      )}
      <ButtonLink href={formHref(simulation)}>Change</ButtonLink>
      {!isUnderWay(simulation) && (
        <Button disabled={start.isPending} onClick={again}>
          <RotateCw aria-hidden="true" />
          Run again
        </Button>
      )}
    </span>
  );
}

const facts = (simulation: Simulation): readonly FactEntry[] => {
  const { state, request, createdAt, finishedAt, asOf } = simulation;
  return [
    { name: 'State', value: <SimulationStateBadge state={state} /> },
    {
      name: 'Looked at',
      value: request.days === 0 ? 'what runs' : `what runs, and what ran in ${request.days} d`,
    },
    {
      name: 'Namespaces',
      value: request.namespaces.length === 0 ? 'all' : <Wrap>{request.namespaces.join(', ')}</Wrap>,
    },
    { name: 'Asked for', value: <RelativeTime at={createdAt} /> },
    {
      name: 'Took',
      value: finishedAt && formatSpan(Date.parse(finishedAt) - Date.parse(createdAt)),
    },
    { name: 'As of', value: asOf && <AsOf at={asOf} stale={false} /> },
  ];
};
