import { limits } from '#lib/model/limits.ts';
import type { AdmissionFacts, ControllerFacts, PodFacts } from '#lib/model/workload.ts';
import { newestOf } from './declared.ts';
import { isActive } from './uses.ts';

/** A workload with everything that belongs to it, in order of names. */
export interface WorkloadMembers {
  readonly uid: string;
  /** Of the workload's own object; absent where it could not be read. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly pods: readonly PodFacts[];
  readonly controllers: readonly ControllerFacts[];
}

/**
 * What admission engines look at beside the images of a workload. Equal members give an equal text,
 * in whatever order they were read.
 */
export function admissionFacts({
  uid,
  labels,
  pods,
  controllers,
}: WorkloadMembers): AdmissionFacts {
  const own = controllers.find((controller) => controller.uid === uid);
  const templates = (own === undefined ? controllers : [own]).filter(({ kind }) => kind !== 'Pod');
  const template = own ?? controllers.find(({ podLabels }) => podLabels !== undefined);
  const createdAt = oldest(pods.filter(isActive).map((pod) => pod.createdAt));
  const schedule = templates.find((one) => one.schedule !== undefined)?.schedule;
  return {
    labels: labels ?? {},
    podLabels: template?.podLabels ?? newestOf(pods)?.labels ?? {},
    ...(createdAt !== undefined && { createdAt }),
    mirror: pods.length > 0 && pods.every(({ mirror }) => mirror),
    ...(templates.length > 0 && {
      replicas: templates.reduce((sum, { replicas }) => sum + replicas, 0),
    }),
    ...(schedule !== undefined && { schedule }),
    pods: pods.map(({ name }) => name),
    ...claimsOf(pods),
  };
}

const oldest = (times: readonly string[]): string | undefined =>
  times
    .filter((time) => time !== '')
    .reduce<string | undefined>(
      (first, time) => (first === undefined || time < first ? time : first),
      undefined,
    );

function claimsOf(pods: readonly PodFacts[]): Pick<AdmissionFacts, 'claims' | 'claimsOmitted'> {
  const distinct = new Map(
    pods.flatMap(({ claims }) => (claims === undefined ? [] : [[JSON.stringify(claims), claims]])),
  );
  if (distinct.size === 0) return {};
  const claims = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const omitted = claims.length - limits.workloadClaims;
  return {
    claims: claims.slice(0, limits.workloadClaims),
    ...(omitted > 0 && { claimsOmitted: omitted }),
  };
}
