import { useState } from 'react';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { formatCount, formatNoun, formatSpan } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import type { ScanRow } from '#lib/contract/sources.ts';
import { useScans } from '#lib/query/scans.ts';
import { ScanProgress } from './scan-progress.tsx';
import { isActive, stateWords, triggerWords } from './scan-words.ts';

/** The running scan, or how the last one went; the scans before it on demand. */
export function ScansPanel() {
  return (
    <QueryBoundary what="the scans" framed>
      <Scans />
    </QueryBoundary>
  );
}

function Scans() {
  const { items } = useScans().data;
  const [all, setAll] = useState(false);
  const shown = items.find(isActive) ?? items[0];
  if (shown === undefined) {
    return (
      <Panel title="Scan">
        <p className="border-line border-t px-4 py-3 text-ink-2">No scan has run yet.</p>
      </Panel>
    );
  }
  const earlier = items.filter((scan) => scan !== shown);
  return (
    <Panel
      title="Scan"
      hint={isActive(shown) ? 'running' : 'the last one'}
      {...(earlier.length > 0 && {
        action: (
          <button
            type="button"
            aria-expanded={all}
            onClick={() => setAll(!all)}
            className="text-accent hover:underline"
          >
            {all ? 'Hide earlier scans' : formatNoun(earlier.length, 'earlier scan')}
          </button>
        ),
      })}
    >
      <ScanProgress scan={shown} />
      {all && <Earlier scans={earlier} />}
    </Panel>
  );
}

function Earlier({ scans }: { readonly scans: readonly ScanRow[] }) {
  return (
    <Table caption="Earlier scans" className="border-line border-t">
      <thead>
        <tr>
          <Th>Started</Th>
          <Th>How it ended</Th>
          <Th numeric>Took</Th>
          <Th numeric>Requests</Th>
          <Th numeric>Signature checks</Th>
          <Th numeric>Failed sources</Th>
        </tr>
      </thead>
      <Tbody>
        {scans.map((scan) => (
          <Tr key={scan.id}>
            <Td label="Started">
              <RelativeTime at={scan.startedAt} />
            </Td>
            <Td label="Ended">
              {stateWords[scan.state]}, {triggerWords[scan.trigger]}
            </Td>
            <Td numeric label="Took">
              {scan.finishedAt === null
                ? '–'
                : formatSpan(Date.parse(scan.finishedAt) - Date.parse(scan.startedAt))}
            </Td>
            <Td numeric label="Requests">
              {formatCount(scan.requests)}
            </Td>
            <Td numeric label="Checks">
              {formatCount(scan.signatureChecks)}
            </Td>
            <Td numeric label="Failed">
              {scan.failures.length}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
