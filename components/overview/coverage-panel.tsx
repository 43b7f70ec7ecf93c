import { useState } from 'react';
import { CoverageTable } from '#components/coverage/coverage-table.tsx';
import { runningHref } from '#components/status/hrefs.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import type { Overview } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';

const dimensions = [
  { value: 'cluster', label: 'By cluster' },
  { value: 'registry', label: 'By registry' },
  { value: 'team', label: 'By team' },
] as const;
type Dimension = (typeof dimensions)[number]['value'];

const heads: Readonly<Record<Dimension, { head: string; child: string }>> = {
  cluster: { head: 'Cluster, namespace', child: 'namespace' },
  registry: { head: 'Registry', child: 'repository' },
  team: { head: 'Team', child: 'namespace' },
};

interface CoveragePanelProps {
  readonly fleet: Overview;
  readonly scope: Scope;
}

/** The same band for every part of the fleet. */
export function CoveragePanel({ fleet, scope }: CoveragePanelProps) {
  const [dimension, setDimension] = useState<Dimension>('cluster');
  const rows = { cluster: fleet.byCluster, registry: fleet.byRegistry, team: fleet.byTeam };
  return (
    <Panel title="Coverage of running containers" titleHidden>
      <Tabs
        label="Coverage of running containers"
        value={dimension}
        onChange={setDimension}
        tabs={dimensions}
        action={<span className="text-ink-2">running containers</span>}
      >
        <CoverageTable
          key={dimension}
          caption={`Coverage of running containers, ${dimension === 'cluster' ? 'by cluster and namespace' : `by ${dimension}`}`}
          rows={rows[dimension]}
          {...heads[dimension]}
          hrefOf={(row, child, status) =>
            row === ''
              ? undefined
              : runningHref({
                  ...scope,
                  [dimension]: [row],
                  ...(child !== undefined && dimension !== 'registry' && { namespace: [child] }),
                  ...(status !== undefined && { status: [status] }),
                })
          }
        />
      </Tabs>
    </Panel>
  );
}
