import type {
  BypassFilter,
  BypassPage,
  BypassRow,
  ExceptionFilter,
  ExceptionPage,
  ExceptionRow,
} from '#lib/contract/exceptions.ts';
import type { PageRequest } from '#lib/contract/paging.ts';
import type { ExceptionFault } from '#lib/model/admission.ts';
import { type Bypass, bypassWords } from '#lib/model/bypass.ts';
import { severities } from '#lib/model/posture.ts';
import type { LedgerEntry } from '#lib/policy/admission.ts';
import { bypassId, exceptionId, relianceOf, subjectOf } from './affected.ts';
import { type Fleet, type ReviewedCluster, remembered, rememberedOf } from './fleet.ts';
import { objectId, objectName } from './object-id.ts';
import { isWanted, matchesText, pageOf, type SortKey, sortRows } from './pages.ts';

/** One page of the ways past engines, the gravest first. */
export function listBypasses(fleet: Fleet, filter: BypassFilter, page: PageRequest): BypassPage {
  const { items, ...rest } = pageOf(bypassesOf(fleet, filter), bypassKey, page);
  return { ...rest, items: [...items] };
}

/** Every way past an engine of a filter. */
export const bypassesOf = (fleet: Fleet, filter: BypassFilter): readonly BypassRow[] =>
  allBypasses(fleet).filter(
    (row) =>
      isWanted(filter.cluster, row.cluster) &&
      isWanted(filter.engine, row.engine) &&
      isWanted(filter.code, row.code) &&
      matchesText(filter.q, row.name, row.object, row.why, row.title),
  );

const allBypasses = (fleet: Fleet): readonly BypassRow[] =>
  remembered(fleet, 'bypasses', () =>
    sortRows([...fleet.clusters.values()].flatMap(bypassesOfCluster), bypassKey),
  );

/** The ways past the engines of one cluster, with the workloads that could use each now. */
function bypassesOfCluster(cluster: ReviewedCluster): readonly BypassRow[] {
  const counts = rememberedOf(cluster, 'bypasses', () => {
    const subjects = [...cluster.workloads.values()].map(subjectOf);
    return cluster.admission.bypasses.map(
      (bypass) => subjects.filter((subject) => bypass.affects(subject)).length,
    );
  });
  return cluster.admission.bypasses.map((bypass, at) => ({
    id: bypassId(cluster.id, bypass),
    cluster: cluster.id,
    ...wordsOf(bypass),
    workloads: counts[at] ?? 0,
    asOf: cluster.asOf,
    stale: cluster.stale,
  }));
}

const wordsOf = ({ engine, code, name, object, effect, why }: Bypass) => ({
  engine,
  code,
  name,
  object: object === undefined ? null : objectName(object),
  effect,
  why,
  ...bypassWords[code],
});

const bypassKey = (row: BypassRow): SortKey => [
  severities.indexOf(row.severity),
  -row.workloads,
  row.cluster,
  row.engine,
  row.name,
  row.id,
];

/** One page of the exception ledger, what is wrong first. */
export function listExceptions(
  fleet: Fleet,
  filter: ExceptionFilter,
  page: PageRequest,
): ExceptionPage {
  const { items, ...rest } = pageOf(exceptionsOf(fleet, filter), exceptionKey, page);
  return { ...rest, items: [...items] };
}

/** Every exception of a filter. */
export const exceptionsOf = (fleet: Fleet, filter: ExceptionFilter): readonly ExceptionRow[] =>
  allExceptions(fleet).filter(
    (row) =>
      isWanted(filter.cluster, row.cluster) &&
      isWanted(filter.engine, row.engine) &&
      isWanted(filter.kind, row.kind) &&
      (filter.fault.length === 0 || row.faults.some((fault) => filter.fault.includes(fault))) &&
      matchesText(filter.q, row.object, row.policy, row.scope, row.owner, row.why),
  );

const allExceptions = (fleet: Fleet): readonly ExceptionRow[] =>
  remembered(fleet, 'exceptions', () =>
    sortRows([...fleet.clusters.values()].flatMap(exceptionsOfCluster), exceptionKey),
  );

function exceptionsOfCluster(cluster: ReviewedCluster): readonly ExceptionRow[] {
  const counts = rememberedOf(cluster, 'exceptions', () => {
    const reliance = relianceOf(cluster.workloads.values());
    return cluster.admission.exceptions.map((entry) => reliance(entry).size);
  });
  return cluster.admission.exceptions.map((entry, at) => {
    const workloads = counts[at] ?? 0;
    return {
      id: exceptionId(entry),
      cluster: cluster.id,
      engine: entry.engine,
      kind: entry.kind,
      object: objectName(entry.object),
      policy: entry.policy?.name ?? null,
      policyId: entry.policy === undefined ? null : objectId(entry.policy),
      scope: entry.scope,
      owner: entry.owner ?? null,
      expiresAt: entry.expiresAt ?? null,
      createdAt: entry.createdAt ?? null,
      faults: [...faultsOf(entry, workloads, cluster.asOf)],
      workloads,
      why: entry.why,
      asOf: cluster.asOf,
      stale: cluster.stale,
    };
  });
}

/** Whether it has expired is told as of the reading: what was read later is not known. */
function faultsOf(
  { expiresAt, owner, tooBroad, notHonoured }: LedgerEntry,
  workloads: number,
  asOf: string | null,
): readonly ExceptionFault[] {
  const expired =
    expiresAt !== undefined && asOf !== null && Date.parse(expiresAt) <= Date.parse(asOf);
  return [
    ...(expired ? (['expired'] as const) : []),
    ...(workloads === 0 ? (['unused'] as const) : []),
    ...(tooBroad ? (['too-broad'] as const) : []),
    ...(owner === undefined ? (['no-owner'] as const) : []),
    ...(expiresAt === undefined ? (['no-expiry'] as const) : []),
    ...(notHonoured === undefined ? [] : (['not-honoured'] as const)),
  ];
}

const exceptionKey = (row: ExceptionRow): SortKey => [
  row.faults.includes('expired') ? 0 : 1,
  row.faults.includes('too-broad') ? 0 : 1,
  -row.workloads,
  row.cluster,
  row.engine,
  row.object,
  row.id,
];
