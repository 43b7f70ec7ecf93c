import { RefreshCw } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { useScanControl } from '#lib/query/scans.ts';
import { useKnownScans } from '#lib/query/use-known-scans.ts';
import { isActive } from './scan-words.ts';

/** Asks for a scan; says so while one runs. */
export function ScanButton() {
  const { start } = useScanControl();
  const active = useKnownScans().some(isActive);
  return (
    <span className="inline-flex items-center gap-3">
      {start.error !== null && (
        <span role="alert" className="text-ink-2">
          {start.error.message}
        </span>
      )}
      <Button disabled={active || start.isPending} onClick={() => start.mutate(false)}>
        <RefreshCw aria-hidden="true" />
        {active ? 'Scan is running' : 'Scan now'}
      </Button>
    </span>
  );
}
