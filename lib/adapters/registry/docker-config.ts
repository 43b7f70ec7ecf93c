import { z } from 'zod';

const DockerAuth = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
const DockerConfig = z.object({
  auths: z.record(z.string(), DockerAuth.nullable()).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** What proves us to a registry. */
export type CredentialSecret =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'refresh-token'; readonly token: string }
  | { readonly kind: 'bearer-token'; readonly token: string };

/** What a docker config says, reduced to what we can use. */
export interface ParsedDockerConfig {
  readonly auths: readonly {
    readonly host: string;
    readonly path: string;
    readonly secret: CredentialSecret;
  }[];
  /** Programs that would have to be run; we do not. `host` is a pattern. */
  readonly helpers: readonly { readonly host: string; readonly name: string }[];
  /** Set when the text could not be read; it never contains what was written. */
  readonly problem?: string;
}

const dockerHub = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);

/**
 * Reads `config.json` and `.dockerconfigjson`, and the older `.dockercfg` which is its `auths`
 * alone. Never throws: a broken pull secret must not take the good ones with it.
 */
export function parseDockerConfig(text: string): ParsedDockerConfig {
  const json = parse(text);
  const config = DockerConfig.safeParse(isLegacy(json) ? { auths: json } : json);
  if (!config.success)
    return { auths: [], helpers: [], problem: 'is not a docker config (config.json)' };
  const { auths = {}, credHelpers = {}, credsStore } = config.data;
  const stored =
    credsStore === undefined ? [] : Object.keys(auths).map((key) => [key, credsStore] as const);
  return {
    auths: Object.entries(auths).flatMap(([key, auth]) => {
      const secret = auth === null ? undefined : secretOf(auth);
      return secret === undefined ? [] : [{ ...splitKey(key), secret }];
    }),
    helpers: [...Object.entries(credHelpers), ...stored].map(([key, name]) => ({
      host: splitKey(key).host,
      name,
    })),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `.dockercfg`: hosts at the top level. */
const isLegacy = (json: unknown): boolean =>
  typeof json === 'object' &&
  json !== null &&
  !('auths' in json || 'credHelpers' in json || 'credsStore' in json) &&
  Object.values(json).some(
    (value) => typeof value === 'object' && value !== null && 'auth' in value,
  );

function secretOf(auth: z.infer<typeof DockerAuth>): CredentialSecret | undefined {
  if (auth.registrytoken) return { kind: 'bearer-token', token: auth.registrytoken };
  if (auth.identitytoken) return { kind: 'refresh-token', token: auth.identitytoken };
  const decoded = Buffer.from(auth.auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  const username = auth.username || decoded.slice(0, Math.max(colon, 0));
  const password = auth.password || (colon < 0 ? '' : decoded.slice(colon + 1));
  return username === '' && password === '' ? undefined : { kind: 'password', username, password };
}

/** `https://index.docker.io/v1/` → `docker.io`; `registry.example/team` → host and path. */
function splitKey(key: string): { readonly host: string; readonly path: string } {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const slash = bare.indexOf('/');
  const host = (slash < 0 ? bare : bare.slice(0, slash)).toLowerCase();
  const path = (slash < 0 ? '' : bare.slice(slash + 1)).replace(/^v[12](?:\/|$)/, '');
  return { host: dockerHub.has(host) ? 'docker.io' : host, path };
}
