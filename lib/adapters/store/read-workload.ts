import { sql } from 'kysely';
import type {
  ContainerListRow,
  ContainerRow,
  WorkloadDetail,
  WorkloadFilter,
} from '#lib/contract/workloads.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { tagOf as tagOfReference } from '#lib/model/reference.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Runner } from './database.ts';
import { readHistory } from './history.ts';
import { imageOf, type Knowledge, knowledgeOf, tagNowOf, tagOf } from './judge-reading.ts';
import { findingsOf } from './read-findings.ts';
import { readJson } from './read-json.ts';
import { allWorkloads, shownRows } from './read-workloads.ts';
import { toUse, type UseRecord, type WorkloadRecord } from './rows.ts';
import { signerName } from './signer-name.ts';
import { worstOf } from './workload-state.ts';

/** Changes shown of one workload; the rest stays in the history. */
const shownChanges = 200;

/** Every container of every workload of the filter, workloads in list order. */
export async function* allContainers(
  context: StoreContext,
  filter: WorkloadFilter,
): AsyncGenerator<readonly ContainerListRow[]> {
  for await (const rows of allWorkloads(context, filter)) {
    const uses = await usesOf(
      context.db,
      rows.map(({ id }) => id),
    );
    const knowledge = await knowledgeOf(context.db, uses);
    const byWorkload = Map.groupBy(uses, (use) => use.workload_id);
    yield rows.flatMap(({ id, cluster, namespace, name, kind, team }) =>
      (byWorkload.get(id) ?? []).toSorted(byAttention).map((use) => ({
        ...containerRow(use, knowledge),
        workloadId: id,
        cluster,
        namespace,
        workload: name,
        workloadKind: kind,
        team,
      })),
    );
  }
}

/** One workload with its containers, findings and history. The patch is the caller's to build. */
export async function workload(
  context: StoreContext,
  id: string,
): Promise<WorkloadDetail | undefined> {
  const { db } = context;
  const { rows } = await sql<WorkloadRecord>`select * from workload where id = ${id}`.execute(db);
  const record = rows[0];
  if (record === undefined) return;
  const [row] = await shownRows(context, [record], sql`true`);
  if (row === undefined) return;
  const uses = await usesOf(db, [id]);
  const knowledge = await knowledgeOf(db, uses);
  return {
    ...row,
    apiVersion: record.api_version,
    uid: record.uid,
    uses: uses.toSorted(byAttention).map((use) => containerRow(use, knowledge)),
    allFindings: await findingsOf(context, id),
    history: [...(await readHistory(db, [id], shownChanges))],
    patch: null,
  };
}

const usesOf = (run: Runner, workloadIds: readonly string[]): Promise<readonly UseRecord[]> =>
  readJson<UseRecord>(
    run,
    sql`select * from image_use where workload_id = any(${workloadIds}::text[])`,
    ['since'],
  );

const byAttention = (a: UseRecord, b: UseRecord): number => (worstOf([a, b]) === a ? -1 : 1);

function containerRow(use: UseRecord, knowledge: Knowledge): ContainerRow {
  const image = imageOf(use, knowledge);
  const { reference } = toUse(use);
  return {
    id: use.id,
    container: use.container,
    kind: use.kind,
    declared: use.declared,
    registry: use.registry,
    repository: use.repository,
    tag: reference === undefined ? null : (tagOfReference(reference) ?? null),
    pin: use.pin,
    digest: use.digest,
    running: use.running,
    pods: use.pods,
    examples: [...use.examples],
    status: statusOf(use.rank),
    reason: use.reason as ReasonCode | null,
    detail: use.detail,
    signer: image?.signer ? signerName(image.signer) : null,
    authority: image?.authority ?? null,
    tagNow: tagNowRow(use, knowledge),
    checkedAt: image?.checked_at?.toISOString() ?? null,
    retryAt: image?.retry_at?.toISOString() ?? null,
    since: use.since.toISOString(),
  };
}

function tagNowRow(use: UseRecord, knowledge: Knowledge): ContainerRow['tagNow'] {
  const now = tagNowOf(use, knowledge);
  const tag = tagOf(use, knowledge);
  return {
    state: now.state,
    digest: now.state === 'not-asked' ? null : (tag?.digest ?? null),
    reason: now.state === 'unknown' ? now.reason : null,
    detail: now.state === 'unknown' ? now.detail : null,
    checkedAt: tag?.checked_at?.toISOString() ?? null,
  };
}
