import { OperationalError } from '#lib/errors.ts';
import type { ClusterReader, ReadProblem } from '#lib/ports/cluster.ts';
import type { ScanSession } from './session.ts';

/** What a reading of admission came to. */
export interface AdmissionOutcome {
  /** What could not be read, for the state of the cluster. */
  readonly problems: readonly ReadProblem[];
  readonly changed: boolean;
}

/**
 * Reads the admission objects of a cluster and makes them the present. A failure is a problem of the
 * cluster and nothing more: what was read before stays, with the age that it has. Throws only when
 * told to stop.
 */
export async function readAdmission(
  { deps, publisher }: ScanSession,
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<AdmissionOutcome> {
  try {
    const reading = await reader.readAdmission({ signal });
    signal.throwIfAborted();
    const { changed } = await deps.store.saveAdmission(reader.id, reading);
    if (changed) publisher.changed('policies');
    return { problems: reading.problems, changed };
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ err: error, cluster: reader.id }, 'admission policies could not be read');
    return { problems: [problemOf(error)], changed: false };
  }
}

const problemOf = (error: unknown): ReadProblem =>
  error instanceof OperationalError
    ? { what: 'admission policies', reason: error.code, detail: error.message }
    : {
        what: 'admission policies',
        reason: 'cluster-error',
        detail: 'Reading them failed inside Sealwatch; the log has the cause.',
      };
