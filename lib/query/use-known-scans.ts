import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ScanRow } from '#lib/contract/sources.ts';
import { scansQuery } from './scans.ts';

/**
 * The scans as far as they are known, for what does not wait. Nothing while the browser takes over:
 * the server rendered without them.
 */
export function useKnownScans(): readonly ScanRow[] {
  const { data } = useQuery(scansQuery());
  const taken = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
  return (taken && data?.items) || [];
}

const neverChanges = () => () => undefined;
