import { type ParsedReference, parseReference, pinOf } from '#lib/model/reference.ts';
import type { ContainerFacts, ImageUse, PodFacts } from '#lib/model/workload.ts';
import { runningImage, runningKey } from './running.ts';

/** How many pods of a use are named. */
const namedPods = 5;

/** Containers of something that runs, or would run, as one pod. */
export interface Runs {
  readonly containers: readonly ContainerFacts[];
  /** The pod's name; absent for a template or a pod that has ended. */
  readonly pod?: string;
}

/**
 * Groups containers into uses: the same container with the same declared reference and the same
 * running image is one use, however many pods agree. Pods are named in the order given.
 */
export function usesOf(workloadId: string, runs: Iterable<Runs>): ImageUse[] {
  const uses = new Map<string, Mutable>();
  for (const { containers, pod } of runs) {
    for (const container of containers) {
      const running = runningImage(container.imageId);
      const key = [container.name, container.kind, container.image, runningKey(running)].join('\n');
      const use = uses.get(key) ?? {
        ...describe(workloadId, container),
        running,
        pods: 0,
        examples: [],
      };
      uses.set(key, use);
      if (pod === undefined) continue;
      use.pods += 1;
      if (use.examples.length < namedPods) use.examples.push(pod);
    }
  }
  return [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

/** False once all containers of a pod have ended for good. */
export const isActive = ({ phase }: PodFacts): boolean =>
  phase !== 'Succeeded' && phase !== 'Failed';

type Mutable = Omit<ImageUse, 'pods' | 'examples'> & { pods: number; examples: string[] };

function describe(workloadId: string, { name, kind, image }: ContainerFacts) {
  return {
    workloadId,
    container: name,
    kind,
    declared: image,
    ...referenceOf(parseReference(image)),
  };
}

const referenceOf = (parsed: ParsedReference): Pick<ImageUse, 'reference' | 'problem' | 'pin'> =>
  parsed.ok
    ? { reference: parsed.reference, pin: pinOf(parsed.reference) }
    : { problem: parsed.problem, pin: 'none' };
