'use client';

import { MissingAdmission } from '#components/status/admission-sources.tsx';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { SimulateForm } from './simulate-form.tsx';
import { SimulationTable } from './simulation-table.tsx';

/** What enforcing, or another policy, would do to what runs and to what ran. */
export function SimulateView() {
  return (
    <>
      <PageHeader
        title="Simulate"
        description="What would be refused if policies enforced or were changed, worked out over what runs and what ran."
      />
      <MissingAdmission noun="decisions" />
      <div className="grid gap-4">
        <SimulateForm />
        <QueryBoundary what="the earlier simulations" framed skeleton={<TableOnItsWay />}>
          <SimulationTable />
        </QueryBoundary>
      </div>
    </>
  );
}

function TableOnItsWay() {
  return (
    <Panel title="Earlier simulations">
      <SkeletonRows rows={4} widths={[18, 6, 5, 5, 4]} label="Reading the earlier simulations" />
    </Panel>
  );
}
