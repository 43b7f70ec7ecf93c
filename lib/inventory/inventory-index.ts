import type {
  ControllerFacts,
  ImageUse,
  Inventory,
  PodFacts,
  Workload,
} from '#lib/model/workload.ts';
import type { ClusterChange, ClusterSnapshot, OwnerLink } from '#lib/ports/cluster.ts';
import { admissionFacts } from './admission-facts.ts';
import { declaredRuns } from './declared.ts';
import { ancestry, type Owned, type TopOwner, topOwner } from './owners.ts';
import { isActive, type Runs, usesOf } from './uses.ts';

export interface InventoryOptions {
  /** Labels that name a team, the most telling first; looked up on the workload, then its namespace. */
  readonly teamLabels: readonly string[];
}

/** What some changes came to: the touched workloads, each whole, and the ids of those that are no more. */
export interface InventoryDelta {
  readonly inventory: Inventory;
  readonly gone: readonly string[];
}

/** The inventory of one cluster, kept up to date by what a watch reports. */
export interface InventoryIndex {
  inventory(): Inventory;
  apply(changes: readonly ClusterChange[]): InventoryDelta;
}

/**
 * Builds an index over a reading. It keeps the pod facts themselves and two map entries for each pod,
 * so it may live as long as the watch does.
 */
export const createInventoryIndex = (
  cluster: string,
  snapshot: ClusterSnapshot,
  options: InventoryOptions,
): InventoryIndex => new Index(cluster, snapshot, options);

/** What belongs to one workload, by uid. */
interface Members {
  readonly pods: Map<string, PodFacts>;
  readonly controllers: Map<string, ControllerFacts>;
}

class Index implements InventoryIndex {
  readonly #cluster: string;
  readonly #options: InventoryOptions;
  readonly #links = new Map<string, OwnerLink>();
  readonly #controllers = new Map<string, ControllerFacts>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  /** By the uid of the top owner. */
  readonly #members = new Map<string, Members>();
  /** Uid of a pod or controller → uid of the top owner under which it stands. */
  readonly #homes = new Map<string, string>();
  #touched = new Set<string>();

  constructor(cluster: string, snapshot: ClusterSnapshot, options: InventoryOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#load(snapshot);
  }

  inventory(): Inventory {
    return this.#describeAll(this.#members.keys()).inventory;
  }

  apply(changes: readonly ClusterChange[]): InventoryDelta {
    this.#touched = new Set();
    for (const change of changes) this.#applyOne(change);
    return this.#describeAll(this.#touched);
  }

  #load(snapshot: ClusterSnapshot): void {
    for (const uid of this.#members.keys()) this.#touched.add(uid);
    this.#links.clear();
    this.#controllers.clear();
    this.#namespaces.clear();
    this.#members.clear();
    this.#homes.clear();
    for (const { name, labels } of snapshot.namespaces) this.#namespaces.set(name, labels);
    for (const link of snapshot.owners) this.#links.set(link.uid, link);
    for (const controller of snapshot.controllers)
      this.#controllers.set(controller.uid, controller);
    for (const controller of snapshot.controllers) this.#placeController(controller);
    for (const pod of snapshot.pods) this.#placePod(pod);
  }

  #applyOne(change: ClusterChange): void {
    switch (change.type) {
      case 'pod':
        this.#pod(change.pod);
        break;
      case 'pod-gone':
        this.#leave(change.uid);
        break;
      case 'owner':
        this.#owner(change.owner);
        break;
      case 'owner-gone':
        this.#relink(change.uid, () => this.#links.delete(change.uid));
        break;
      case 'controller':
        this.#controller(change.controller);
        break;
      case 'controller-gone':
        this.#leave(change.uid);
        this.#relink(change.uid, () => this.#controllers.delete(change.uid));
        break;
      case 'namespace':
        this.#namespace(change.name, change.labels);
        break;
      case 'namespace-gone':
        this.#namespace(change.name, undefined);
        break;
      case 'relisted':
        this.#load(change.snapshot);
        break;
      case 'bookmark':
      case 'interrupted':
        break;
    }
  }

  #pod(pod: PodFacts): void {
    const home = this.#homes.get(pod.uid);
    const before = home === undefined ? undefined : this.#members.get(home)?.pods.get(pod.uid);
    // A kubelet reports a pod's conditions far more often than its images change.
    if (before === undefined || !same(before, pod)) this.#placePod(pod);
  }

  #owner(owner: OwnerLink): void {
    if (!same(this.#links.get(owner.uid), owner))
      this.#relink(owner.uid, () => this.#links.set(owner.uid, owner));
  }

  #controller(controller: ControllerFacts): void {
    const before = this.#controllers.get(controller.uid);
    if (before !== undefined && same(before, controller)) return;
    this.#relink(controller.uid, () => this.#controllers.set(controller.uid, controller));
    this.#placeController(controller);
  }

  #namespace(name: string, labels: Readonly<Record<string, string>> | undefined): void {
    const before = this.#namespaces.get(name);
    if (same(before, labels)) return;
    if (labels === undefined) this.#namespaces.delete(name);
    else this.#namespaces.set(name, labels);
    for (const [uid, { pods, controllers }] of this.#members) {
      const [first] = pods.size > 0 ? pods.values() : controllers.values();
      if (first?.namespace === name) this.#touched.add(uid);
    }
  }

  /** Changes a link of owner chains and moves whatever hung on it to where it belongs now. */
  #relink(uid: string, change: () => unknown): void {
    const before = ancestry(uid, this.#lookup);
    change();
    for (const workload of new Set([...before, ...ancestry(uid, this.#lookup)])) {
      const members = this.#members.get(workload);
      if (members === undefined) continue;
      this.#touched.add(workload);
      for (const pod of [...members.pods.values()]) this.#placePod(pod);
      for (const controller of [...members.controllers.values()])
        if (this.#controllers.has(controller.uid)) this.#placeController(controller);
    }
  }

  #placePod(pod: PodFacts): void {
    this.#settle(pod.uid, this.#topOfPod(pod).top.uid).pods.set(pod.uid, pod);
  }

  #placeController(controller: ControllerFacts): void {
    const current = this.#controllers.get(controller.uid) ?? controller;
    const home = this.#topOfController(current).top.uid;
    this.#settle(current.uid, home).controllers.set(current.uid, current);
  }

  #settle(uid: string, home: string): Members {
    if (this.#homes.get(uid) !== home) this.#leave(uid);
    this.#homes.set(uid, home);
    this.#touched.add(home);
    const members = this.#members.get(home) ?? { pods: new Map(), controllers: new Map() };
    this.#members.set(home, members);
    return members;
  }

  #leave(uid: string): void {
    const home = this.#homes.get(uid);
    const members = home === undefined ? undefined : this.#members.get(home);
    if (home === undefined || members === undefined) return;
    this.#homes.delete(uid);
    this.#touched.add(home);
    members.pods.delete(uid);
    members.controllers.delete(uid);
    if (members.pods.size + members.controllers.size === 0) this.#members.delete(home);
  }

  readonly #lookup = (uid: string): Owned | undefined =>
    this.#controllers.get(uid) ?? this.#links.get(uid);

  #topOfPod(pod: PodFacts): TopOwner {
    const { uid, name } = pod;
    const reference = { apiVersion: 'v1', kind: 'Pod', name, uid };
    return topOwner({ ...pod, reference }, this.#lookup);
  }

  #topOfController(controller: ControllerFacts): TopOwner {
    return topOwner({ ...controller, reference: controller }, this.#lookup);
  }

  #describeAll(uids: Iterable<string>): InventoryDelta {
    const workloads: Workload[] = [];
    const uses: ImageUse[] = [];
    const gone: string[] = [];
    for (const uid of [...uids].sort()) {
      const described = this.#describe(uid);
      if (described === undefined) gone.push(this.#id(uid));
      else {
        workloads.push(described.workload);
        for (const use of described.uses) uses.push(use);
      }
    }
    return { inventory: { workloads, uses }, gone };
  }

  #describe(uid: string): { workload: Workload; uses: readonly ImageUse[] } | undefined {
    const members = this.#members.get(uid);
    if (members === undefined) return undefined;
    const pods = [...members.pods.values()].sort(byName);
    const controllers = [...members.controllers.values()].sort(byName);
    const active = pods.filter(isActive);
    const busy = new Set(active.flatMap((pod) => this.#topOfPod(pod).chain));
    const runs: Runs[] = [
      ...active.map(({ name, containers }) => ({ containers, pod: name })),
      ...declaredRuns(controllers, pods, busy),
    ];
    const uses = usesOf(this.#id(uid), runs);
    if (uses.length === 0) return undefined;
    const labels = (this.#lookup(uid) ?? members.pods.get(uid))?.labels;
    const admission = admissionFacts({ uid, labels, pods, controllers });
    return { workload: { ...this.#workload(uid, members, pods, controllers), admission }, uses };
  }

  #workload(
    uid: string,
    members: Members,
    [pod]: readonly PodFacts[],
    [first]: readonly ControllerFacts[],
  ): Workload {
    const controller = members.controllers.get(uid) ?? (pod === undefined ? first : undefined);
    if (controller !== undefined) return this.#named(this.#topOfController(controller), controller);
    if (pod !== undefined) return this.#named(this.#topOfPod(pod), pod);
    throw new TypeError(`workload ${uid} has no members`);
  }

  #named({ top, labels }: TopOwner, { namespace }: { readonly namespace: string }): Workload {
    const { uid, apiVersion, kind, name } = top;
    const places = [labels, this.#namespaces.get(namespace) ?? {}];
    const team = places
      .flatMap((place) => this.#options.teamLabels.map((label) => place[label]))
      .find((value) => value !== undefined && value !== '');
    return {
      id: this.#id(uid),
      cluster: this.#cluster,
      namespace,
      apiVersion,
      kind,
      name,
      uid,
      ...(team !== undefined && { team }),
    };
  }

  #id(uid: string): string {
    return `${this.#cluster}:${uid}`;
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const byName = (
  a: { readonly name: string; readonly uid: string },
  b: { readonly name: string; readonly uid: string },
): number => (a.name === b.name ? compare(a.uid, b.uid) : compare(a.name, b.name));

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
