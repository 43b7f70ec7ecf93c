import type { ClusterReader } from '#lib/ports/cluster.ts';
import { type AdmissionOutcome, readAdmission } from './read-admission.ts';
import type { ScanSession } from './session.ts';

/** Reads the admission objects of a followed cluster again and again. */
export interface AdmissionFollower {
  /** Reads nothing, and drops what it is reading: a reading of the whole reads them too, and later. */
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

/** Begins after one interval; `onRead` is told of every reading that came to its end. */
export function followAdmission(
  session: ScanSession,
  reader: ClusterReader,
  onRead: (outcome: AdmissionOutcome) => void,
): AdmissionFollower {
  let held = false;
  let stopped = false;
  let aborting = new AbortController();
  let reading: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function read(): Promise<void> {
    if (!held) {
      aborting = new AbortController();
      const { signal } = aborting;
      try {
        onRead(await readAdmission(session, reader, signal));
      } catch (error) {
        if (!signal.aborted)
          session.deps.log.error({ err: error, cluster: reader.id }, 'admission was not followed');
      }
    }
    later();
  }
  function later(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      reading = read();
    }, session.pace.admissionMs);
  }
  later();
  return {
    hold() {
      held = true;
      aborting.abort();
    },
    release() {
      held = false;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      aborting.abort();
      await reading;
    },
  };
}
