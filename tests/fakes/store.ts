import type { ImageDetail } from '#lib/contract/images.ts';
import type { ClusterRow, ScanRow } from '#lib/contract/sources.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { TagNow } from '#lib/model/posture.ts';
import { tagOf } from '#lib/model/reference.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { ImageUse, Inventory, Workload } from '#lib/model/workload.ts';
import type { AdmissionReading } from '#lib/ports/cluster.ts';
import type {
  ClusterState,
  PublishedReading,
  ScanStore,
  StoredUse,
  Subject,
  TagSubject,
  WorkloadJudgement,
  WorkloadToJudge,
} from '#lib/ports/scan-store.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import type { ScanningStore } from '#lib/scan/dependencies.ts';

interface Image extends Subject {
  verdict?: ImageVerdict;
  checkedAt?: Date;
  platforms: readonly Digest[];
}
interface Tag extends TagSubject {
  now?: Parameters<ScanStore['saveTags']>[0][number]['now'];
  checkedAt?: Date;
}

/** The scanning side of a store in memory, with what a test wants to look at. */
export interface FakeStore extends ScanningStore {
  readonly judgements: Map<string, WorkloadJudgement>;
  readonly workloads: Map<string, Workload>;
  readonly uses: Map<string, StoredUse>;
  readonly states: Map<string, ClusterState>;
  readonly admission: Map<string, AdmissionReading>;
  /** Everything appended to the history: verdicts and uses whose status changed. */
  readonly history: string[];
  readonly published: Map<string, PublishedReading>;
  readonly told: { readonly channel: string; readonly payload: string }[];
  readonly calls: { coverage: number; maintain: number; scans: ScanRow[] };
}

const keyOf = ({ registry, repository, digest }: Subject): string =>
  `${registry}/${repository}@${digest}`;
const tagKey = ({ registry, repository, tag }: TagSubject): string =>
  `${registry}/${repository}:${tag}`;

export function createFakeStore(): FakeStore {
  const images = new Map<string, Image>();
  const tags = new Map<string, Tag>();
  const facts: Fact[] = [];
  const dirty = new Set<string>();
  const revisions = new Map<string, number>();
  const scans = new Map<string, ScanRow>();
  const listeners = new Set<{ channel: string; listener: (payload: string) => void }>();
  const store: FakeStore = {
    kind: 'embedded',
    judgements: new Map(),
    workloads: new Map(),
    uses: new Map(),
    states: new Map(),
    admission: new Map(),
    history: [],
    published: new Map(),
    told: [],
    calls: { coverage: 0, maintain: 0, scans: [] },

    async saveInventory(cluster, inventory, _at) {
      const kept = new Set(inventory.workloads.map(({ id }) => id));
      const gone = [...store.workloads.values()].filter(
        (workload) => workload.cluster === cluster && !kept.has(workload.id),
      );
      return save(
        inventory,
        gone.map(({ id }) => id),
      );
    },
    saveWorkloads: async (_cluster, inventory, gone, _at) => save(inventory, gone),
    async saveCluster(state) {
      const before = store.states.get(state.id);
      store.states.set(state.id, { ...(before?.asOf && { asOf: before.asOf }), ...state });
    },
    admissionOf: async (cluster) => {
      const reading = store.admission.get(cluster);
      return reading && { ...reading, cluster, revision: revisions.get(cluster) ?? 0 };
    },
    admissionRevisions: async () => new Map(revisions),
    async checkedUnderOtherPolicies(revisionOf) {
      return [...images.values()].filter(({ verdict, registry, repository }) => {
        const revision = revisionOf(`${registry}/${repository}`);
        if (revision === undefined || !verdict || verdict.evidence.length === 0) return false;
        return revision !== verdict.underPolicies?.revision;
      });
    },
    async saveAdmission(cluster, reading) {
      const textOf = (one: AdmissionReading | undefined) =>
        JSON.stringify([one?.objects, one?.namespaces, one?.problems]);
      const changed = textOf(store.admission.get(cluster)) !== textOf(reading);
      store.admission.set(cluster, reading);
      if (changed) revisions.set(cluster, (revisions.get(cluster) ?? 0) + 1);
      return { changed };
    },
    async forgetClustersExcept(ids) {
      for (const id of store.admission.keys()) if (!ids.includes(id)) store.admission.delete(id);
      for (const id of store.states.keys()) if (!ids.includes(id)) store.states.delete(id);
      const gone = [...store.workloads.values()].filter(({ cluster }) => !ids.includes(cluster));
      save(
        { workloads: [], uses: [] },
        gone.map(({ id }) => id),
      );
    },
    async dueSubjects({ now, checkedBefore, limit, after }) {
      const wanted = new Set([...store.uses.values()].flatMap((use) => subjectsOf(use).map(keyOf)));
      for (const { images: list } of store.published.values())
        for (const { digest, ...where } of list)
          if (digest) wanted.add(keyOf({ ...where, digest }));
      const due = [...images.values()].filter(
        ({ verdict, checkedAt, ...subject }) =>
          wanted.has(keyOf(subject)) &&
          (!checkedAt ||
            checkedAt < checkedBefore ||
            (verdict?.retryAt !== undefined && new Date(verdict.retryAt) <= now)),
      );
      return page(due, keyOf, limit, after);
    },
    async dueTags({ checkedBefore, limit, after }) {
      const wanted = new Set([...store.uses.values()].flatMap((use) => tagsOf(use).map(tagKey)));
      const due = [...tags.values()].filter(
        ({ checkedAt, ...tag }) =>
          wanted.has(tagKey(tag)) && (!checkedAt || checkedAt < checkedBefore),
      );
      return page(due, tagKey, limit, after);
    },
    knownFacts: async (subject, evidence) =>
      facts.filter((fact) => fact.subject === subject && evidence.includes(fact.evidence)),
    async saveVerdicts(items, at, cause) {
      for (const { verdict, facts: fresh, platforms } of items) {
        const image = imageOf(verdict);
        const [from, to] = [image.verdict, verdict].map(
          (one) => `${one?.status ?? 'none'} ${one?.reason ?? ''}`,
        );
        if (from !== to) store.history.push(`${cause}: ${keyOf(verdict)} ${from} → ${to}`);
        facts.push(...fresh);
        image.verdict = verdict;
        image.checkedAt = at;
        if (platforms) image.platforms = platforms.map(({ digest }) => digest);
        markUsers((use) => subjectsOf(use).some((subject) => keyOf(subject) === keyOf(verdict)));
      }
    },
    async saveTags(items, at) {
      for (const item of items) {
        const tag = tags.get(tagKey(item)) ?? { ...item };
        tags.set(tagKey(item), { ...tag, now: item.now, checkedAt: at });
        if (item.now.state === 'digest') imageOf({ ...item, digest: item.now.digest });
        markUsers((use) => tagsOf(use).some((one) => tagKey(one) === tagKey(item)));
      }
    },
    async savePublished(reading) {
      store.published.set(`${reading.registry}/${reading.repository}`, reading);
      for (const { digest, ...where } of reading.images) if (digest) imageOf({ ...where, digest });
    },
    async judgeAgain() {
      for (const id of store.workloads.keys()) dirty.add(id);
    },
    async workloadsToJudge(limit) {
      return [...dirty].slice(0, limit).flatMap((id) => {
        const workload = store.workloads.get(id);
        if (!workload) return [];
        const uses = [...store.uses.values()].filter(({ workloadId }) => workloadId === id);
        return [{ workload, uses: uses.map(toJudge) }];
      });
    },
    async saveJudgements(items, _at, cause) {
      for (const item of items) {
        const before = JSON.stringify(store.judgements.get(item.workloadId));
        if (before !== JSON.stringify(item)) store.history.push(`${cause}: ${item.workloadId}`);
        store.judgements.set(item.workloadId, item);
        dirty.delete(item.workloadId);
      }
    },
    async saveCoverage() {
      store.calls.coverage += 1;
    },
    async saveRegistries() {},
    async saveTrustRoots() {},
    async saveScan(scan) {
      scans.set(scan.id, scan);
      store.calls.scans.push(scan);
    },
    scan: async (id) => scans.get(id),
    scans: async (limit) =>
      [...scans.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, limit),
    async maintain() {
      store.calls.maintain += 1;
    },
    clusters: async () =>
      [...store.states.values()].map((state) => ({
        version: null,
        reason: null,
        detail: null,
        ...state,
        problems: [...state.problems],
        asOf: state.asOf?.toISOString() ?? null,
        retryAt: state.retryAt?.toISOString() ?? null,
      })) as unknown as ClusterRow[],
    async image(digest) {
      const locations = [...images.values()]
        .filter((image) => image.digest === digest)
        .map(({ registry, repository, verdict, checkedAt }) => ({
          registry,
          repository,
          status: verdict?.status ?? 'inconclusive',
          reason: verdict?.reason ?? null,
          detail: verdict?.detail ?? null,
          checkedAt: checkedAt?.toISOString() ?? null,
        }));
      return { digest, locations } as unknown as ImageDetail;
    },
    async publish(channel, payload) {
      store.told.push({ channel, payload });
      for (const one of listeners) if (one.channel === channel) one.listener(payload);
    },
    async subscribe(channel, listener) {
      const one = { channel, listener };
      listeners.add(one);
      return async () => void listeners.delete(one);
    },
  };

  function imageOf({ registry, repository, digest }: Subject): Image {
    const known = images.get(keyOf({ registry, repository, digest }));
    if (known) return known;
    const image: Image = { registry, repository, digest, platforms: [] };
    images.set(keyOf(image), image);
    return image;
  }
  const runningOf = ({ reference, running }: StoredUse): Digest | undefined =>
    running.state === 'digest' ? running.digest : reference?.digest;
  function subjectsOf(use: StoredUse): Subject[] {
    if (!use.reference) return [];
    const { registry, repository } = use.reference;
    const digests = [runningOf(use), ...tagsOf(use).map((tag) => named(tag))];
    return digests.flatMap((digest) => (digest ? [{ registry, repository, digest }] : []));
  }
  function named(tag: TagSubject): Digest | undefined {
    const now = tags.get(tagKey(tag))?.now;
    return now?.state === 'digest' ? now.digest : undefined;
  }
  function tagsOf({ reference }: StoredUse): TagSubject[] {
    const tag = reference && tagOf(reference);
    if (!tag || reference.digest) return [];
    return [{ registry: reference.registry, repository: reference.repository, tag }];
  }
  function markUsers(of: (use: StoredUse) => boolean): void {
    for (const use of store.uses.values()) if (of(use)) dirty.add(use.workloadId);
  }

  function describe(id: string): string {
    const uses = [...store.uses.values()].filter(({ workloadId }) => workloadId === id);
    return JSON.stringify([store.workloads.get(id), uses]);
  }
  function save(inventory: Inventory, gone: readonly string[]): { changed: number } {
    const touched = new Set([...gone, ...inventory.workloads.map(({ id }) => id)]);
    const before = new Map([...touched].map((id) => [id, describe(id)]));
    for (const [id, use] of store.uses) if (touched.has(use.workloadId)) store.uses.delete(id);
    for (const id of gone) {
      store.workloads.delete(id);
      store.judgements.delete(id);
    }
    for (const workload of inventory.workloads) store.workloads.set(workload.id, workload);
    for (const use of inventory.uses) saveUse(use);
    const changed = [...before].filter(([id, text]) => describe(id) !== text);
    for (const [id] of changed) mark(id);
    return { changed: changed.length };
  }
  function mark(id: string): void {
    if (store.workloads.has(id)) dirty.add(id);
    else dirty.delete(id);
  }
  function saveUse(use: ImageUse): void {
    const { workloadId, kind, container, declared, running } = use;
    const id = JSON.stringify([workloadId, kind, container, declared, running]);
    const cluster = store.workloads.get(workloadId)?.cluster ?? '';
    const stored = { ...use, id, cluster };
    store.uses.set(id, stored);
    for (const subject of subjectsOf(stored)) imageOf(subject);
    for (const tag of tagsOf(stored)) if (!tags.has(tagKey(tag))) tags.set(tagKey(tag), tag);
  }

  function toJudge(use: StoredUse): WorkloadToJudge['uses'][number] {
    const [tag] = tagsOf(use);
    const where = use.reference && {
      registry: use.reference.registry,
      repository: use.reference.repository,
    };
    const verdictOf = (digest: Digest | undefined): ImageVerdict | undefined =>
      digest && where && images.get(keyOf({ ...where, digest }))?.verdict;
    const running = runningOf(use);
    const verdict = verdictOf(running ?? (tag && use.pods === 0 ? named(tag) : undefined));
    const tagNow = tagNowOf(tag && tags.get(tagKey(tag)), running);
    const next = tagNow.state === 'moved' ? verdictOf(tagNow.digest)?.status : undefined;
    return {
      ...use,
      ...(verdict && { verdict }),
      tagNow,
      ...(next !== undefined && { tagNowStatus: next }),
    };
  }
  function tagNowOf(tag: Tag | undefined, running: Digest | undefined): TagNow {
    if (!tag?.now) return { state: 'not-asked' };
    if (tag.now.state !== 'digest') return tag.now;
    if (!running) return { state: 'not-asked' };
    const { digest } = tag.now;
    const covers = images.get(keyOf({ ...tag, digest }))?.platforms.includes(running);
    return digest === running || covers ? { state: 'same' } : { state: 'moved', digest };
  }
  return store;
}

function page<T>(items: readonly T[], key: (item: T) => string, limit: number, after = '') {
  const sorted = items
    .filter((item) => key(item) > after)
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const rows = sorted.slice(0, limit);
  const last = rows.at(-1);
  const next = rows.length === limit && last ? key(last) : null;
  return { items: rows, next, total: items.length };
}
