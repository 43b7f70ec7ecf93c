import type {
  DisagreementFilter,
  DisagreementPage,
  DisagreementRow,
} from '#lib/contract/disagreements.ts';
import type { PageRequest } from '#lib/contract/paging.ts';
import { type Disagreement, disagreementKinds, disagreementWords } from '#lib/model/admission.ts';
import { isInScope } from './decisions.ts';
import type { WorkloadReview } from './evaluate.ts';
import { type Fleet, type ReviewedCluster, remembered } from './fleet.ts';
import { shortHash } from './object-id.ts';
import { isWanted, matchesText, pageOf, type SortKey, sortRows } from './pages.ts';

/** One page of what engines say otherwise than we, unproven greens first. */
export function listDisagreements(
  fleet: Fleet,
  filter: DisagreementFilter,
  page: PageRequest,
): DisagreementPage {
  const { items, ...rest } = pageOf(disagreementsOf(fleet, filter), keyOf, page);
  return { ...rest, items: [...items] };
}

/** Every disagreement of a filter. */
export const disagreementsOf = (
  fleet: Fleet,
  filter: DisagreementFilter,
): readonly DisagreementRow[] =>
  allRows(fleet).filter(
    (row) =>
      isWanted(filter.cluster, row.cluster) &&
      isWanted(filter.namespace, row.namespace) &&
      isWanted(filter.team, row.team ?? '') &&
      isWanted(filter.kind, row.kind) &&
      isWanted(filter.engine, row.engine) &&
      matchesText(filter.q, row.workload, row.namespace, row.image, row.policy, row.why, row.title),
  );

const everywhere = { cluster: [], namespace: [], team: [] };

const allRows = (fleet: Fleet): readonly DisagreementRow[] =>
  remembered(fleet, 'disagreements', () => {
    const rows = [...fleet.clusters.values()].flatMap((cluster) => {
      const versions = versionsOf(cluster);
      return [...cluster.workloads.values()]
        .filter((review) => isInScope(review, everywhere))
        .flatMap((review) =>
          review.disagreements.map((one) => rowOf(cluster, review, one, versions)),
        );
    });
    return sortRows(rows, keyOf);
  });

/** The version of an engine where one runs; several say nothing certain. */
function versionsOf({
  admission,
}: ReviewedCluster): (engine: Disagreement['engine']) => string | null {
  const byEngine = Map.groupBy(admission.engines, ({ engine }) => engine);
  return (engine) => {
    const versions = new Set((byEngine.get(engine) ?? []).map(({ version }) => version));
    const [only] = versions;
    return versions.size === 1 ? (only ?? null) : null;
  };
}

function rowOf(
  { asOf, stale }: ReviewedCluster,
  { input: { workload, uses } }: WorkloadReview,
  found: Disagreement,
  versionOf: (engine: Disagreement['engine']) => string | null,
): DisagreementRow {
  const { kind, engine, policy, rule, container, image } = found;
  return {
    id: shortHash([workload.id, kind, engine, policy, rule ?? '', container, image]),
    kind,
    ...disagreementWords[kind],
    cluster: workload.cluster,
    namespace: workload.namespace,
    workloadId: workload.id,
    workload: workload.name,
    workloadKind: workload.kind,
    team: workload.team ?? null,
    container,
    image,
    digest:
      uses.find((use) => use.container === container && use.declared === image)?.digest ?? null,
    engine,
    engineVersion: versionOf(engine),
    policy,
    rule: rule ?? null,
    engineSays: found.engineSays,
    engineAt: found.engineAt ?? null,
    weSay: found.weSay,
    status: found.status,
    why: found.why,
    source: found.source ?? null,
    asOf,
    stale,
  };
}

const keyOf = (row: DisagreementRow): SortKey => [
  disagreementKinds.indexOf(row.kind),
  row.cluster,
  row.namespace,
  row.workload,
  row.container,
  row.policy,
  row.id,
];
