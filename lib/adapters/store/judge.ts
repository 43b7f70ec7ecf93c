import { sql } from 'kysely';
import { severities } from '#lib/model/posture.ts';
import type { WorkloadJudgement } from '#lib/ports/scan-store.ts';
import { chunks } from './bulk.ts';
import { rankOf, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { appendHistory, type Change } from './history.ts';
import type { FindingRecord, UseRecord } from './rows.ts';
import { write } from './transaction.ts';
import { lockStates, type States, saveStates, type WorkloadState } from './workload-state.ts';

/** Workloads of one transaction. */
const workloadsAtOnce = 1_000;

/** Writes judgements: status of each use, findings opened and closed, and what lists show. */
export async function saveJudgements(
  context: StoreContext,
  items: readonly WorkloadJudgement[],
  at: Date,
  cause: string,
): Promise<void> {
  for (const part of chunks(items, workloadsAtOnce)) {
    const ids = part.map(({ workloadId }) => workloadId);
    const marks = ids.map((id) => context.handedOut.get(id)?.mark ?? null);
    const known = new Map(
      ids.flatMap((id) => {
        const state = context.handedOut.get(id)?.state;
        return state === undefined ? [] : [[id, state] as const];
      }),
    );
    await write(context.db, async (running) => {
      const before = await lockStates(running.trx, ids, known);
      const after = part.flatMap((judgement) => {
        const state = before.get(judgement.workloadId);
        return state === undefined ? [] : [judged(state, judgement, at)];
      });
      await saveStates(running, context.catalog, before, after, at);
      await appendHistory(
        running.trx,
        after.map((state) => told(before, state)),
        at,
        cause,
      );
      // A cause that came after the reading keeps its mark, and the workload is judged again.
      await sql`
        delete from to_judge as j using unnest(${ids}::text[], ${marks}::int8[]) as done(id, mark)
        where j.workload_id = done.id and (done.mark is null or j.mark <= done.mark)`.execute(
        running.trx,
      );
    });
    for (const id of ids) context.handedOut.delete(id);
    await context.housekeeping.changed(part.length);
  }
}

function judged(state: WorkloadState, judgement: WorkloadJudgement, at: Date): WorkloadState {
  const byUse = new Map(judgement.uses.map((use) => [use.useId, use]));
  const open = new Map(state.findings.map((finding) => [finding.id, finding]));
  const uses = state.uses.map((use) => {
    const now = byUse.get(use.id);
    if (now === undefined) return use;
    const rank = rankOf(now.status);
    const reason = now.reason ?? null;
    const same = use.rank === rank && use.reason === reason;
    return { ...use, rank, reason, detail: now.detail ?? null, since: same ? use.since : at };
  });
  const findings = judgement.findings.map(
    (finding): FindingRecord => ({
      id: finding.id,
      workload_id: judgement.workloadId,
      use_id: null,
      class: null,
      kind: finding.kind,
      severity: severities.indexOf(finding.severity),
      reason: finding.reason,
      owner: finding.owner,
      container: finding.container,
      declared: finding.declared,
      digest: finding.digest ?? null,
      detail: finding.detail,
      pods: 0,
      weight: 0,
      since: open.get(finding.id)?.since ?? at,
    }),
  );
  return { ...state, uses, findings };
}

function told(before: States, { workload, uses, findings }: WorkloadState) {
  const old = before.get(workload.id);
  const oldUses = new Map(old?.uses.map((use) => [use.id, use]));
  const now = new Set(findings.map(({ id }) => id));
  const then = new Set(old?.findings.map(({ id }) => id));
  const changes: Change[] = uses.flatMap((use) => {
    const from = shownStatus(oldUses.get(use.id) ?? use);
    const to = shownStatus(use);
    return from === to ? [] : [{ what: `status of ${use.container}`, from, to }];
  });
  // "Not checked yet" is how everything begins: its end shows as the first status.
  const news = (list: readonly FindingRecord[], known: ReadonlySet<string>) =>
    list.filter(({ id, reason }) => !known.has(id) && reason !== 'not-checked-yet');
  for (const { kind, container, reason } of news(old?.findings ?? [], now))
    changes.push({ what: `finding ${kind} on ${container}`, from: reason, to: null });
  for (const { kind, container, reason } of news(findings, then))
    changes.push({ what: `finding ${kind} on ${container}`, from: null, to: reason });
  return { subject: workload.id, changes };
}

const shownStatus = ({ rank, reason }: Pick<UseRecord, 'rank' | 'reason'>): string =>
  reason === null ? statusOf(rank) : `${statusOf(rank)} (${reason})`;
