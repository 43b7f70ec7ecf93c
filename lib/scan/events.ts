import type { LiveEvent, ScanRow } from '#lib/contract/sources.ts';
import type { Log } from '#lib/log.ts';
import type { Store } from '#lib/ports/store.ts';

/** The channel of what pages must read again. */
export const changedChannel = 'sealwatch_changed';

/** A NOTIFY payload ends at 8,000 bytes; a longer progress is told as a change to be read. */
const payloadBytes = 7_500;

/** The top query keys that a page can be told to read again. */
export type ChangedKey =
  | 'workloads'
  | 'images'
  | 'overview'
  | 'clusters'
  | 'registries'
  | 'findings'
  | 'policies'
  | 'scans'
  | 'sources'
  | 'simulations';

/** Tells every page what changed, at most once an interval. */
export interface Publisher {
  changed(...keys: ChangedKey[]): void;
  progress(scan: ScanRow): void;
  /** Tells what is pending now. */
  flush(): Promise<void>;
}

/** A publisher never throws: a page that was not told reads again by itself. */
export function createPublisher(
  store: Pick<Store, 'publish'>,
  { everyMs, now, log }: { readonly everyMs: number; readonly now: () => Date; readonly log: Log },
): Publisher {
  const keys = new Set<ChangedKey>();
  const scans = new Map<string, ScanRow>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  async function send(events: readonly LiveEvent[]): Promise<void> {
    try {
      for (const event of events) await store.publish(changedChannel, payloadOf(event));
    } catch (error) {
      log.warn({ err: error }, 'pages could not be told of a change');
    }
  }
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const at = now().toISOString();
    const events: LiveEvent[] = [...scans.values()].map((scan) => ({ type: 'progress', scan }));
    if (keys.size > 0) events.push({ type: 'changed', keys: [...keys], at });
    scans.clear();
    keys.clear();
    sending = sending.then(() => send(events));
    return sending;
  }
  function later(): void {
    timer ??= setTimeout(() => void flush(), everyMs).unref();
  }
  return {
    changed(...more) {
      for (const key of more) keys.add(key);
      later();
    },
    progress(scan) {
      scans.set(scan.id, scan);
      later();
    },
    flush,
  };
}

function payloadOf(event: LiveEvent): string {
  const payload = JSON.stringify(event);
  if (event.type !== 'progress' || Buffer.byteLength(payload) <= payloadBytes) return payload;
  const at = event.scan.finishedAt ?? event.scan.startedAt;
  return JSON.stringify({ type: 'changed', keys: ['scans'], at } satisfies LiveEvent);
}
