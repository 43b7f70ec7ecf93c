import type { ControllerFacts, PodFacts } from '#lib/model/workload.ts';
import { isActive, type Runs } from './uses.ts';

/**
 * What a workload would run at its next start: the templates of those of its controllers that have
 * no active pod now (a CronJob between runs, a Deployment scaled to zero or refused by admission).
 *
 * Where no template is known and nothing runs, the newest ended pod speaks for its container images:
 * a finished Job stays visible with the image it ran, and earlier ended pods are not told as replicas.
 */
export function declaredRuns(
  controllers: readonly ControllerFacts[],
  pods: readonly PodFacts[],
  busy: ReadonlySet<string>,
): Runs[] {
  const atRest = controllers.filter(({ uid }) => !busy.has(uid));
  if (controllers.length > 0) return atRest.map(({ containers }) => ({ containers }));
  if (pods.some(isActive)) return [];
  const last = newestOf(pods);
  return last === undefined ? [] : [{ containers: last.containers }];
}

/** The pod that was made last. */
export const newestOf = (pods: readonly PodFacts[]): PodFacts | undefined =>
  pods.reduce<PodFacts | undefined>(
    (newest, pod) => (newest === undefined || age(pod) > age(newest) ? pod : newest),
    undefined,
  );

const age = ({ createdAt, uid }: PodFacts): string => `${createdAt} ${uid}`;
