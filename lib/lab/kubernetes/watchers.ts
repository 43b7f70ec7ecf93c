import type { ServerResponse } from 'node:http';
import type { KubernetesObject, ServedKind, Target } from './kubernetes-object.ts';
import type { StoreEvent } from './object-store.ts';
import { statusObject } from './respond.ts';

/** One open watch. A silent one stays open and says nothing more, like a half-open connection. */
interface Watcher {
  readonly response: ServerResponse;
  readonly kind: ServedKind;
  /** In which the watch was opened. */
  readonly apiVersion: string;
  readonly wanted: (object: KubernetesObject) => boolean;
  readonly shown: (object: KubernetesObject) => unknown;
  readonly timers: readonly NodeJS.Timeout[];
  silent: boolean;
}

export interface WatchRequest
  extends Pick<Watcher, 'response' | 'kind' | 'apiVersion' | 'wanted' | 'shown'> {
  readonly bookmarks: boolean;
  readonly bookmarkMs: number;
  readonly timeoutSeconds: number;
  readonly version: () => number;
}

/** All open watches of one API server. */
export class Watchers {
  readonly #open = new Set<Watcher>();

  get size(): number {
    return this.#open.size;
  }

  add(request: WatchRequest, backlog: readonly StoreEvent[]): void {
    const { response, kind, apiVersion, wanted, shown } = request;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const timers = [
      setTimeout(() => response.end(), request.timeoutSeconds * 1000),
      setInterval(() => this.#bookmark(watcher, request.version()), request.bookmarkMs),
    ];
    if (!request.bookmarks) clearInterval(timers[1]);
    for (const timer of timers) timer.unref();
    const watcher: Watcher = {
      response,
      kind,
      apiVersion,
      wanted,
      shown,
      timers,
      silent: false,
    };
    this.#open.add(watcher);
    response.once('close', () => {
      for (const timer of timers) clearTimeout(timer);
      this.#open.delete(watcher);
    });
    for (const event of backlog) this.#send(watcher, event);
  }

  publish(kind: ServedKind, event: StoreEvent): void {
    for (const watcher of this.#open) if (watcher.kind === kind) this.#send(watcher, event);
  }

  silence(): void {
    for (const watcher of this.#open) watcher.silent = true;
  }

  /** Cuts every stream, in the middle of a line if the other side is unlucky. */
  drop(): void {
    for (const { response } of this.#open) {
      if (canTell(response)) response.write('{"type":"MODIFIED","object":{"kind":');
      response.destroy();
    }
  }

  /** Ends every stream with the ERROR event of a version that is too old. */
  expire(): void {
    for (const { response } of this.#open) if (canTell(response)) sendExpired(response);
  }

  #send({ silent, wanted, shown, response }: Watcher, { type, object }: StoreEvent): void {
    if (silent || !wanted(object) || !canTell(response)) return;
    response.write(`${JSON.stringify({ type, object: shown(object) })}\n`);
  }

  #bookmark({ silent, response, kind, apiVersion }: Watcher, version: number): void {
    if (silent || !canTell(response)) return;
    const object = { kind: kind.kind, apiVersion, metadata: { resourceVersion: `${version}` } };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }
}

/** A stream that was ended stays among the open ones until its socket is closed. */
const canTell = (response: ServerResponse): boolean =>
  !response.writableEnded && !response.destroyed;

/** What the API server writes when a watch asks for a version that it has forgotten. */
export function sendExpired(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
  const object = statusObject(410, 'too old resource version');
  response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
}

/** True for objects that a path and its selectors ask for. */
export function wantedBy(
  { namespace }: Target,
  query: URLSearchParams,
): (object: KubernetesObject) => boolean {
  const name = query.get('fieldSelector')?.replace(/^metadata\.name=/, '');
  const labels = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  return ({ metadata }) =>
    (namespace === undefined || metadata.namespace === namespace) &&
    (name === undefined || metadata.name === name) &&
    labels.every((demand) => hasLabel((metadata['labels'] ?? {}) as Labels, demand));
}

type Labels = Readonly<Record<string, string>>;

/** `key`, `!key`, `key=value`, `key!=value`: of selectors, the lab knows these. */
function hasLabel(labels: Labels, demand: string): boolean {
  const [, not = '', key = '', sign, value = ''] = /^(!?)([^=!]+)(!=|==?)?(.*)$/.exec(demand) ?? [];
  if (sign === undefined) return Object.hasOwn(labels, key) === (not === '');
  return (labels[key] === value) === (sign !== '!=');
}
