import { createHash } from 'node:crypto';
import { type Digest, shortDigest } from '#lib/model/digest.ts';
import type { Finding, FindingKind, Severity } from '#lib/model/posture.ts';
import { type ReasonCode, reasonOf } from '#lib/model/reasons.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import type { Workload } from '#lib/model/workload.ts';
import type { UseJudgement, WorkloadToJudge } from '#lib/ports/scan-store.ts';

type Use = WorkloadToJudge['uses'][number];
interface Judged {
  readonly use: Use;
  readonly judgement: UseJudgement;
}
type Draft = Pick<Finding, 'kind' | 'severity' | 'reason' | 'detail'> & {
  readonly use: Use;
  readonly digest?: Digest | undefined;
};

/**
 * How bad each kind of finding is. Something that claims to be signed and is not is an attack until
 * explained; what nobody vouches for is next; what we could not check is not nothing. A moved tag is
 * as bad as what it names now (see `judgeTag`), and a tag without "latest" is a habit to improve.
 */
const severityOf: Readonly<Record<FindingKind, Severity>> = {
  invalid: 'critical',
  unsigned: 'high',
  untrusted: 'high',
  inconclusive: 'medium',
  'tag-moved': 'medium',
  'replicas-differ': 'medium',
  'tag-pinned': 'low',
};

/** For a verdict that names no reason of its own. */
const defaultReason: Readonly<Record<Exclude<VerdictStatus, 'verified'>, ReasonCode>> = {
  invalid: 'signature-bad',
  unsigned: 'no-signature',
  untrusted: 'no-authority',
  inconclusive: 'discovery-incomplete',
};

/** Waiting is not a finding: nobody has to act. */
const waiting: ReadonlySet<ReasonCode | undefined> = new Set(['not-checked-yet', 'pending']);

/** The findings of one workload; the same facts give the same ids in every scan. */
export function deriveFindings(workload: Workload, judged: readonly Judged[]): readonly Finding[] {
  const drafts = [
    ...judged.flatMap(statusFinding),
    ...judged.flatMap(({ use }) => [...pinFinding(use), ...tagFinding(use, judged)]),
    ...replicaFindings(judged.map(({ use }) => use)),
  ];
  const findings = drafts.map((draft) => finish(workload, draft));
  return [...new Map(findings.map((finding) => [finding.id, finding])).values()];
}

function finish(workload: Workload, { use, digest, ...draft }: Draft): Finding {
  const about = digest ?? use.declared;
  const key = [workload.id, use.kind, use.container, draft.kind, use.declared, about];
  return {
    id: createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32),
    ...draft,
    owner: reasonOf(draft.reason).owner,
    workloadId: workload.id,
    container: use.container,
    declared: use.declared,
    ...(digest !== undefined && { digest }),
  };
}

function statusFinding({ use, judgement }: Judged): Draft[] {
  const { status } = judgement;
  if (status === 'verified' || waiting.has(judgement.reason)) return [];
  const reason = judgement.reason ?? defaultReason[status];
  return [
    {
      kind: status,
      severity: severityOf[status],
      reason,
      detail: judgement.detail ?? `${nameOf(use)}: ${reasonOf(reason).title}.`,
      use,
      digest: digestOf(use),
    },
  ];
}

function pinFinding(use: Use): Draft[] {
  if (!use.reference || use.reference.digest !== undefined) return [];
  const { tag } = use.reference;
  const floats = tag === undefined || tag === 'latest';
  const how = tag === undefined ? 'has neither tag nor digest' : `is pinned by the tag "${tag}"`;
  return [
    {
      kind: 'tag-pinned',
      severity: floats ? 'medium' : severityOf['tag-pinned'],
      reason: floats ? 'tag-latest' : 'tag-only',
      detail: `${use.declared} of container ${use.container} ${how}: it may be another image at the next start.`,
      use,
    },
  ];
}

/** Only where the next start asks for the tag: a digest in the spec wins over the tag beside it. */
function tagFinding(use: Use, judged: readonly Judged[]): Draft[] {
  if (!use.reference || use.reference.digest !== undefined) return [];
  if (use.running.state !== 'digest') return [];
  const { tagNow, running } = use;
  const common = { kind: 'tag-moved', use, digest: running.digest } as const;
  const runs = `${use.container} runs ${shortDigest(running.digest)}`;
  if (tagNow.state === 'gone')
    return [
      {
        ...common,
        severity: severityOf['tag-moved'],
        reason: 'tag-gone',
        detail: `${runs}, but ${use.declared} no longer exists: the next pull fails.`,
      },
    ];
  if (tagNow.state !== 'moved') return [];
  const next = use.tagNowStatus ?? statusOf(tagNow.digest, use, judged);
  const known = next === undefined ? '' : `, which ${wordOf[next]}`;
  return [
    {
      ...common,
      severity: next !== undefined && refuted.has(next) ? 'high' : severityOf['tag-moved'],
      reason: 'tag-moved',
      detail: `${runs}, but ${use.declared} now names ${shortDigest(tagNow.digest)}${known}: the next pull gets that one.`,
    },
  ];
}

const wordOf: Readonly<Record<VerdictStatus, string>> = {
  verified: 'is verified',
  invalid: 'is invalid',
  unsigned: 'is unsigned',
  untrusted: 'has an untrusted signer',
  inconclusive: 'could not be checked',
};

/** What could not be checked is not known to be bad. */
const refuted: ReadonlySet<VerdictStatus> = new Set(['invalid', 'unsigned', 'untrusted']);

/** Mid-rollout, a neighbour already runs what the tag names now. */
function statusOf(digest: Digest, use: Use, judged: readonly Judged[]): VerdictStatus | undefined {
  return judged.find(
    (other) =>
      other.use.running.state === 'digest' &&
      other.use.running.digest === digest &&
      other.use.reference?.registry === use.reference?.registry &&
      other.use.reference?.repository === use.reference?.repository,
  )?.judgement.status;
}

/**
 * Pods of one container that run different digests under one declared reference. Different
 * references are a rollout under way, which says so itself.
 */
function replicaFindings(uses: readonly Use[]): Draft[] {
  const groups = Map.groupBy(uses, ({ kind, container, declared }) =>
    JSON.stringify([kind, container, declared]),
  );
  return [...groups.values()].flatMap((group) => {
    const pods = new Map<Digest, number>();
    for (const { running, pods: count } of group)
      if (running.state === 'digest' && count > 0)
        pods.set(running.digest, (pods.get(running.digest) ?? 0) + count);
    const [use] = group;
    if (!use || pods.size < 2) return [];
    const list = [...pods]
      .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
      .map(
        ([digest, count]) => `${shortDigest(digest)} in ${count} ${count === 1 ? 'pod' : 'pods'}`,
      )
      .join(', ');
    return [
      {
        kind: 'replicas-differ',
        severity: severityOf['replicas-differ'],
        reason: 'replicas-differ',
        detail: `Container ${use.container} runs ${pods.size} digests under ${use.declared}: ${list}.`,
        use,
      },
    ];
  });
}

const digestOf = ({ running, reference }: Use): Digest | undefined =>
  running.state === 'digest' ? running.digest : reference?.digest;

const nameOf = (use: Use): string => {
  const digest = digestOf(use);
  return digest === undefined ? use.declared : `${use.declared} (${shortDigest(digest)})`;
};
