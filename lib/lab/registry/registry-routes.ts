import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import { misbehave, misserve, sendBody } from './registry-answers.ts';
import type { LabAuth } from './registry-auth.ts';
import type { FaultTable, RegistryFault } from './registry-faults.ts';
import type { RegistryStorage } from './registry-storage.ts';

/** What the routes of one registry share. */
export interface Routing {
  readonly storage: RegistryStorage;
  readonly faults: FaultTable;
  readonly auth: LabAuth;
  readonly referrersApi: boolean;
  readonly lists: boolean;
  readonly redirectBlobs: boolean;
}

interface Asked {
  readonly url: URL;
  readonly head: boolean;
  readonly repository: string;
  readonly what: string;
  readonly fault: RegistryFault | undefined;
}

const route = /^\/v2\/(.+)\/(manifests|blobs|referrers|tags)\/([^/]+)$/;

/** Answers one request of the distribution API or of the services beside it. */
export async function handleRequest(
  routing: Routing,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const base = `http://${request.headers.host}`;
  const url = new URL(request.url ?? '/', base);
  if (url.pathname === '/token') return sendToken(routing, request, response, url);
  if (url.pathname.startsWith('/storage/')) return sendStored(routing, response, url);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendError(response, 405, 'UNSUPPORTED');
  const [, repository, kind, what = ''] = route.exec(url.pathname) ?? [];
  const fault = routing.faults.find(url.pathname, repository);
  if (fault !== undefined && misbehave(fault, request, response)) return undefined;
  const admission = routing.auth.admit(request.headers.authorization, repository, base);
  if (!admission.ok)
    return sendError(response, 401, 'UNAUTHORIZED', { 'www-authenticate': admission.challenge });
  const send = kind === undefined ? undefined : senders.get(kind);
  if (repository === undefined || send === undefined)
    return sendAboutRegistry(routing, response, url);
  return send(routing, response, {
    url,
    head: request.method === 'HEAD',
    repository,
    what,
    fault,
  });
}

type Sender = (routing: Routing, response: ServerResponse, asked: Asked) => Promise<void>;

const senders: ReadonlyMap<string, Sender> = new Map([
  ['manifests', sendManifest],
  ['blobs', sendBlob],
  ['referrers', sendReferrers],
  ['tags', sendTags],
]);

async function sendAboutRegistry(
  routing: Routing,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (url.pathname === '/v2/') return sendJson(response, 200, {});
  if (url.pathname === '/v2/_catalog') return sendCatalog(routing, response, url);
  return sendError(response, 404, 'NAME_UNKNOWN');
}

async function sendManifest(
  { storage }: Routing,
  response: ServerResponse,
  { repository, what, head, fault }: Asked,
): Promise<void> {
  const manifest = await storage.manifest(repository, what);
  if (manifest === undefined) return sendError(response, 404, 'MANIFEST_UNKNOWN');
  const served = misserve(fault, manifest.bytes);
  const mediaType = fault?.kind === 'wrong-media-type' ? fault.mediaType : manifest.mediaType;
  response.setHeader('content-type', mediaType);
  response.setHeader('docker-content-digest', manifest.digest);
  return sendBody(response, served, head, fault);
}

async function sendBlob(
  { storage, redirectBlobs }: Routing,
  response: ServerResponse,
  { repository, what, head, fault }: Asked,
): Promise<void> {
  const bytes = await storage.blob(repository, what);
  if (bytes === undefined) return sendError(response, 404, 'BLOB_UNKNOWN');
  if (redirectBlobs) {
    response.writeHead(307, { location: `/storage/${repository}/${what}` }).end();
    return undefined;
  }
  response.setHeader('content-type', 'application/octet-stream');
  return sendBody(response, misserve(fault, bytes), head, fault);
}

/** The object storage behind a registry that redirects: it asks for no authorization. */
async function sendStored({ storage }: Routing, response: ServerResponse, url: URL): Promise<void> {
  const [, repository = '', digest = ''] = /^\/storage\/(.+)\/([^/]+)$/.exec(url.pathname) ?? [];
  const bytes = await storage.blob(repository, digest);
  if (bytes === undefined) return sendError(response, 404, 'BLOB_UNKNOWN');
  return sendBody(response, bytes, false, undefined);
}

const referrersPage = 100;

async function sendReferrers(
  { storage, referrersApi }: Routing,
  response: ServerResponse,
  { repository, what, url, fault, head }: Asked,
): Promise<void> {
  if (!referrersApi) return sendError(response, 404, 'NOT_FOUND');
  const padding = fault?.kind === 'many-referrers' ? fault.count : 0;
  const all = [...(await storage.referrers(repository, what)), ...imaginary(padding)];
  const wanted = url.searchParams.get('artifactType');
  const matching = all.filter(({ artifactType }) => wanted === null || artifactType === wanted);
  const from = Number(url.searchParams.get('from') ?? 0);
  const size = padding > 0 ? all.length : referrersPage;
  const manifests = matching.slice(from, from + size);
  if (wanted !== null) response.setHeader('oci-filters-applied', 'artifactType');
  setNext(response, fault, url, from + size < matching.length, { from: String(from + size) });
  response.setHeader('content-type', mediaTypes.ociIndex);
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  return sendBody(response, Buffer.from(JSON.stringify(index)), head, fault);
}

/** Descriptors of manifests that nobody pushed. */
const imaginary = (count: number): readonly Descriptor[] =>
  Array.from({ length: count }, (_, index) => ({
    mediaType: mediaTypes.ociManifest,
    digest: `sha256:${index.toString(16).padStart(64, '0')}`,
    size: 500,
  }));

async function sendTags(
  { storage }: Routing,
  response: ServerResponse,
  { repository, url, fault }: Asked,
): Promise<void> {
  const tags = await storage.tags(repository);
  if (tags === undefined) return sendError(response, 404, 'NAME_UNKNOWN');
  const page = pageOf(tags, url);
  setNext(response, fault, url, page.more, { last: page.items.at(-1) ?? '' });
  return sendJson(response, 200, { name: repository, tags: page.items });
}

async function sendCatalog(
  { storage, lists, faults }: Routing,
  response: ServerResponse,
  url: URL,
) {
  if (!lists) return sendError(response, 404, 'UNSUPPORTED');
  const page = pageOf(await storage.repositories(), url);
  const fault = faults.find(url.pathname, undefined);
  setNext(response, fault, url, page.more, { last: page.items.at(-1) ?? '' });
  return sendJson(response, 200, { repositories: page.items });
}

function pageOf(
  all: readonly string[],
  { searchParams }: URL,
): { readonly items: readonly string[]; readonly more: boolean } {
  const last = searchParams.get('last') ?? '';
  const after = all.filter((name) => name > last);
  const size = Number(searchParams.get('n') ?? 100);
  return { items: after.slice(0, size), more: after.length > size };
}

function setNext(
  response: ServerResponse,
  fault: RegistryFault | undefined,
  url: URL,
  more: boolean,
  parameters: Readonly<Record<string, string>>,
): void {
  if (fault?.kind === 'link-loop') {
    response.setHeader('link', `<${url.pathname}${url.search}>; rel="next"`);
    return;
  }
  if (!more) return;
  const next = new URL(url);
  for (const [name, value] of Object.entries(parameters)) next.searchParams.set(name, value);
  response.setHeader('link', `<${next.pathname}${next.search}>; rel="next"`);
}

async function sendToken(
  { auth }: Routing,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const parameters = request.method === 'POST' ? form : url.searchParams;
  const { status, body } = auth.token(request.headers.authorization, parameters);
  return sendJson(response, status, body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { errors: [{ code, message: code.toLowerCase() }] });
}
