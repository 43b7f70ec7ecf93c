import { createHash } from 'node:crypto';
import { isLoopback } from '#lib/adapters/http/addresses.ts';
import { apiHost } from '#lib/model/reference.ts';
import { type CredentialSecret, parseDockerConfig } from './docker-config.ts';
import type { RegistryHostOptions } from './registry-options.ts';

/** Docker config JSON from somewhere: a file, a pull secret. */
export interface CredentialSource {
  /** Shown to people: `pull secret prod/regcred`, `docker config`. */
  readonly label: string;
  /** The text of a `config.json` or of a `.dockerconfigjson` secret. */
  readonly dockerConfig: string;
}

/** A secret bound to the host for which it was found. `id` names it without revealing it. */
export type Credential = { readonly id: string; readonly label: string } & CredentialSecret;

/** A registry and where its API is reached. */
export interface Reached {
  readonly host: string;
  readonly endpoint: URL;
}

/** All credentials we were given. */
export interface CredentialStore {
  /** Candidates for a repository in the order in which they are tried. */
  for(registry: Reached, repository: string): readonly Credential[];
  /** What a person is told about the credentials of a registry. */
  describe(registry: Reached): string | undefined;
  /** Sources that could not be read. */
  readonly problems: readonly string[];
}

interface Entry {
  readonly host: string;
  readonly path: string;
  readonly credential: Credential;
}

/** Gathers the credentials of the configuration and of docker configs. */
export function createCredentialStore(
  hosts: readonly RegistryHostOptions[],
  sources: readonly CredentialSource[],
): CredentialStore {
  const parsed = sources.map((source) => ({ source, ...parseDockerConfig(source.dockerConfig) }));
  const entries = parsed.flatMap(({ source, auths }) =>
    auths.map(
      ({ host, path, secret }): Entry => ({ host, path, credential: named(secret, source.label) }),
    ),
  );
  const helpers = parsed.flatMap(({ source, helpers: found }) =>
    found.map((helper) => ({ ...helper, label: source.label })),
  );
  const configured = new Map(
    hosts.flatMap(({ host, credentials }): [string, Credential][] => {
      if (credentials === undefined) return [];
      const { username, password, label = 'configuration' } = credentials;
      return [[host, named({ kind: 'password', username, password }, label)]];
    }),
  );

  const matching = (registry: Reached, repository?: string): readonly Credential[] => {
    const own = configured.get(registry.host);
    const name = boundTo(registry);
    const found = entries
      .filter((entry) => matchesHost(entry.host, name) && matchesPath(entry.path, repository))
      .sort((a, b) => b.path.length - a.path.length || stars(a.host) - stars(b.host))
      .map(({ credential }) => credential);
    const all = own === undefined ? found : [own, ...found];
    return all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
  };

  return {
    for: matching,
    describe(registry) {
      const labels = new Set(matching(registry).map(({ label }) => label));
      if (labels.size > 0) return [...labels].join(', ');
      const helper = helpers.find(({ host: pattern }) => matchesHost(pattern, boundTo(registry)));
      return (
        helper &&
        `none: credential helper "${helper.name}" of ${helper.label} is not supported; name a user and password`
      );
    },
    problems: parsed.flatMap(({ source, problem }) =>
      problem === undefined ? [] : [`${source.label}: ${problem}`],
    ),
  };
}

/**
 * The host whose credentials may be sent. A mirror is another host: it gets its own credentials or
 * those that the operator wrote beside it, never the ones found for the registry that it mirrors.
 */
const boundTo = ({ host, endpoint }: Reached): string =>
  endpoint.host === apiHost(host) || isLoopback(endpoint.hostname) ? host : endpoint.host;

const named = (secret: CredentialSecret, label: string): Credential => ({
  id: createHash('sha256').update(JSON.stringify(secret)).digest('hex').slice(0, 16),
  label,
  ...secret,
});

const stars = (pattern: string): number => pattern.split('*').length;

/** `undefined` asks for any path: to describe a host as a whole. */
const matchesPath = (path: string, repository: string | undefined): boolean =>
  path === '' ||
  repository === undefined ||
  repository === path ||
  repository.startsWith(`${path}/`);

/**
 * Label by label, as the kubelet does: `*.azurecr.io` is `x.azurecr.io` but neither `azurecr.io`
 * nor `x.azurecr.io.evil.example` (CVE-2025-27403).
 */
export function matchesHost(pattern: string, host: string): boolean {
  const [patternName = '', patternPort] = splitPort(pattern);
  const [name = '', port] = splitPort(host);
  const labels = name.split('.');
  const globs = patternName.split('.');
  return (
    patternPort === port &&
    labels.length === globs.length &&
    globs.every((glob, index) => matchesLabel(glob, labels[index] ?? ''))
  );
}

const splitPort = (host: string): readonly (string | undefined)[] => {
  const found = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase());
  return [found?.[1], found?.[2]];
};

/** Parts between stars are looked for from left to right: no backtracking for a pattern to abuse. */
function matchesLabel(glob: string, label: string): boolean {
  const parts = glob.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return glob === label;
  const last = parts.at(-1) ?? '';
  if (!label.startsWith(first) || !label.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = label.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= label.length - last.length;
}
