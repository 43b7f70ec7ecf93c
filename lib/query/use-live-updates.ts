import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { LiveEvent, type ScanList } from '#lib/contract/sources.ts';
import { mergeScan, scanKeys } from './scans.ts';

/** News of one second are read together: a watch may report hundreds of changes in a burst. */
const throttleMs = 1_000;
/** News that arrive while the browser takes over the rendered page would not match what it shows. */
const settleMs = 500;

/** Whether the event stream stands. `lost` while the browser tries to open it again. */
type Connection = 'opening' | 'open' | 'lost';

let connection: Connection = 'opening';
const watchers = new Set<() => void>();

function setConnection(next: Connection): void {
  connection = next;
  for (const notify of watchers) notify();
}

/** The state of the one event stream of this page. */
export const useConnection = (): Connection =>
  useSyncExternalStore(
    (notify) => {
      watchers.add(notify);
      return () => watchers.delete(notify);
    },
    () => connection,
    () => 'opening',
  );

/** Listens to the server for as long as the page is open; used once, by the frame. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    let close = () => {};
    const timer = setTimeout(() => {
      close = listen(client, new EventSource('/api/v1/events'));
    }, settleMs);
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [client]);
}

function listen(client: QueryClient, events: EventSource): () => void {
  const stale = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const key of stale) void client.invalidateQueries({ queryKey: [key] });
    stale.clear();
  };

  events.onopen = () => {
    // What happened while the stream was down was never announced.
    if (connection === 'lost') void client.invalidateQueries();
    setConnection('open');
  };
  events.onerror = () => setConnection('lost');
  events.onmessage = ({ data }: MessageEvent<string>) => {
    const event = LiveEvent.safeParse(parse(data)).data;
    if (event === undefined) return;
    if (event.type === 'progress') {
      client.setQueryData<ScanList>(scanKeys.all, (list) => mergeScan(list, event.scan));
      return;
    }
    for (const key of event.keys) stale.add(key);
    timer ??= setTimeout(flush, throttleMs);
  };
  return () => {
    clearTimeout(timer);
    events.close();
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
