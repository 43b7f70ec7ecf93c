import { sql } from 'kysely';
import { tagOf } from '#lib/model/reference.ts';
import type { ImageUse, Inventory, Workload } from '#lib/model/workload.ts';
import { forgetAdmissionExcept } from './admission-objects.ts';
import { chunks } from './bulk.ts';
import { rankOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { forgetFormerExcept, rememberFormer } from './former-workloads.ts';
import { appendHistory, type Change, type HistoryEntry } from './history.ts';
import { internImages, internTags, type KeyedImage, type KeyedTag } from './intern.ts';
import { markToJudge } from './judge-marks.ts';
import { contentHash, keyOfUse, type UseRecord, type WorkloadRecord } from './rows.ts';
import { type Write, write } from './transaction.ts';
import { forgetAdmissionFacts, saveAdmissionFacts } from './workload-admission.ts';
import { lockStates, type States, saveStates, type WorkloadState } from './workload-state.ts';

/** Workloads of one transaction: each is written whole, and readers come in between. */
const workloadsAtOnce = 1_000;

interface Incoming {
  readonly workload: Workload;
  readonly uses: readonly ImageUse[];
  readonly content: string;
}

/** Makes the inventory the present of the cluster. */
export async function saveInventory(
  context: StoreContext,
  cluster: string,
  inventory: Inventory,
  at: Date,
): Promise<{ readonly changed: number }> {
  const { rows } = await sql<{ id: string; content: string }>`
    select id, content from workload where cluster = ${cluster}`.execute(context.db);
  const stored = new Map(rows.map(({ id, content }) => [id, content]));
  const incoming = group(inventory);
  const changed = incoming.filter(({ workload, content }) => stored.get(workload.id) !== content);
  const present = new Set(incoming.map(({ workload }) => workload.id));
  const gone = [...stored.keys()].filter((id) => !present.has(id));
  await apply(context, changed, gone, at);
  return { changed: changed.length + gone.length };
}

/** The same for the workloads of the inventory only. */
export async function saveWorkloads(
  context: StoreContext,
  inventory: Inventory,
  gone: readonly string[],
  at: Date,
): Promise<{ readonly changed: number }> {
  const incoming = group(inventory);
  const ids = [...incoming.map(({ workload }) => workload.id), ...gone];
  const { rows } = await sql<{ id: string; content: string }>`
    select id, content from workload where id = any(${ids}::text[])`.execute(context.db);
  const stored = new Map(rows.map(({ id, content }) => [id, content]));
  const changed = incoming.filter(({ workload, content }) => stored.get(workload.id) !== content);
  const really = gone.filter((id) => stored.has(id));
  await apply(context, changed, really, at);
  return { changed: changed.length + really.length };
}

/** Removes the workloads of clusters that are no longer configured. */
export async function forgetClustersExcept(
  context: StoreContext,
  ids: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from workload where cluster <> all(${ids}::text[])`.execute(context.db);
  await apply(
    context,
    [],
    rows.map(({ id }) => id),
    new Date(),
    'configuration',
  );
  await write(context.db, async ({ trx }) => {
    await forgetAdmissionExcept(trx, ids);
    await forgetFormerExcept(trx, ids);
    await sql`delete from cluster where id <> all(${ids}::text[])`.execute(trx);
  });
}

function group({ workloads, uses }: Inventory): readonly Incoming[] {
  const byWorkload = Map.groupBy(uses, ({ workloadId }) => workloadId);
  const unique = new Map(workloads.map((workload) => [workload.id, workload]));
  return [...unique.values()].map((workload) => {
    const own = byWorkload.get(workload.id) ?? [];
    return { workload, uses: own, content: contentHash(workload, own) };
  });
}

async function apply(
  context: StoreContext,
  changed: readonly Incoming[],
  gone: readonly string[],
  at: Date,
  cause = 'inventory',
): Promise<void> {
  for (const part of chunks(changed, workloadsAtOnce)) {
    await write(context.db, async (running) => {
      const before = await lockStates(
        running.trx,
        part.map(({ workload }) => workload.id),
      );
      const after = await build(context, running, before, part, at);
      await rememberFormer(running.trx, before, after, at);
      await saveStates(running, context.catalog, before, after, at);
      await saveAdmissionFacts(
        running.trx,
        part.map(({ workload }) => workload),
      );
      await markToJudge(
        running.trx,
        part.map(({ workload }) => workload.id),
      );
      await appendHistory(
        running.trx,
        after.map((state) => told(before, state)),
        at,
        cause,
      );
    });
    await context.housekeeping.changed(part.length);
  }
  for (const part of chunks(gone, workloadsAtOnce))
    await write(context.db, async (running) => {
      const before = await lockStates(running.trx, part);
      await rememberFormer(running.trx, before, [], at);
      await saveStates(running, context.catalog, before, [], at);
      await forgetAdmissionFacts(running.trx, part);
      await sql`delete from to_judge where workload_id = any(${part}::text[])`.execute(running.trx);
      const entries = [...before.keys()].map((subject) => ({
        subject,
        changes: [{ what: 'workload', from: 'present', to: null }],
      }));
      await appendHistory(running.trx, entries, at, cause);
    });
}

/** The new states: what was judged stays until it is judged again, new uses are not checked yet. */
async function build(
  context: StoreContext,
  running: Write,
  before: States,
  incoming: readonly Incoming[],
  at: Date,
): Promise<readonly WorkloadState[]> {
  const uses = incoming.flatMap((item) => item.uses);
  const images = await internImages(running, context.ids, uses.flatMap(imagesOf), at);
  const tags = await internTags(running, context.ids, uses.flatMap(tagsOf));
  return incoming.map((item) => {
    const old = before.get(item.workload.id);
    const known = new Map(old?.uses.map((use) => [use.id, use]));
    const next = new Map<string, UseRecord>();
    for (const use of item.uses) {
      const id = keyOfUse(use);
      next.set(id, {
        ...(known.get(id) ?? notChecked(at)),
        ...described(use),
        id,
        image_id: images.get(imageOf(use)) ?? null,
        other_image_id: images.get(otherImageOf(use)) ?? null,
        tag_id: tags.get(tagsOf(use)[0]) ?? null,
        pinned_image_id: images.get(pinnedImageOf(use)) ?? null,
      });
    }
    const findings = (old?.findings ?? []).filter(
      ({ use_id }) => use_id !== null && next.has(use_id),
    );
    return { workload: recordOf(item, old?.workload, at), uses: [...next.values()], findings };
  });
}

const notChecked = (at: Date) => ({
  rank: rankOf('inconclusive'),
  reason: 'not-checked-yet',
  detail: null,
  class: 0,
  since: at,
});

function described(use: ImageUse) {
  const { reference, running } = use;
  return {
    workload_id: use.workloadId,
    container: use.container,
    kind: use.kind,
    declared: use.declared,
    registry: reference?.registry ?? null,
    repository: reference?.repository ?? null,
    tag: reference?.tag ?? null,
    pinned_digest: reference?.digest ?? null,
    problem: use.problem ?? null,
    pin: use.pin,
    running: running.state,
    digest: running.state === 'digest' ? running.digest : null,
    running_repository: running.state === 'digest' ? (running.repository ?? null) : null,
    running_id: 'imageId' in running ? running.imageId : null,
    pods: use.pods,
    examples: use.examples,
  };
}

function recordOf({ workload, content }: Incoming, old: WorkloadRecord | undefined, at: Date) {
  const fresh = {
    rank: -1,
    worst_use: null,
    worst_reason: null,
    pods: 0,
    weight: 0,
    containers: 0,
    revision: 0,
  };
  return {
    ...(old ?? { ...fresh, verified: 0, profile: 0, registries: 0, since: at, search: '' }),
    id: workload.id,
    cluster: workload.cluster,
    namespace: workload.namespace,
    api_version: workload.apiVersion,
    kind: workload.kind,
    name: workload.name,
    uid: workload.uid,
    team: workload.team ?? '',
    content,
  };
}

/**
 * The digest that runs, or that will run because the spec pins it, in the repository of the spec:
 * there its signatures are looked for.
 */
function imageOf({ reference, running }: ImageUse): KeyedImage | undefined {
  if (reference === undefined) return;
  const { registry, repository } = reference;
  if (running.state === 'digest') return { registry, repository, digest: running.digest };
  if (running.state !== 'pending' || reference.digest === undefined) return;
  return { registry, repository, digest: reference.digest };
}

/** The same digest where the kubelet says that it was pulled from, when that is another place. */
function otherImageOf({ reference, running }: ImageUse): KeyedImage | undefined {
  if (running.state !== 'digest' || running.repository === undefined) return;
  const slash = running.repository.indexOf('/');
  const registry = running.repository.slice(0, slash);
  const repository = running.repository.slice(slash + 1);
  if (slash < 1 || (reference?.registry === registry && reference.repository === repository))
    return;
  return { registry, repository, digest: running.digest };
}

/** What the spec pins, which admission is asked about whatever the runtime reports. */
function pinnedImageOf({ reference }: ImageUse): KeyedImage | undefined {
  if (reference?.digest === undefined) return;
  const { registry, repository, digest } = reference;
  return { registry, repository, digest };
}

const imagesOf = (use: ImageUse): readonly KeyedImage[] =>
  [imageOf(use), otherImageOf(use), pinnedImageOf(use)].filter((image) => image !== undefined);

/** Only a tag that decides what is pulled next is asked for: beside a digest nothing pulls by it. */
function tagsOf({ reference }: ImageUse): readonly KeyedTag[] {
  if (reference === undefined || reference.digest !== undefined) return [];
  const { registry, repository } = reference;
  const tag = tagOf(reference);
  return tag === undefined ? [] : [{ registry, repository, tag }];
}

function told(before: States, { workload, uses }: WorkloadState): HistoryEntry {
  const old = before.get(workload.id)?.uses ?? [];
  const oldIds = new Set(old.map(({ id }) => id));
  const ids = new Set(uses.map(({ id }) => id));
  const changes: Change[] = [
    ...old
      .filter(({ id }) => !ids.has(id))
      .map((use) => ({ what: `container ${use.container}`, from: shown(use), to: null })),
    ...uses
      .filter(({ id }) => !oldIds.has(id))
      .map((use) => ({ what: `container ${use.container}`, from: null, to: shown(use) })),
  ];
  if (!before.has(workload.id)) changes.unshift({ what: 'workload', from: null, to: 'present' });
  return { subject: workload.id, changes };
}

const shown = ({ declared, digest, running }: UseRecord): string =>
  `${declared} (${digest ?? running})`;
