import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatNoun, formatSpan } from '#components/ui/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import type { ScanRow } from '#lib/contract/sources.ts';
import { useScans } from '#lib/query/scans.ts';
import { ScanProgress } from './scan-progress.tsx';
import { isActive, stateWords, triggerWords } from './scan-words.ts';

/** The running scan, or how the last one went; the scans before it on demand. */
export function ScansPanel() {
  const { data, error } = useScans();
  const [all, setAll] = useState(false);
  const scans = data?.items ?? [];
  const shown = scans.find(isActive) ?? scans[0];
  const earlier = scans.filter((scan) => scan !== shown);
  return (
    <Panel
      title="Scan"
      {...(shown !== undefined && { hint: isActive(shown) ? 'running' : 'the last one' })}
      {...(earlier.length > 0 && {
        action: (
          <Button variant="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Hide earlier scans' : `${formatNoun(earlier.length, 'earlier scan')}`}
          </Button>
        ),
      })}
    >
      {shown !== undefined && <ScanProgress scan={shown} />}
      {shown === undefined && (
        <div className="h-[126px] border-line border-t px-4 py-3 text-ink-2">
          <Note pending={data === undefined && error === null} failure={error?.message} />
        </div>
      )}
      {all && <Earlier scans={earlier} />}
    </Panel>
  );
}

interface NoteProps {
  readonly pending: boolean;
  readonly failure: string | undefined;
}

function Note({ pending, failure }: NoteProps) {
  if (pending) return <Skeleton className="h-4 w-64" />;
  return failure === undefined ? 'No scan has run yet.' : `The scans cannot be shown: ${failure}`;
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
              {scan.requests.toLocaleString('en-US')}
            </Td>
            <Td numeric label="Checks">
              {scan.signatureChecks.toLocaleString('en-US')}
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
