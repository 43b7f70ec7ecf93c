import type { ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { startServer } from './server.ts';

/** One resource that an API server serves. Items are served as they are, malformed ones too. */
export interface ApiResource {
  readonly kind: string;
  readonly namespaced?: boolean;
  readonly verbs?: readonly string[];
  readonly items?: readonly unknown[];
}

/** What an API server serves, by `apiVersion` and plural. */
export type ApiContent = Readonly<Record<string, Readonly<Record<string, ApiResource>>>>;

/** An API server with discovery and lists of whatever kinds, on loopback. */
export interface AdmissionApi {
  /** Paths that were asked, with their queries. */
  readonly requests: () => readonly string[];
  readonly kubeconfig: string;
  /** From now on this path is answered with a failure; `'cut'` ends the connection without a word. */
  fail(path: string, how: number | 'cut', times?: number): void;
  close(): Promise<void>;
}

/** Starts one that gives at most so many items at once. */
export async function startAdmissionApi(
  content: ApiContent,
  pageLimit = Number.POSITIVE_INFINITY,
): Promise<AdmissionApi> {
  const asked: string[] = [];
  const faults = new Map<string, { readonly how: number | 'cut'; times: number }>();
  const server = await startServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://api');
    asked.push(request.url ?? '');
    const fault = faults.get(url.pathname);
    if (fault !== undefined && fault.times > 0 && (fault.how !== 410 || isNext(url))) {
      fault.times -= 1;
      if (fault.how === 'cut') request.socket.destroy();
      else send(response, fault.how, status(fault.how, `${url.pathname} is refused`));
      return;
    }
    const found = discovery(content, url.pathname) ?? listOf(content, url, pageLimit);
    if (found === undefined) send(response, 404, status(404, 'not found'));
    else send(response, 200, found);
  });
  return {
    requests: () => asked,
    kubeconfig: stringify({
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: server.url } }],
      users: [{ name: 'c', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
    }),
    fail: (path, how, times = Number.POSITIVE_INFINITY) => faults.set(path, { how, times }),
    close: server.close,
  };
}

const isNext = (url: URL): boolean => url.searchParams.has('continue');

const status = (code: number, message: string) => ({ kind: 'Status', code, message });

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function discovery(content: ApiContent, path: string): unknown {
  const apiVersions = Object.keys(content).filter((one) => one.includes('/'));
  if (path === '/apis') {
    const names = new Set(apiVersions.map((one) => one.split('/')[0]));
    const groups = [...names].map((name) => ({
      name,
      versions: apiVersions
        .filter((one) => one.startsWith(`${name}/`))
        .map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] })),
    }));
    return { kind: 'APIGroupList', groups };
  }
  const groupVersion = path.slice('/apis/'.length);
  const served = apiVersions.includes(groupVersion) ? content[groupVersion] : undefined;
  return (
    served && {
      kind: 'APIResourceList',
      groupVersion,
      resources: Object.entries(served).map(([name, { kind, namespaced, verbs }]) => ({
        name,
        kind,
        namespaced: namespaced === true,
        verbs: verbs ?? ['get', 'list', 'watch'],
      })),
    }
  );
}

function listOf(content: ApiContent, { pathname, searchParams }: URL, pageLimit: number): unknown {
  const match =
    /^\/(?:api|apis)\/(?<version>v1|[^/]+\/[^/]+)\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<plural>[^/]+)$/.exec(
      pathname,
    );
  const { version = '', namespace, plural = '' } = match?.groups ?? {};
  const resource = content[version]?.[plural];
  if (resource === undefined) return undefined;
  const name = searchParams.get('fieldSelector')?.replace('metadata.name=', '');
  const wanted = (resource.items ?? []).filter((item) => {
    const metadata = (item as { metadata?: { name?: string; namespace?: string } } | null)
      ?.metadata;
    return (
      (name === undefined || metadata?.name === name) &&
      (namespace === undefined || metadata?.namespace === namespace)
    );
  });
  const from = Number(searchParams.get('continue') ?? 0);
  const to = from + Math.min(pageLimit, Number(searchParams.get('limit') ?? pageLimit));
  return {
    kind: `${resource.kind}List`,
    apiVersion: version,
    metadata: { resourceVersion: '7', ...(to < wanted.length && { continue: `${to}` }) },
    items: wanted.slice(from, to),
  };
}
