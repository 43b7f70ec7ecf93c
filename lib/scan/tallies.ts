import { z } from 'zod';
import type { ScanDependencies } from './dependencies.ts';

/** What was done for one scan. */
export interface Tally {
  readonly requests: number;
  readonly signatureChecks: number;
}

/** The channel by which workers beside the one that has the scan in hand tell what they did. */
const talliesChannel = 'sealwatch_tallies';

const Message = z.object({
  worker: z.string(),
  scanId: z.string(),
  requests: z.number().int(),
  signatureChecks: z.number().int(),
});
type Message = z.infer<typeof Message>;

/** Counts requests and signature checks by scan, over all workers of a database. */
export interface Tallies {
  /** Adds signature checks, and the requests that this process made since it was last asked. */
  add(scanId: string, signatureChecks: number): Promise<void>;
  of(scanId: string): Tally;
  forget(scanId: string): void;
  listen(): Promise<() => Promise<void>>;
}

const nothing: Tally = { requests: 0, signatureChecks: 0 };

export function createTallies(
  { store, registry, log }: Pick<ScanDependencies, 'store' | 'registry' | 'log'>,
  worker: string,
): Tallies {
  const tallies = new Map<string, Tally>();
  const madeSoFar = (): number =>
    registry.status().reduce((sum, { requests }) => sum + requests, 0);
  let counted = madeSoFar();

  function count({ scanId, requests, signatureChecks }: Omit<Message, 'worker'>): void {
    const before = tallies.get(scanId) ?? nothing;
    tallies.set(scanId, {
      requests: before.requests + requests,
      signatureChecks: before.signatureChecks + signatureChecks,
    });
  }
  function hear(payload: string): void {
    const message = Message.safeParse(parse(payload));
    if (message.success && message.data.worker !== worker) count(message.data);
  }
  return {
    async add(scanId, signatureChecks) {
      const made = madeSoFar();
      const message = { scanId, requests: made - counted, signatureChecks };
      counted = made;
      count(message);
      // The embedded database has one process: there is nobody else to tell.
      if (store.kind === 'embedded') return;
      await store
        .publish(talliesChannel, JSON.stringify({ worker, ...message } satisfies Message))
        .catch((error: unknown) => log.warn({ err: error }, 'counts could not be told'));
    },
    of: (scanId) => tallies.get(scanId) ?? nothing,
    forget: (scanId) => void tallies.delete(scanId),
    listen: () => store.subscribe(talliesChannel, hear),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
