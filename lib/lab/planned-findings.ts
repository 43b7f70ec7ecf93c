import type { Digest } from '#lib/model/digest.ts';
import type { FindingKind } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { parseReference, type Reference, tagOf } from '#lib/model/reference.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import { plannedAdmissionRows } from './expected/planned-admission-rows.ts';
import type {
  DeclaredTags,
  LabPlan,
  PlannedContainer,
  PlannedRepository,
  PlannedRun,
  PlannedWorkload,
} from './plan/plan.ts';
import type { PlannedAdmissionRows } from './plan/planned-admission.ts';
import { type Expected, recipeOf } from './plan/recipes.ts';

interface Place {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly container: string;
}

/** One container of a workload running one image: what a scan must say about it. */
export interface PlannedContainerRow extends Place {
  readonly workloadKind: string;
  readonly declared: string;
  /** Null where no digest runs: pending, loaded on the node, at rest. */
  readonly digest: Digest | null;
  readonly pods: number;
  readonly status: VerdictStatus;
  readonly reason: ReasonCode | null;
}

/** One finding that a scan must report. How severe it is, is not planned. */
export interface PlannedFindingRow extends Place {
  readonly kind: FindingKind;
  readonly reason: ReasonCode;
}

/** A tag of a declared repository that a scan must list. */
export interface PlannedPublishedRow {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly status: VerdictStatus;
  readonly reason: ReasonCode | null;
}

type Counts = Readonly<Record<VerdictStatus, number>> & { readonly total: number };

/** Everything that was planted, in a fixed order: the file that `lab --manifest` writes. */
export interface PlantedManifest {
  readonly seed: number;
  readonly clusters: readonly string[];
  readonly containers: readonly PlannedContainerRow[];
  readonly findings: readonly PlannedFindingRow[];
  readonly published: readonly PlannedPublishedRow[];
  readonly admission: PlannedAdmissionRows;
  readonly counts: {
    readonly pods: number;
    readonly workloads: number;
    readonly images: number;
    readonly containers: Counts;
    /** Only those that have pods: what coverage is measured over. */
    readonly running: Counts;
    readonly findings: Readonly<Record<string, number>>;
  };
}

/** What a complete scan of the lab must come to. */
export function plantedManifest(plan: LabPlan): PlantedManifest {
  const judged = plan.workloads.map((workload) => judge(plan, workload));
  const containers = judged.flatMap((one) => one.containers).sort(byText);
  const findings = judged.flatMap((one) => one.findings).sort(byText);
  return {
    seed: plan.seed,
    clusters: plan.clusters,
    containers,
    findings,
    published: plan.declared.flatMap((rule) => published(plan, rule)).sort(byText),
    admission: plannedAdmissionRows(plan),
    counts: {
      pods: plan.pods,
      workloads: plan.workloads.length,
      images: plan.images.length,
      containers: countStatuses(containers),
      running: countStatuses(containers.filter(({ pods }) => pods > 0)),
      findings: countBy(findings, ({ kind }) => kind),
    },
  };
}

interface Judged {
  readonly containers: readonly PlannedContainerRow[];
  readonly findings: readonly PlannedFindingRow[];
}

function judge(plan: LabPlan, workload: PlannedWorkload): Judged {
  const judged = workload.containers.map((container) => judgeContainer(plan, workload, container));
  return {
    containers: judged.flatMap(({ containers }) => containers),
    findings: judged.flatMap(({ findings }) => findings),
  };
}

function judgeContainer(
  plan: LabPlan,
  { cluster, namespace, name, kind }: PlannedWorkload,
  container: PlannedContainer,
): Judged {
  const place: Place = { cluster, namespace, workload: name, container: container.name };
  const parsed = parseReference(container.declared);
  const reference = parsed.ok ? parsed.reference : undefined;
  const containers = container.runs.map((run): PlannedContainerRow => {
    const { status, reason = null } = expectedOf(reference, run);
    return {
      ...place,
      workloadKind: kind === 'StaticPod' ? 'Pod' : kind,
      declared: container.declared,
      digest: run.state === 'digest' ? run.target.digest : null,
      pods: run.state === 'at-rest' ? 0 : run.pods,
      status,
      reason,
    };
  });
  return {
    containers,
    findings: [
      ...containers.flatMap(({ status, reason }): PlannedFindingRow[] =>
        // Waiting for a start is nobody's task.
        status === 'verified' || reason === null || reason === 'pending'
          ? []
          : [{ ...place, kind: status, reason }],
      ),
      ...tagFindings(plan, container, reference).map((row) => ({ ...place, ...row })),
    ],
  };
}

function expectedOf(reference: Reference | undefined, run: PlannedRun): Expected {
  if (!reference) return { status: 'inconclusive', reason: 'reference-malformed' };
  switch (run.state) {
    case 'digest':
    case 'at-rest':
      return run.target.expected;
    case 'local':
      return { status: 'inconclusive', reason: 'unresolvable-local' };
    case 'pending':
      return { status: 'inconclusive', reason: 'pending' };
  }
}

type TagFinding = Pick<PlannedFindingRow, 'kind' | 'reason'>;

/** A reference with a digest is not at the mercy of its tag; any other one is. */
function tagFindings(
  plan: LabPlan,
  { runs }: PlannedContainer,
  reference: Reference | undefined,
): TagFinding[] {
  if (!reference) return [];
  const running = runs.filter((run) => run.state === 'digest');
  const digests = new Set(
    running.filter(({ pods }) => pods > 0).map(({ target }) => target.digest),
  );
  const differ: TagFinding[] =
    digests.size > 1 ? [{ kind: 'replicas-differ', reason: 'replicas-differ' }] : [];
  if (reference.digest !== undefined) return differ;
  const floats = reference.tag === undefined || reference.tag === 'latest';
  return [
    { kind: 'tag-pinned', reason: floats ? 'tag-latest' : 'tag-only' },
    ...differ,
    ...running.flatMap(({ target }): TagFinding[] => {
      const now = tagNow(plan, reference);
      if (now === 'unknown' || now === target.digest) return [];
      return [{ kind: 'tag-moved', reason: now === 'gone' ? 'tag-gone' : 'tag-moved' }];
    }),
  ];
}

function tagNow(plan: LabPlan, reference: Reference): Digest | 'gone' | 'unknown' {
  const repository = plan.repositories.get(`${reference.registry}/${reference.repository}`);
  if (!repository || isFaulty(repository)) return 'unknown';
  return repository.tags.get(tagOf(reference) ?? '')?.digest ?? 'gone';
}

const isFaulty = ({ tags }: PlannedRepository): boolean =>
  [...tags.values()].some(({ recipe }) => recipeOf(recipe).fault !== undefined);

/** The newest tags of the repositories that the rule names; one that cannot be read lists nothing. */
function published(plan: LabPlan, rule: DeclaredTags): PlannedPublishedRow[] {
  const name = new RegExp(`^${rule.pattern.replaceAll('*', '[^/]+')}$`);
  const tag = new RegExp(`^(?:${rule.tags})$`);
  return [...plan.repositories.values()]
    .filter((one) => one.host === rule.host && name.test(one.repository) && !isFaulty(one))
    .flatMap(({ host, repository, tags }) =>
      [...tags]
        .filter(([text]) => tag.test(text))
        .sort(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }))
        .slice(0, rule.newest)
        .map(([text, { expected }]) => ({
          registry: host,
          repository,
          tag: text,
          status: expected.status,
          reason: expected.reason ?? null,
        })),
    );
}

const countStatuses = (rows: readonly { readonly status: VerdictStatus }[]): Counts => ({
  verified: 0,
  inconclusive: 0,
  untrusted: 0,
  unsigned: 0,
  invalid: 0,
  ...countBy(rows, ({ status }) => status),
  total: rows.length,
});

const countBy = <T>(rows: readonly T[], keyOf: (row: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(rows, keyOf)].map(([key, group]) => [key, group.length]));

const byText = (a: object, b: object): number => {
  const [one, other] = [Object.values(a).join('\n'), Object.values(b).join('\n')];
  if (one === other) return 0;
  return one < other ? -1 : 1;
};
