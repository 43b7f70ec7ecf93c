import { shortDigest } from '#lib/model/digest.ts';
import type { UseJudgement, WorkloadJudgement, WorkloadToJudge } from '#lib/ports/scan-store.ts';
import { deriveFindings } from './findings.ts';

type Use = WorkloadToJudge['uses'][number];
type Judgement = Omit<UseJudgement, 'useId'>;

/** What the operator says how facts are weighed. */
export interface JudgingRules {
  /** Whether an image without signature of its own counts as proven when a signed index lists it. */
  readonly inheritFromIndex: 'warn' | 'count';
}

/** Admission engines look for a signature of the very digest that runs, and so do we unless told otherwise. */
export const defaultRules: JudgingRules = Object.freeze({ inheritFromIndex: 'warn' });

/** What is to be said about every container of one workload, and what a person should do about it. */
export function judgeWorkload(
  { workload, uses }: WorkloadToJudge,
  rules: JudgingRules = defaultRules,
): WorkloadJudgement {
  const judged = uses.map((use) => ({
    use,
    judgement: { useId: use.id, ...inheriting(use, judgeUse(use), rules) },
  }));
  return {
    workloadId: workload.id,
    uses: judged.map(({ judgement }) => judgement),
    findings: deriveFindings(workload, judged),
  };
}

/** Only "unsigned" can be made good by an index: what is signed wrongly or unknown stays so. */
function inheriting(
  { verdict }: Use,
  judgement: Judgement,
  { inheritFromIndex }: JudgingRules,
): Judgement {
  const inherited = verdict?.inheritedFrom;
  if (inherited === undefined || judgement.status !== 'unsigned') return judgement;
  const how = `The index ${shortDigest(inherited.index)}, which ${inherited.authority ?? 'an authority'} vouches for, lists it as ${inherited.platform}`;
  if (inheritFromIndex === 'count')
    return { status: 'verified', detail: `${how}; it has no signature of its own.` };
  const own = judgement.detail === undefined ? '' : `${judgement.detail}. `;
  return { ...judgement, detail: `${own}${how}: admission by digest would still refuse it.` };
}

/**
 * The status of one use. A verdict is taken over as it is; where there is none, the use is
 * inconclusive with the reason why, never `unsigned`.
 */
function judgeUse(use: Use): Judgement {
  if (!use.reference)
    return inconclusive(
      'reference-malformed',
      `"${use.declared}" is not an image reference: ${use.problem ?? 'it cannot be parsed'}.`,
    );
  switch (use.running.state) {
    case 'local':
      return inconclusive(
        'unresolvable-local',
        `The node reports ${use.running.imageId}, an image that was loaded there and that no registry named.`,
      );
    case 'malformed':
      return judgeMalformedId(use.running.imageId);
    case 'pending':
      return use.pods === 0 ? judgeAtRest(use) : judgePending(use);
    case 'digest':
      return fromVerdict(use) ?? notCheckedYet(use);
  }
}

/** A template at rest (CronJob, scaled to zero): what its digest or tag names would run next. */
function judgeAtRest(use: Use): Judgement {
  const verdict = fromVerdict(use);
  if (verdict) return verdict;
  if (use.tagNow.state === 'gone')
    return inconclusive('tag-gone', `The tag of ${use.declared} does not exist in its registry.`);
  if (use.tagNow.state === 'unknown') return inconclusive(use.tagNow.reason, use.tagNow.detail);
  return notCheckedYet(use);
}

function judgePending({ declared, pods }: Use): Judgement {
  const who = pods === 1 ? 'One pod has' : `${pods} pods have`;
  return inconclusive('pending', `${who} not started ${declared} yet: no digest is known.`);
}

function judgeMalformedId(imageId: string): Judgement {
  return /@?sha(?:512|384):/.test(imageId)
    ? inconclusive('unsupported-digest', `The node reports ${imageId}, which is not SHA-256.`)
    : inconclusive('unresolvable-local', `The node reports "${imageId}", which names no digest.`);
}

function fromVerdict({ verdict }: Use): Judgement | undefined {
  if (!verdict) return undefined;
  const { status, reason, detail } = verdict;
  return {
    status,
    ...(reason !== undefined && { reason }),
    ...(detail !== undefined && { detail }),
  };
}

const notCheckedYet = ({ declared }: Use): Judgement =>
  inconclusive('not-checked-yet', `${declared} waits for its first check.`);

const inconclusive = (reason: NonNullable<Judgement['reason']>, detail: string): Judgement => ({
  status: 'inconclusive',
  reason,
  detail,
});
