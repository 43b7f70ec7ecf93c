import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { ScanList, ScanRow } from '#lib/contract/sources.ts';
import { fetchJson } from './fetch-json.ts';

export const scanKeys = { all: ['scans'] as const };

/** The latest scans, newest first. */
export const scansQuery = () =>
  queryOptions({
    queryKey: scanKeys.all,
    queryFn: ({ signal }) => fetchJson('/api/v1/scans', { response: ScanList, signal }),
  });

/** Reads {@link scansQuery}; waits for it, and fails into the boundary around it. */
export const useScans = () => useSuspenseQuery(scansQuery());

/** Puts the newest state of one scan into the list that is shown. */
export function mergeScan(list: ScanList | undefined, scan: ScanRow): ScanList {
  const others = (list?.items ?? []).filter(({ id }) => id !== scan.id);
  const items = [scan, ...others].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  return { items };
}

/** Asks for a scan, or asks the running one to stop: what it has found stays. */
export function useScanControl() {
  const client = useQueryClient();
  const onSuccess = (scan: ScanRow) => {
    client.setQueryData<ScanList>(scanKeys.all, (list) => mergeScan(list, scan));
  };
  const start = useMutation({
    mutationFn: (full: boolean) =>
      fetchJson('/api/v1/scans', { method: 'POST', body: { full }, response: ScanRow }),
    onSuccess,
  });
  const stop = useMutation({
    mutationFn: (id: string) =>
      fetchJson(`/api/v1/scans/${encodeURIComponent(id)}`, {
        method: 'DELETE',
        response: ScanRow,
      }),
    onSuccess,
  });
  return { start, stop };
}
