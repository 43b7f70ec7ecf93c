import type { Log } from '#lib/log.ts';
import type { Scanner } from './scanner.ts';

/** How often we look for retries that are due. */
const lookMs = 30_000;

interface ScheduleOptions {
  readonly scanner: Scanner;
  /** Looks for what is due outside of scans. */
  readonly look: () => void;
  /** Whether to begin with a scan; not when an earlier one goes on. */
  readonly scanNow: boolean;
  readonly everyMs?: number;
  readonly log: Log;
}

/** The first scan at once, then one every `everyMs`; between them whatever is due again. */
export function startSchedule(options: ScheduleOptions): { stop(): void } {
  const { scanner, look, scanNow, everyMs, log } = options;
  const scan = (trigger: 'start' | 'schedule'): void => {
    scanner.requestScan(trigger, false).catch((error: unknown) => {
      log.error({ err: error, trigger }, 'a scan could not be asked for');
    });
  };
  if (scanNow) scan('start');
  const timers = [setInterval(look, lookMs).unref()];
  if (everyMs !== undefined) timers.push(setInterval(() => scan('schedule'), everyMs).unref());
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
