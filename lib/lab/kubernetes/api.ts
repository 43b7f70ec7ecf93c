import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { discoveryOf } from './discovery.ts';
import { FaultSwitch, type KubernetesFault } from './faults.ts';
import {
  builtIn,
  type KubernetesObject,
  kindOf,
  type LabObjects,
  nameOf,
  type Plural,
  type ServedKind,
  type Target,
  targetOf,
} from './kubernetes-object.ts';
import { listPieces, mannerOf } from './list.ts';
import { ObjectStore, readToken } from './object-store.ts';
import { sendJson, sendPieces, sendStatus } from './respond.ts';
import { sendExpired, Watchers, wantedBy } from './watchers.ts';

export interface KubernetesApiOptions {
  /** Of the cluster and of its context in the kubeconfig. */
  readonly name: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Bearer token that requests must carry; absent: anybody may read. */
  readonly token?: string;
  readonly objects: LabObjects;
  /** Most items of one page, whatever `limit` says. */
  readonly pageLimit?: number;
  /** Time between bookmarks of a watch; a real server takes a minute. */
  readonly bookmarkMs?: number;
}

/** One request as the server saw it. */
export interface LabRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly status: number;
}

/** How many requests are remembered. */
const rememberedRequests = 10_000;

/** The behaviour of a lab API server, apart from its socket. */
export class Api {
  token: string | undefined;
  readonly requests: LabRequest[] = [];
  readonly watchers = new Watchers();
  readonly #options: KubernetesApiOptions;
  readonly #faults = new FaultSwitch();
  readonly #clock = { now: 1000 };
  readonly #served: readonly ServedKind[];
  readonly #stores: ReadonlyMap<ServedKind, ObjectStore>;

  constructor(options: KubernetesApiOptions) {
    this.#options = options;
    this.token = options.token;
    const { custom = [] } = options.objects;
    const stocked = [
      ...builtIn.map((kind) => [kind, options.objects[kind.plural as Plural]] as const),
      ...custom.map((kind) => [kind, kind.objects] as const),
    ];
    this.#served = stocked.map(([kind]) => kind);
    this.#stores = new Map(
      stocked.map(([kind, objects]) => [kind, new ObjectStore(kind, this.#clock, objects)]),
    );
  }

  upsert(object: KubernetesObject & { readonly kind: string }): void {
    const kind = kindOf(this.#served, object);
    this.watchers.publish(kind, this.#store(kind).upsert(object));
  }

  remove(name: string, uid: string): boolean {
    const kind = kindOf(this.#served, { kind: name, metadata: { name: '', uid } });
    const event = this.#store(kind).remove(uid);
    if (event !== undefined) this.watchers.publish(kind, event);
    return event !== undefined;
  }

  setFault(fault: KubernetesFault | undefined): void {
    this.#faults.set(fault);
    if (fault?.kind === 'drop-watch' || fault?.kind === 'down') this.watchers.drop();
    if (fault?.kind === 'silent-watch') this.watchers.silence();
    if (fault?.kind === 'watch-gone') this.watchers.expire();
  }

  compact(): void {
    for (const store of this.#stores.values()) store.compact();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/' } = request;
    response.once('close', () => {
      this.requests.push({ method, url, status: response.headersSent ? response.statusCode : 0 });
      if (this.requests.length > rememberedRequests) this.requests.shift();
    });
    if (this.#faults.take('down')) request.socket.resetAndDestroy();
    if (request.socket.destroyed || this.#faults.take('hang')) return;
    const slow = this.#faults.take('slow');
    if (slow !== undefined) await pause(slow.ms);
    const { pathname, searchParams } = new URL(url, 'http://lab');
    const target = targetOf(this.#served, pathname);
    if (this.#refused(request, response, target)) return;
    if (target === undefined) this.#discovery(response, pathname);
    else if (target.name !== undefined) this.#get(request, response, target);
    else if (['1', 'true'].includes(searchParams.get('watch') ?? ''))
      this.#watch(request, response, target, searchParams);
    else await this.#list(request, response, target, searchParams);
  }

  #store(kind: ServedKind): ObjectStore {
    const store = this.#stores.get(kind);
    if (store === undefined) throw new TypeError(`no store for ${nameOf(kind)}`);
    return store;
  }

  #refused(
    { method, headers }: IncomingMessage,
    response: ServerResponse,
    target: Target | undefined,
  ): boolean {
    const refuse = (code: number, message: string, extra: Record<string, string> = {}): true => {
      sendStatus(response, code, message, extra);
      return true;
    };
    if (method !== 'GET') return refuse(405, `${method} is not offered`);
    const allowed = this.token === undefined || headers.authorization === `Bearer ${this.token}`;
    if (!allowed || this.#faults.take('unauthorized')) return refuse(401, 'Unauthorized');
    const broken = this.#faults.take('server-error');
    if (broken !== undefined)
      return refuse(broken.status, 'the lab was told to fail', {
        ...(broken.retryAfterSeconds !== undefined && {
          'retry-after': `${broken.retryAfterSeconds}`,
        }),
      });
    const name = target && nameOf(target.kind);
    const meant = ({ plural }: { readonly plural: string }) =>
      plural === target?.kind.plural || plural === name;
    if (this.#faults.take('forbidden-kind', meant))
      return refuse(403, `${name} is forbidden: User "lab" cannot list resource "${name}"`);
    if (this.#faults.take('missing-kind', meant))
      return refuse(404, 'the server could not find the requested resource');
    return false;
  }

  #discovery(response: ServerResponse, pathname: string): void {
    const found = discoveryOf(this.#served, pathname);
    if (found !== undefined) sendJson(response, 200, found);
    else sendStatus(response, 404, 'the server could not find the requested resource');
  }

  #get({ headers }: IncomingMessage, response: ServerResponse, target: Target): void {
    const { kind, namespace, name = '' } = target;
    const found = this.#store(kind).find(namespace, name);
    if (found === undefined) sendStatus(response, 404, `${nameOf(kind)} "${name}" not found`);
    else sendJson(response, 200, mannerOf(target, headers.accept).shown(found));
  }

  async #list(
    { headers }: IncomingMessage,
    response: ServerResponse,
    target: Target,
    query: URLSearchParams,
  ): Promise<void> {
    // Reading credentials wholesale is what no reader of ours may do.
    if (nameOf(target.kind) === 'secrets')
      return sendStatus(response, 403, 'secrets are read by name only');
    const token = query.get('continue') || undefined;
    const expired =
      token !== undefined &&
      this.#faults.take(
        'gone-during-paging',
        ({ onContinue }) => readToken(token).page === onContinue,
      );
    const most = this.#options.pageLimit ?? Number.POSITIVE_INFINITY;
    const limit = Math.min(most, Number(query.get('limit')) || Number.POSITIVE_INFINITY);
    const page = expired
      ? 'expired'
      : this.#store(target.kind).page(token, limit, wantedBy(target, query));
    if (page === 'expired') {
      sendStatus(response, 410, 'The provided continue parameter is too old');
      return;
    }
    const malformed = this.#faults.take('malformed-item', () => nameOf(target.kind) === 'pods');
    const spoilt = malformed && { spec: 'not a specification' };
    const manner = mannerOf(target, headers.accept);
    await sendPieces(response, listPieces(target, page, manner, spoilt));
  }

  #watch(
    { headers }: IncomingMessage,
    response: ServerResponse,
    target: Target,
    query: URLSearchParams,
  ): void {
    const gone = this.#faults.take('watch-gone');
    const version = Number(query.get('resourceVersion') || 0);
    const store = this.#store(target.kind);
    const events = version === 0 ? undefined : store.since(version);
    if (gone?.as === 'status') {
      sendStatus(response, 410, 'too old resource version');
      return;
    }
    if (gone !== undefined || (version !== 0 && events === undefined)) {
      sendExpired(response);
      return;
    }
    const backlog =
      events ?? [...store.all()].map((object) => ({ type: 'ADDED' as const, version, object }));
    const silent = this.#faults.take('silent-watch') !== undefined;
    const dropped = this.#faults.take('drop-watch') !== undefined;
    this.watchers.add(
      {
        response,
        kind: target.kind,
        apiVersion: target.apiVersion,
        wanted: wantedBy(target, query),
        shown: mannerOf(target, headers.accept).shown,
        bookmarks: ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? ''),
        bookmarkMs: this.#options.bookmarkMs ?? 5_000,
        timeoutSeconds: Number(query.get('timeoutSeconds')) || 1800,
        version: () => this.#clock.now,
      },
      silent ? [] : backlog,
    );
    if (silent) this.watchers.silence();
    if (dropped) this.watchers.drop();
  }
}
