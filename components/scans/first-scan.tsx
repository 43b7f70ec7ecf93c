import { EmptyState } from '#components/ui/empty-state.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { useKnownScans } from '#lib/query/use-known-scans.ts';
import { ScanButton } from './scan-button.tsx';
import { ScanProgress } from './scan-progress.tsx';
import { isActive } from './scan-words.ts';

/** What stands on a page until the first scan has finished: how far it is, and nothing claimed. */
export function FirstScan() {
  const scan = useKnownScans().find(isActive);
  return (
    <div className="grid gap-4">
      <EmptyState
        framed
        title={scan === undefined ? 'Not scanned yet' : 'The first scan is running'}
        {...(scan === undefined && { action: <ScanButton /> })}
      >
        Nothing is claimed before it has finished: what is known by then appears here.
      </EmptyState>
      {scan !== undefined && (
        <Panel title="Scan">
          <ScanProgress scan={scan} />
        </Panel>
      )}
    </div>
  );
}
