import { sql } from 'kysely';
import type {
  ContainerListRow,
  ContainerRow,
  WorkloadDetail,
  WorkloadFilter,
} from '#lib/contract/workloads.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { tagOf } from '#lib/model/reference.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { readHistory } from './history.ts';
import { imageOf, type JoinedUse, joinedUses, tagNowOf } from './judge-reading.ts';
import { findingsOf } from './read-findings.ts';
import { allWorkloads, shownRows } from './read-workloads.ts';
import { toUse, type WorkloadRecord } from './rows.ts';
import { worstOf } from './workload-state.ts';

/** Changes shown of one workload; the rest stays in the history. */
const shownChanges = 200;

/** What is known of the image of a use. */
interface KnownImage {
  readonly id: number;
  readonly signer: string | null;
  readonly authority: string | null;
  readonly checked_at: Date | null;
  readonly retry_at: Date | null;
  readonly rank: number;
}

/** Every container of every workload of the filter, workloads in list order. */
export async function* allContainers(
  context: StoreContext,
  filter: WorkloadFilter,
): AsyncGenerator<readonly ContainerListRow[]> {
  for await (const rows of allWorkloads(context, filter)) {
    const uses = await joinedUses(
      context.db,
      rows.map(({ id }) => id),
    );
    const images = await knownImages(context, uses);
    const byWorkload = Map.groupBy(uses, (use) => use.workload_id);
    yield rows.flatMap(({ id, cluster, namespace, name, kind, team }) =>
      (byWorkload.get(id) ?? []).toSorted(byAttention).map((use) => ({
        ...containerRow(use, images),
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
  const uses = await joinedUses(db, [id]);
  const images = await knownImages(context, uses);
  return {
    ...row,
    apiVersion: record.api_version,
    uid: record.uid,
    uses: uses.toSorted(byAttention).map((use) => containerRow(use, images)),
    allFindings: await findingsOf(context, id),
    history: [...(await readHistory(db, [id], shownChanges))],
    patch: null,
  };
}

const byAttention = (a: JoinedUse, b: JoinedUse): number => (worstOf([a, b]) === a ? -1 : 1);

async function knownImages(
  { db }: StoreContext,
  uses: readonly JoinedUse[],
): Promise<ReadonlyMap<number, KnownImage>> {
  const ids = uses.flatMap(({ image_id, other_image_id, tag_image_id }) =>
    [image_id, other_image_id, tag_image_id].filter((id) => id !== null),
  );
  const { rows } = await sql<KnownImage>`
    select id, signer, authority, checked_at, retry_at, rank from image
    where id = any(${ids}::int[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

function containerRow(use: JoinedUse, images: ReadonlyMap<number, KnownImage>): ContainerRow {
  const image = imageOf(use, images);
  const { reference } = toUse(use);
  return {
    id: use.id,
    container: use.container,
    kind: use.kind,
    declared: use.declared,
    registry: use.registry,
    repository: use.repository,
    tag: reference === undefined ? null : (tagOf(reference) ?? null),
    pin: use.pin,
    digest: use.digest,
    running: use.running,
    pods: use.pods,
    examples: [...use.examples],
    status: statusOf(use.rank),
    reason: use.reason as ReasonCode | null,
    detail: use.detail,
    signer: image?.signer ?? null,
    authority: image?.authority ?? null,
    tagNow: tagNowRow(use),
    checkedAt: image?.checked_at?.toISOString() ?? null,
    retryAt: image?.retry_at?.toISOString() ?? null,
    since: use.since.toISOString(),
  };
}

function tagNowRow(use: JoinedUse): ContainerRow['tagNow'] {
  const now = tagNowOf(use);
  return {
    state: now.state,
    digest: now.state === 'not-asked' ? null : use.tag_digest,
    reason: now.state === 'unknown' ? now.reason : null,
    detail: now.state === 'unknown' ? now.detail : null,
    checkedAt: use.tag_checked_at?.toISOString() ?? null,
  };
}
