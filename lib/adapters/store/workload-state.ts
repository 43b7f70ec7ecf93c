import { sql } from 'kysely';
import { type FindingKind, severities } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { verdictStatuses } from '#lib/model/verdict.ts';
import type { Catalog } from './catalog.ts';
import { type ContainerClass, rankOf, statusOf } from './container-class.ts';
import type { Runner, Trx } from './database.ts';
import { readJson } from './read-json.ts';
import {
  type FindingRecord,
  findingColumns,
  type UseRecord,
  useColumns,
  type WorkloadRecord,
  workloadColumns,
} from './rows.ts';
import { saveRows } from './save-rows.ts';
import type { Write } from './transaction.ts';

/** One workload with all that hangs on it. */
export interface WorkloadState {
  readonly workload: WorkloadRecord;
  readonly uses: readonly UseRecord[];
  readonly findings: readonly FindingRecord[];
}
export type States = ReadonlyMap<string, WorkloadState>;

/** Reads workloads with all that hangs on them. */
export async function readStates(run: Runner, ids: readonly string[]): Promise<States> {
  if (ids.length === 0) return new Map();
  const workloads = await readJson<WorkloadRecord>(
    run,
    sql`select * from workload where id = any(${ids}::text[])`,
    ['since'],
  );
  if (workloads.length === 0) return new Map();
  const uses = await readJson<UseRecord>(
    run,
    sql`select * from image_use where workload_id = any(${ids}::text[])`,
    ['since'],
  );
  const findings = await readJson<FindingRecord>(
    run,
    sql`select * from finding where workload_id = any(${ids}::text[])`,
    ['since'],
  );
  const usesOf = Map.groupBy(uses, (row) => row.workload_id);
  const findingsOf = Map.groupBy(findings, (row) => row.workload_id);
  return new Map(
    workloads.map((workload) => [
      workload.id,
      {
        workload,
        uses: usesOf.get(workload.id) ?? [],
        findings: findingsOf.get(workload.id) ?? [],
      },
    ]),
  );
}

/**
 * The same, and keeps the workloads from other writers until the transaction ends. What was read
 * before and has not changed since is not read again.
 */
export async function lockStates(
  trx: Trx,
  ids: readonly string[],
  known: States = new Map(),
): Promise<States> {
  const { rows } = await sql<{ id: string; revision: number }>`
    select id, revision from workload where id = any(${ids}::text[])
    order by id for update`.execute(trx);
  const states = new Map<string, WorkloadState>();
  for (const { id, revision } of rows) {
    const state = known.get(id);
    if (state?.workload.revision === revision) states.set(id, state);
  }
  const others = rows.map(({ id }) => id).filter((id) => !states.has(id));
  for (const [id, state] of await readStates(trx, others)) states.set(id, state);
  return states;
}

/**
 * Writes what differs between `before` and `after`, with everything that lists and counts read:
 * classes, profiles, the worst container and the text that a search looks through.
 */
export async function saveStates(
  write: Write,
  catalog: Catalog,
  before: States,
  after: readonly WorkloadState[],
  at: Date,
): Promise<void> {
  const projected = await project(write, catalog, after, at);
  const stored = [...before.values()];
  await saveRows(write.trx, 'workload', workloadColumns, {
    before: stored.map(({ workload }) => workload),
    after: projected.map(({ workload }) => workload),
  });
  await saveRows(write.trx, 'image_use', useColumns, {
    before: stored.flatMap(({ uses }) => uses),
    after: projected.flatMap(({ uses }) => uses),
  });
  await saveRows(write.trx, 'finding', findingColumns, {
    before: stored.flatMap(({ findings }) => findings),
    after: projected.flatMap(({ findings }) => findings),
  });
}

async function project(
  write: Write,
  catalog: Catalog,
  states: readonly WorkloadState[],
  at: Date,
): Promise<readonly WorkloadState[]> {
  const attached = states.map((state) => ({ ...state, findings: attach(state) }));
  const ids = await catalog.classes.idsOf(
    write,
    attached.flatMap(({ uses, findings }) => uses.map((use) => classOf(use, findings))),
  );
  let next = 0;
  const classed = attached.map((state) => {
    const uses = state.uses.map((use) => ({ ...use, class: ids[next++] as number }));
    const classes = new Map(uses.map((use) => [use.id, use.class]));
    const findings = state.findings.map((finding) => ({
      ...finding,
      class: finding.use_id === null ? null : (classes.get(finding.use_id) ?? null),
    }));
    return { ...state, uses, findings };
  });
  const profiles = await catalog.profiles.idsOf(
    write,
    classed.map(({ uses }) => ({
      classes: uses.map((use) => use.class).sort((a, b) => a - b),
      running: verdictStatuses.map(
        (status) => uses.filter(({ rank, pods }) => pods > 0 && statusOf(rank) === status).length,
      ),
    })),
  );
  const registries = await catalog.registries.idsOf(
    write,
    classed.map(({ uses }) => uses.flatMap(({ registry }) => registry ?? []).sort()),
  );
  return classed.map((state, index) => ({
    ...state,
    workload: {
      ...summarise(state, at),
      profile: profiles[index] as number,
      registries: registries[index] as number,
    },
  }));
}

/** Each finding with the use that it is about: the one it names, else the worst of its container. */
function attach({ uses, findings }: WorkloadState): readonly FindingRecord[] {
  return findings.map((finding) => {
    const candidates = uses.filter(({ container }) => container === finding.container);
    const exact = candidates.filter(
      ({ declared, digest }) =>
        declared === finding.declared && (finding.digest === null || digest === finding.digest),
    );
    const use = worstOf(exact) ?? worstOf(candidates);
    const pods = use?.pods ?? 0;
    return { ...finding, use_id: use?.id ?? null, pods, weight: -pods };
  });
}

const classOf = (use: UseRecord, findings: readonly FindingRecord[]): ContainerClass => ({
  status: statusOf(use.rank),
  reason: use.reason as ReasonCode | null,
  pin: use.pin,
  kind: use.kind,
  running: use.pods > 0,
  findings: findings
    .filter(({ use_id }) => use_id === use.id)
    .map(({ kind, severity, reason }) => ({
      kind: kind as FindingKind,
      severity: severities[severity] ?? 'info',
      reason: reason as ReasonCode,
    })),
});

function summarise({ workload, uses }: WorkloadState, at: Date): WorkloadRecord {
  const worst = worstOf(uses);
  const pods = podsOf(uses);
  const rank = worst?.rank ?? rankOf('inconclusive');
  const reason = worst?.reason ?? null;
  const same = workload.rank === rank && workload.worst_reason === reason;
  return {
    ...workload,
    rank,
    worst_use: worst?.id ?? null,
    worst_reason: reason,
    pods,
    weight: -pods,
    containers: uses.length,
    verified: uses.filter((use) => statusOf(use.rank) === 'verified').length,
    since: same ? workload.since : at,
    search: searchText(workload, uses),
    revision: workload.revision + 1,
  };
}

/** The container that a list shows first: worst status, then most pods. */
export function worstOf<T extends Pick<UseRecord, 'rank' | 'pods' | 'id'>>(
  uses: readonly T[],
): T | undefined {
  return uses.toSorted((a, b) => a.rank - b.rank || b.pods - a.pods || (a.id < b.id ? -1 : 1))[0];
}

/** Pods of a workload: its containers share them, the uses of one container do not. */
function podsOf(uses: readonly UseRecord[]): number {
  const byContainer = Map.groupBy(uses, ({ kind, container }) => `${kind} ${container}`);
  return Math.max(
    0,
    ...[...byContainer.values()].map((group) => group.reduce((sum, use) => sum + use.pods, 0)),
  );
}

function searchText(workload: WorkloadRecord, uses: readonly UseRecord[]): string {
  const { cluster, namespace, kind, name, team } = workload;
  const images = uses.flatMap(({ container, declared, digest }) => [container, declared, digest]);
  return [...new Set([cluster, namespace, kind, name, team, ...images])]
    .filter((text) => text !== null && text !== '')
    .join('\n')
    .toLowerCase();
}
