import type { Bypass, BypassSubject } from '#lib/model/bypass.ts';
import type { Engine, PolicyMode } from '#lib/model/policy.ts';
import type { LedgerEntry } from '#lib/policy/admission.ts';
import type { WorkloadReview } from './evaluate.ts';
import type { ReviewedCluster } from './fleet.ts';
import { objectId, shortHash } from './object-id.ts';

/** The id of a way past an engine, stable over readings. */
export const bypassId = (cluster: string, { code, engine, name, object }: Bypass): string =>
  shortHash([cluster, code, engine, name, object === undefined ? '' : objectId(object)]);

/** The id of an exception, stable over readings. */
export const exceptionId = ({ engine, kind, object, policy, scope }: LedgerEntry): string =>
  shortHash([engine, kind, objectId(object), policy === undefined ? '' : objectId(policy), scope]);

/** A workload as ways past an engine see it. */
export function subjectOf({ input: { workload, uses } }: WorkloadReview): BypassSubject {
  const { admission, kind, namespace, name } = workload;
  const labels = kind === 'Pod' ? admission?.labels : admission?.podLabels;
  return {
    namespace,
    kind,
    names: [...new Set([...(admission?.pods ?? []), name])],
    labels: labels ?? {},
    ...(admission?.createdAt !== undefined && { createdAt: admission.createdAt }),
    mirror: admission?.mirror ?? false,
    containerKinds: [...new Set(uses.map((use) => use.kind))],
  };
}

/** Workloads that rely on an exception, by the exception. */
export type Reliance = (entry: LedgerEntry) => ReadonlySet<WorkloadReview>;

/**
 * Which workloads rely on an exception: they are covered, the engine heeds the exception, and without
 * it a rule of the policy that it is about, or of its engine where it is about none, would be strict.
 */
export function relianceOf(reviews: Iterable<WorkloadReview>): Reliance {
  const asked = [...reviews].flatMap(askedOf);
  const byPolicy = Map.groupBy(asked, ({ policy }) => policy);
  const byEngine = Map.groupBy(asked, ({ engine }) => engine);
  const byNamespace = Map.groupBy(asked, ({ engine, subject }) =>
    engineIn(engine, subject.namespace),
  );
  const lookedAt = ({ engine, namespace }: LedgerEntry) =>
    namespace === undefined ? byEngine.get(engine) : byNamespace.get(engineIn(engine, namespace));
  return (entry) => {
    if (entry.notHonoured !== undefined) return new Set();
    const about = entry.policy ?? (decidesItself.has(entry.kind) ? entry.object : undefined);
    const all = about === undefined ? lookedAt(entry) : byPolicy.get(objectId(about));
    return reviewsCovered(entry, all ?? []);
  };
}

const engineIn = (engine: Engine, namespace: string): string => `${engine} ${namespace}`;

function reviewsCovered(
  { kind, covers }: LedgerEntry,
  asked: readonly Asked[],
): ReadonlySet<WorkloadReview> {
  const covered = new Set<WorkloadReview>();
  for (const { review, subject, image, mode } of asked) {
    if (covered.has(review) || (mode === 'none' && !keepsAway.has(kind))) continue;
    if (covers(subject, image)) covered.add(review);
  }
  return covered;
}

/** One rule that looked at one image of a workload. */
interface Asked {
  readonly review: WorkloadReview;
  readonly subject: BypassSubject;
  readonly policy: string;
  readonly engine: Engine;
  readonly mode: PolicyMode;
  readonly image: string;
}

function askedOf(review: WorkloadReview): readonly Asked[] {
  const subject = subjectOf(review);
  return review.decisions.map(({ policy, engine, mode, image }) => ({
    review,
    subject,
    policy: objectId(policy),
    engine,
    mode,
    image,
  }));
}

type Kinds = ReadonlySet<LedgerEntry['kind']>;

/** Exceptions whose own object decides, so that decisions name it. */
const decidesItself: Kinds = new Set(['static-pass', 'dry-run', 'no-match-allow']);

/** Exceptions by which nobody is asked: every other one sets aside what was asked. */
const keepsAway: Kinds = new Set([
  'policy-exception',
  'skip-image-references',
  'exempt-namespace',
  'not-opted-in',
]);

type Test = (review: WorkloadReview) => boolean;

/** The way past an engine that has this id; undefined for one of another cluster, or none. */
export const bypassOf = ({ id, admission }: ReviewedCluster, wanted: string): Bypass | undefined =>
  admission.bypasses.find((one) => bypassId(id, one) === wanted);

/** The exception that has this id; undefined for one of another cluster, or none. */
export const exceptionOf = (
  { admission }: ReviewedCluster,
  wanted: string,
): LedgerEntry | undefined => admission.exceptions.find((one) => exceptionId(one) === wanted);

/** Which workloads could use a way past an engine; none for an id that is not of this cluster. */
export function bypassAffects(cluster: ReviewedCluster, id: string): Test {
  const found = bypassOf(cluster, id);
  return (review) => found?.affects(subjectOf(review)) === true;
}

/** Which workloads rely on an exception; none for an id that is not of this cluster. */
export function exceptionCovers(cluster: ReviewedCluster, id: string): Test {
  const found = exceptionOf(cluster, id);
  if (found === undefined) return () => false;
  const relying = relianceOf(cluster.workloads.values())(found);
  return (review) => relying.has(review);
}
