import type { UseJudgement, WorkloadJudgement, WorkloadToJudge } from '#lib/ports.ts';
import { deriveFindings } from './findings.ts';

type Use = WorkloadToJudge['uses'][number];
type Judgement = Omit<UseJudgement, 'useId'>;

/** What is to be said about every container of one workload, and what a person should do about it. */
export function judgeWorkload({ workload, uses }: WorkloadToJudge): WorkloadJudgement {
  const judged = uses.map((use) => ({ use, judgement: { useId: use.id, ...judgeUse(use) } }));
  return {
    workloadId: workload.id,
    uses: judged.map(({ judgement }) => judgement),
    findings: deriveFindings(workload, judged),
  };
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
