import { createHash } from 'node:crypto';
import { OperationalError } from '#lib/errors.ts';
import { digest as asDigest, type Digest, isDigest } from '#lib/model/digest.ts';
import { limits as caps } from '#lib/model/limits.ts';
import { manifestAccept } from '#lib/model/manifest.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { FetchedManifest } from '#lib/ports/registry.ts';
import { type Ask, noteFailure } from './asking.ts';
import type { Question } from './exchange.ts';
import { type HostState, spareBudget } from './host-state.ts';
import { readManifest } from './manifest-body.ts';
import type { RegistryLimits } from './registry-options.ts';

/** What the questions to a registry share. */
export interface QuestionContext {
  readonly ask: Ask;
  readonly stateOf: (registry: string) => HostState;
  readonly limits: RegistryLimits;
  /** Share of an announced pull budget that is left to the clusters. */
  readonly reserve: number;
  readonly now: () => Date;
}

/** The parts of a question that follow from the repository. */
export function aboutRepository(
  registry: string,
  repository: string,
): Pick<Question, 'scope' | 'repository'> {
  const parsed = parseReference(`${registry}/${repository}`);
  if (
    !parsed.ok ||
    parsed.reference.registry !== registry ||
    parsed.reference.repository !== repository ||
    parsed.reference.tag !== undefined
  )
    throw malformed(`${registry}/${repository}`);
  return { scope: `repository:${repository}:pull`, repository };
}

/** @throws OperationalError reference-malformed when an image could not name this registry */
export function refuseMalformedHost(registry: string): void {
  const parsed = parseReference(`${registry}/any/name`);
  if (!parsed.ok || parsed.reference.registry !== registry) throw malformed(registry);
}

/** Names go into paths: what could climb out of one is never sent (CVE-2024-3727). */
const malformed = (name: string): OperationalError =>
  new OperationalError(
    'reference-malformed',
    `${JSON.stringify(name)} is not a name in a registry`,
  );

const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/**
 * Tag → digest by HEAD; by GET where the registry leaves the digest out. Undefined only when the
 * repository is there and the tag is not: one that is hidden from us answers 404 as well.
 * @throws OperationalError registry-not-found when the repository cannot be seen either
 */
export async function resolveTag(
  context: QuestionContext,
  registry: string,
  repository: string,
  tag: string,
): Promise<Digest | undefined> {
  const about = aboutRepository(registry, repository);
  if (!tagPattern.test(tag)) throw malformed(`${registry}/${repository}:${tag}`);
  const state = context.stateOf(registry);
  const response = await context.ask(state, {
    ...about,
    method: 'HEAD',
    path: `/v2/${repository}/manifests/${tag}`,
    accept: manifestAccept,
    cap: 0,
    purpose: `tag ${registry}/${repository}:${tag}`,
    redirects: 'follow',
    expects: [400, 405],
  });
  if (response.status === 404) return confirmRepository(context, state, about);
  const named = response.headers['docker-content-digest'] ?? '';
  if (response.status === 200 && isDigest(named)) return named;
  return (await getManifest(context, registry, repository, tag))?.digest;
}

async function confirmRepository(
  context: QuestionContext,
  state: HostState,
  about: Pick<Question, 'scope' | 'repository'>,
): Promise<undefined> {
  const { repository } = about;
  const purpose = `tags of ${state.host}/${repository}`;
  const path = `/v2/${repository}/tags/list?n=1`;
  const question = {
    method: 'GET',
    path,
    cap: caps.listBytes,
    purpose,
    redirects: 'follow',
  } as const;
  const { status } = await context.ask(state, { ...about, ...question });
  if (status !== 404) return undefined;
  throw new OperationalError(
    'registry-not-found',
    `${state.host}/${repository} is not in the registry, or hidden from us (404)`,
    { retryable: true },
  );
}

/** A manifest by tag or digest; its bytes are checked before anything in them is read. */
export async function getManifest(
  context: QuestionContext,
  registry: string,
  repository: string,
  reference: string,
): Promise<FetchedManifest | undefined> {
  const about = aboutRepository(registry, repository);
  if (!isDigest(reference) && !tagPattern.test(reference))
    throw malformed(`${registry}/${repository}:${reference}`);
  const purpose = `manifest ${registry}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
  const state = context.stateOf(registry);
  spareBudget(state, context.reserve, context.now());
  const response = await context.ask(state, {
    ...about,
    method: 'GET',
    path: `/v2/${repository}/manifests/${reference}`,
    accept: manifestAccept,
    cap: caps.manifestBytes,
    purpose,
    redirects: 'follow',
  });
  if (response.status === 404) return undefined;
  return blaming(state, context.now(), () => {
    const { bytes, headers } = response;
    const wanted = isDigest(reference) ? reference : headers['docker-content-digest'];
    const found = sha256(bytes);
    if (wanted !== undefined && wanted !== found) throw otherBytes(purpose, wanted, found);
    return readManifest(bytes, headers['content-type'], found, purpose);
  });
}

/** A blob of at most `cap` bytes, and never more than its descriptor says. */
export async function getBlob(
  context: QuestionContext,
  registry: string,
  repository: string,
  descriptor: { readonly digest: string; readonly size: number },
  cap: number,
): Promise<Uint8Array> {
  const about = aboutRepository(registry, repository);
  const { digest, size } = descriptor;
  const purpose = `blob ${registry}/${repository}@${digest.slice(0, 100)}`;
  if (!isDigest(digest))
    throw new OperationalError('unsupported-digest', `${purpose}: only SHA-256 digests are read`);
  if (size > cap)
    throw new OperationalError(
      'limit-exceeded',
      `${purpose}: ${size} bytes are more than the ${cap} we read`,
    );
  const state = context.stateOf(registry);
  const response = await context.ask(state, {
    ...about,
    method: 'GET',
    path: `/v2/${repository}/blobs/${digest}`,
    // One byte more shows that there is more, without reading it.
    cap: size + 1,
    purpose,
    redirects: 'follow',
  });
  return blaming(state, context.now(), () => {
    if (response.status === 404)
      throw new OperationalError('registry-not-found', `${purpose}: not in the registry (404)`, {
        retryable: true,
      });
    const found = sha256(response.bytes);
    if (found !== digest) throw otherBytes(purpose, digest, found);
    return response.bytes;
  });
}

/** Shows a wrong content, too, as the registry's last failure. */
function blaming<T>(state: HostState, at: Date, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OperationalError) noteFailure(state, error, at);
    throw error;
  }
}

const otherBytes = (purpose: string, wanted: string, found: Digest): OperationalError =>
  new OperationalError(
    'blob-digest',
    `${purpose}: the registry served ${found} where ${wanted.slice(0, 100)} was asked for`,
    { retryable: true },
  );

const sha256 = (bytes: Uint8Array): Digest =>
  asDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
