import { type Digest, isDigest } from './digest.ts';

/**
 * A normalised image reference: canonical registry (`docker.io` for all of its aliases),
 * repository with `library/` filled in, and what the author wrote behind it.
 */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** How a reference is pinned. `none` means the implicit tag `latest`. */
export const pins = ['digest', 'tag-and-digest', 'tag', 'none'] as const;
export type Pin = (typeof pins)[number];

export type ParsedReference =
  | { readonly ok: true; readonly reference: Reference }
  | { readonly ok: false; readonly problem: string };

const dockerHub = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);
const hostPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]{1,5})?$|^\[[a-fA-F0-9:]+\](?::[0-9]{1,5})?$/;
const repositoryPattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const identifierPattern = /^[a-f0-9]{64}$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/**
 * Parses and normalises an image reference by the rules of distribution/reference.
 * A digest other than SHA-256 is a problem, not a guess: nothing is looked up under it.
 * @see https://github.com/distribution/reference/blob/main/reference.go
 */
export function parseReference(text: string): ParsedReference {
  const problem = (why: string): ParsedReference => ({ ok: false, problem: why });
  const hopeless = whyHopeless(text);
  if (hopeless !== undefined) return problem(hopeless);

  const at = text.lastIndexOf('@');
  const digestText = at < 0 ? undefined : text.slice(at + 1);
  let name = at < 0 ? text : text.slice(0, at);
  if (digestText !== undefined && !isDigest(digestText))
    return problem('the digest is not sha256 followed by 64 lower-case hexadecimal characters');

  const colon = name.lastIndexOf(':');
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : undefined;
  // Without a slash there is no host: `localhost:5000` is the tag 5000 of `library/localhost`.
  if (tag !== undefined) name = name.slice(0, colon);
  if (tag !== undefined && !tagPattern.test(tag)) return problem('the tag has invalid characters');

  const { registry, repository } = splitHost(name);
  if (!hostPattern.test(registry)) return problem('the registry host is malformed');
  if (!repositoryPattern.test(repository))
    return problem('the repository must be lower-case letters, digits and . _ - between slashes');
  if (registry.length + 1 + repository.length > 255)
    return problem('registry and repository are longer than 255 characters together');

  return {
    ok: true,
    reference: {
      registry,
      repository,
      ...(tag !== undefined && { tag }),
      ...(digestText !== undefined && { digest: digestText as Digest }),
    },
  };
}

function whyHopeless(text: string): string | undefined {
  if (text === '') return 'the reference is empty';
  if (text.length > 512) return 'the reference is longer than 512 characters';
  if (identifierPattern.test(text))
    return '64 hexadecimal characters are the id of a local image, not a repository';
  return undefined;
}

function splitHost(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const lower = first.toLowerCase();
  const isHost = looksLikeHost(first) || first !== lower;
  // A host known by its capitals alone keeps them: in lower case it would be read as a Docker Hub user.
  const host = looksLikeHost(first) ? lower : first;
  const registry = isHost ? host : 'docker.io';
  const rest = isHost ? name.slice(slash + 1) : name;
  if (!dockerHub.has(registry)) return { registry, repository: rest };
  return { registry: 'docker.io', repository: rest.includes('/') ? rest : `library/${rest}` };
}

const looksLikeHost = (text: string): boolean =>
  /[.:]/.test(text) || text.toLowerCase() === 'localhost';

/** The name without tag and digest: `registry/repository`. */
export const repositoryName = ({ registry, repository }: Reference): string =>
  `${registry}/${repository}`;

/** The whole reference in normal form; the implicit `latest` is not written. */
export const formatReference = (reference: Reference): string =>
  repositoryName(reference) +
  (reference.tag === undefined ? '' : `:${reference.tag}`) +
  (reference.digest === undefined ? '' : `@${reference.digest}`);

/** The tag that a registry is asked for when the reference has no digest. */
export const tagOf = (reference: Reference): string | undefined =>
  reference.tag ?? (reference.digest === undefined ? 'latest' : undefined);

/** How the reference is pinned. */
export function pinOf({ tag, digest }: Reference): Pin {
  if (digest !== undefined) return tag === undefined ? 'digest' : 'tag-and-digest';
  return tag === undefined ? 'none' : 'tag';
}

/** The host that answers the registry API for a canonical registry name. */
export const apiHost = (registry: string): string =>
  registry === 'docker.io' ? 'registry-1.docker.io' : registry;
