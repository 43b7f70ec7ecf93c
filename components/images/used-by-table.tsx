import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageDetail } from '#lib/contract/images.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';

/** Rows drawn at first; the rest follow on request, so that none is out of reach. */
const atFirst = 50;

type Use = ImageDetail['usedBy'][number];

/** Every container that runs this digest. */
export function UsedByTable({ image }: { readonly image: ImageDetail }) {
  const [all, setAll] = useState(false);
  const { usedBy, digest } = image;
  const workloads = new Set(usedBy.map(({ workloadId }) => workloadId)).size;
  const shown = all ? usedBy : usedBy.slice(0, atFirst);
  return (
    <Panel
      title="Where it runs"
      hint={`${formatNoun(usedBy.length, 'container')}, ${formatNoun(workloads, 'workload')}`}
      action={
        usedBy.length > 0 && (
          <Link
            href={urlOf('/workloads', writeUrl(WorkloadFilter, { digest }))}
            className="text-accent hover:underline hover:underline-offset-3"
          >
            Open as list
          </Link>
        )
      }
    >
      {usedBy.length === 0 ? (
        <p className="px-4 pb-3 text-ink-2">It runs in none of the clusters that we read.</p>
      ) : (
        <Table caption="Containers that run this digest">
          <thead>
            <tr>
              <Th>Workload</Th>
              <Th>Container</Th>
              <Th>Kind</Th>
              <Th>Cluster</Th>
              <Th numeric>Pods</Th>
            </tr>
          </thead>
          <Tbody>
            {shown.map((use) => (
              <UseRow key={`${use.workloadId} ${use.container}`} use={use} />
            ))}
          </Tbody>
        </Table>
      )}
      {shown.length < usedBy.length && (
        <div className="border-line border-t px-4 py-2">
          <Button variant="quiet" onClick={() => setAll(true)}>
            Show all {formatCount(usedBy.length)}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function UseRow({ use }: { readonly use: Use }) {
  return (
    <Tr>
      <Td card="lead">
        <Link href={`/workloads/${encodeURIComponent(use.workloadId)}`}>
          <Wrap className="text-ink-2">{use.namespace}</Wrap>
          <span className="px-1 text-ink-3">/</span>
          <Wrap className="font-medium">{use.workload}</Wrap>
        </Link>
      </Td>
      <Td label="Container">
        <Wrap>{use.container}</Wrap>
      </Td>
      <Td label="Kind">
        <Wrap>{use.kind}</Wrap>
      </Td>
      <Td label="Cluster">
        <Wrap>{use.cluster}</Wrap>
      </Td>
      <Td label="Pods" numeric>
        {use.pods === 0 ? <span className="text-ink-3">at rest</span> : formatCount(use.pods)}
      </Td>
    </Tr>
  );
}
