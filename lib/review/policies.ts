import { Document } from 'yaml';
import type { PageRequest } from '#lib/contract/paging.ts';
import type {
  GapCounts,
  PolicyFilter,
  PolicyPage,
  PolicyRow,
  UnreadObject,
} from '#lib/contract/policies.ts';
import {
  type DocumentProblem,
  type ObjectReference,
  type PolicyMode,
  type PolicySummary,
  policyModes,
  type RuleDecision,
} from '#lib/model/policy.ts';
import { outcomeOf } from './evaluate.ts';
import { type Fleet, type ReviewedCluster, remembered } from './fleet.ts';
import { objectId } from './object-id.ts';
import { isWanted, matchesText, pageOf, type SortKey, sortRows } from './pages.ts';

/** One page of policies with what they say about the fleet, by default the widest audit gap first. */
export function listPolicies(fleet: Fleet, filter: PolicyFilter, page: PageRequest): PolicyPage {
  const rows = policiesOf(fleet, filter);
  const { items, ...rest } = pageOf(rows, keyOf(filter.sort), page, filter.order === 'desc');
  const clusters = [...fleet.clusters.values()].filter(({ id }) => isWanted(filter.cluster, id));
  return {
    ...rest,
    items: [...items],
    unread: clusters.flatMap(unreadOf),
    gap: fleetGap(clusters, new Set(rows.map(({ id }) => id))),
    engines: clusters.flatMap(({ id, admission }) =>
      admission.engines.map(({ engine, version, namespace, workload }) => ({
        cluster: id,
        engine,
        version: version ?? null,
        namespace,
        workload,
      })),
    ),
    missing: clusters.flatMap(missingOf),
  };
}

/** Every policy of a filter, in its order. */
export const policiesOf = (fleet: Fleet, filter: PolicyFilter): readonly PolicyRow[] =>
  sortRows(
    policyRows(fleet).filter(
      (row) =>
        isWanted(filter.cluster, row.cluster) &&
        isWanted(filter.engine, row.engine) &&
        isWanted(filter.mode, row.mode) &&
        (filter.gap === undefined || row.counts.wouldRefuse > 0) &&
        matchesText(filter.q, row.name, row.namespace, row.kind, row.cluster, row.images.join(' ')),
    ),
    keyOf(filter.sort),
    filter.order === 'desc',
  );

/** All policies of the fleet, in no order. */
export const policyRows = (fleet: Fleet): readonly PolicyRow[] =>
  remembered(fleet, 'policies', () => [...fleet.clusters.values()].flatMap(rowsOfCluster));

function rowsOfCluster(cluster: ReviewedCluster): readonly PolicyRow[] {
  const said = decisionsByPolicy(cluster);
  const known = new Set(cluster.admission.policies.map(({ reference }) => objectId(reference)));
  const settings = [...said.values()].filter(({ reference }) => !known.has(objectId(reference)));
  return [
    ...cluster.admission.policies.map((summary) =>
      rowOf(cluster, summary, said.get(objectId(summary.reference))),
    ),
    // What an engine's own settings decide has no policy object, and a row all the same.
    ...settings.map((own) => rowOf(cluster, settingsSummary(own), own)),
  ];
}

interface Said {
  readonly reference: ObjectReference;
  readonly engine: PolicySummary['engine'];
  readonly modes: Set<PolicyMode>;
  readonly byWorkload: Map<string, RuleDecision[]>;
}

function decisionsByPolicy({ workloads }: ReviewedCluster): ReadonlyMap<string, Said> {
  const said = new Map<string, Said>();
  for (const [workload, { decisions }] of workloads)
    for (const decision of decisions) {
      const { policy: reference, engine, mode } = decision;
      const id = objectId(reference);
      const one = said.get(id) ?? { reference, engine, modes: new Set(), byWorkload: new Map() };
      said.set(id, one);
      one.modes.add(mode);
      const own = one.byWorkload.get(workload);
      if (own === undefined) one.byWorkload.set(workload, [decision]);
      else own.push(decision);
    }
  return said;
}

const settingsSummary = ({ reference, engine, modes }: Said): PolicySummary => ({
  reference,
  engine,
  mode: policyModes.find((mode) => modes.has(mode)) ?? 'none',
  verifies: false,
  images: [],
  authorities: [],
  unevaluated: [],
});

function rowOf(
  { asOf, stale }: ReviewedCluster,
  summary: PolicySummary,
  said: Said | undefined,
): PolicyRow {
  const { reference, engine, mode, verifies, images, authorities, unevaluated } = summary;
  const { cluster, group, kind, namespace, name } = reference;
  return {
    id: objectId(reference),
    cluster,
    group,
    kind,
    namespace: namespace ?? null,
    name,
    engine,
    mode,
    otherModes: [...(said?.modes ?? [])].filter((one) => one !== mode),
    verifies,
    images: [...images],
    authorities: authorities.length,
    unevaluated: [...unevaluated],
    problems: [],
    counts: countsOf(said?.byWorkload.values() ?? []),
    createdAt: summary.createdAt ?? null,
    asOf,
    stale,
  };
}

/** Workloads by what their decisions come to. */
export function countsOf(workloads: Iterable<readonly RuleDecision[]>): GapCounts {
  const counts = { workloads: 0, wouldRefuse: 0, refusedToday: 0, wouldError: 0, notEvaluated: 0 };
  for (const decisions of workloads) {
    const outcome = outcomeOf(decisions);
    counts.workloads += 1;
    counts.wouldRefuse += Number(outcome.wouldRefuse);
    counts.refusedToday += Number(outcome.refusedToday);
    counts.wouldError += Number(outcome.wouldError);
    counts.notEvaluated += Number(outcome.notEvaluated);
  }
  return counts;
}

function fleetGap(clusters: readonly ReviewedCluster[], ids: ReadonlySet<string>): GapCounts {
  const workloads = clusters.flatMap((cluster) => [...cluster.workloads.values()]);
  const own = workloads.map(({ decisions }) =>
    decisions.filter(({ policy }) => ids.has(objectId(policy))),
  );
  return countsOf(own.filter((decisions) => decisions.length > 0));
}

const unreadOf = ({ admission }: ReviewedCluster): UnreadObject[] =>
  admission.unread.map(({ reference, problems }) => unreadRow(reference, problems));

const unreadRow = (
  { cluster, group, kind, namespace, name }: ObjectReference,
  problems: readonly DocumentProblem[],
): UnreadObject => ({
  cluster,
  group,
  kind,
  namespace: namespace ?? null,
  name,
  problems: problems.map((problem) => ({ ...problem })),
});

/** What of the admission objects of a cluster is not known, and why. */
export function missingOf({ id, stored, asOf, workloads }: ReviewedCluster): PolicyPage['missing'] {
  const failed = [...workloads.values()].filter((review) => review.failed).length;
  return [
    ...(asOf === null
      ? [{ cluster: id, what: 'admission objects', detail: 'they were not read yet' }]
      : []),
    ...(stored?.problems ?? []).map(({ what, detail }) => ({ cluster: id, what, detail })),
    ...(failed === 0
      ? []
      : [
          {
            cluster: id,
            what: `${failed} workloads`,
            detail: 'what admission says about them could not be worked out; the log has the cause',
          },
        ]),
  ];
}

const keyOf =
  (sort: PolicyFilter['sort']) =>
  (row: PolicyRow): SortKey => [
    ...sortParts[sort](row),
    row.name,
    row.cluster,
    row.kind,
    row.namespace ?? '',
    row.id,
  ];

const sortParts: Record<PolicyFilter['sort'], (row: PolicyRow) => SortKey> = {
  gap: ({ counts }) => [-counts.wouldRefuse, -counts.wouldError, -counts.workloads],
  name: () => [],
  engine: ({ engine }) => [engine],
  mode: ({ mode }) => [policyModes.indexOf(mode)],
  workloads: ({ counts }) => [-counts.workloads],
};

/** The object of a policy as its cluster served it; undefined for what is not there. */
export function documentOf(
  cluster: ReviewedCluster,
  reference: ObjectReference,
): object | undefined {
  return cluster.stored?.objects.find(
    ({ apiVersion, kind, metadata }) =>
      kind === reference.kind &&
      groupOf(apiVersion) === reference.group &&
      metadata.name === reference.name &&
      (metadata.namespace ?? '') === (reference.namespace ?? ''),
  );
}

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** A document as YAML, without aliases: long texts as blocks. */
export const yamlOf = (document: object): string =>
  new Document(document, { aliasDuplicateObjects: false }).toString({ lineWidth: 120 });
