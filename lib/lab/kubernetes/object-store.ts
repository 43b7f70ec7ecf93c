import {
  apiVersionOf,
  type KubernetesObject,
  type LazyObjects,
  type ServedKind,
} from './kubernetes-object.ts';

/** Changes that are remembered for watches that come back; older ones are gone, as in etcd. */
const history = 10_000;
/** Lists that are being paged through at the same time. */
const openLists = 200;

export interface StoreEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** A state of one list, held as long as somebody pages through it. */
interface Held {
  readonly version: number;
  readonly lazy: LazyObjects | undefined;
  readonly hidden: ReadonlySet<number>;
  readonly eager: readonly KubernetesObject[];
}

export interface Page {
  readonly version: number;
  readonly items: Iterable<KubernetesObject>;
  /** How to go on; undefined at the end. */
  readonly next: () => string | undefined;
}

/** Objects of one kind, with resource versions, consistent paging and the recent past. */
export class ObjectStore {
  readonly #kind: ServedKind;
  readonly #clock: { now: number };
  readonly #lazy: LazyObjects | undefined;
  readonly #hidden = new Set<number>();
  readonly #eager = new Map<string, KubernetesObject>();
  readonly #held = new Map<string, Held>();
  #events: StoreEvent[] = [];
  #floor: number;
  #tokens = 0;

  constructor(
    kind: ServedKind,
    clock: { now: number },
    objects: readonly KubernetesObject[] | LazyObjects = [],
  ) {
    this.#kind = kind;
    this.#clock = clock;
    this.#floor = clock.now;
    if ('at' in objects && 'count' in objects) this.#lazy = objects;
    else
      for (const object of objects as readonly KubernetesObject[])
        this.#eager.set(object.metadata.uid, this.#stamp(object, clock.now));
  }

  upsert(object: KubernetesObject): StoreEvent {
    const { uid } = object.metadata;
    const known = this.#eager.has(uid) || this.#hide(uid);
    const stamped = this.#stamp(object, this.#tick());
    this.#eager.set(uid, stamped);
    return this.#record(known ? 'MODIFIED' : 'ADDED', stamped);
  }

  remove(uid: string): StoreEvent | undefined {
    const index = this.#indexOf(uid);
    const found = this.#eager.get(uid) ?? (index === undefined ? undefined : this.#lazy?.at(index));
    if (found === undefined) return undefined;
    this.#hide(uid);
    this.#eager.delete(uid);
    return this.#record('DELETED', this.#stamp(found, this.#tick()));
  }

  find(namespace: string | undefined, name: string): KubernetesObject | undefined {
    for (const object of this.all())
      if (object.metadata.name === name && object.metadata.namespace === namespace) return object;
    return undefined;
  }

  *all(): Generator<KubernetesObject> {
    for (const [object] of this.#walk(this.#now(), 0)) yield object;
  }

  /** A page of a new list, or of the one that the token names; `expired` when that is forgotten. */
  page(
    token: string | undefined,
    limit: number,
    wanted: (object: KubernetesObject) => boolean,
  ): Page | 'expired' {
    const place = token === undefined ? undefined : readToken(token);
    const id = place?.id ?? `${++this.#tokens}`;
    const held = place === undefined ? this.#now() : this.#held.get(id);
    if (held === undefined) return 'expired';
    let next: string | undefined;
    const { hold, walk } = {
      hold: () => this.#hold(id, held),
      walk: this.#walk(held, place?.at ?? 0),
    };
    const page = (place?.page ?? 0) + 1;
    const items = function* () {
      let taken = 0;
      for (const [object, at] of walk) {
        if (!wanted(object)) continue;
        if (taken === limit) {
          hold();
          next = writeToken({ id, at, page });
          return;
        }
        taken += 1;
        yield object;
      }
    };
    return { version: held.version, items: items(), next: () => next };
  }

  /** What happened after a version; undefined when that is too long ago to know. */
  since(version: number): readonly StoreEvent[] | undefined {
    if (version < this.#floor) return undefined;
    return this.#events.filter((event) => event.version > version);
  }

  /** Forgets the past and every list being paged: what a compaction of etcd does. */
  compact(): void {
    this.#events = [];
    this.#floor = this.#tick();
    this.#held.clear();
  }

  #now(): Held {
    return {
      version: this.#clock.now,
      lazy: this.#lazy,
      hidden: new Set(this.#hidden),
      eager: [...this.#eager.values()],
    };
  }

  *#walk(held: Held, from: number): Generator<readonly [KubernetesObject, number]> {
    const count = held.lazy?.count ?? 0;
    for (let at = from; at < count + held.eager.length; at += 1) {
      if (held.hidden.has(at)) continue;
      const made = at < count ? held.lazy?.at(at) : undefined;
      const object = made === undefined ? held.eager[at - count] : this.#stamp(made, 1);
      if (object !== undefined) yield [object, at];
    }
  }

  #hold(id: string, held: Held): void {
    this.#held.delete(id);
    this.#held.set(id, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > openLists && oldest !== undefined) this.#held.delete(oldest);
  }

  #hide(uid: string): boolean {
    const index = this.#indexOf(uid);
    if (index === undefined) return false;
    this.#hidden.add(index);
    return true;
  }

  #indexOf(uid: string): number | undefined {
    const lazy = this.#lazy;
    if (lazy === undefined) return undefined;
    let index = lazy.indexOf?.(uid);
    for (let at = 0; lazy.indexOf === undefined && index === undefined && at < lazy.count; at += 1)
      if (lazy.at(at).metadata.uid === uid) index = at;
    if (index === undefined || this.#hidden.has(index)) return undefined;
    return lazy.at(index).metadata.uid === uid ? index : undefined;
  }

  #tick(): number {
    this.#clock.now += 1;
    return this.#clock.now;
  }

  #record(type: StoreEvent['type'], object: KubernetesObject): StoreEvent {
    const event = { version: this.#clock.now, type, object };
    this.#events.push(event);
    if (this.#events.length > history) this.#floor = this.#events.shift()?.version ?? this.#floor;
    return event;
  }

  #stamp(object: KubernetesObject, version: number): KubernetesObject {
    return {
      apiVersion: apiVersionOf(this.#kind.group, this.#kind.versions[0]),
      kind: this.#kind.kind,
      ...object,
      metadata: { ...object.metadata, resourceVersion: `${version}` },
    };
  }
}

/** Which list, from where on, and the how-manieth page has been served. */
export interface Token {
  readonly id: string;
  readonly at: number;
  readonly page: number;
}

const writeToken = (token: Token): string =>
  Buffer.from(JSON.stringify(token)).toString('base64url');

/** Reads a token of ours; anything else counts as of a list long forgotten. */
export function readToken(text: string): Token {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Token;
  } catch {
    return { id: '', at: 0, page: 0 };
  }
}
