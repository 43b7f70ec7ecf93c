import { randomBytes } from 'node:crypto';

/** A user of a lab registry. */
export interface LabUser {
  readonly username: string;
  readonly password: string;
}

export interface LabAuthOptions {
  readonly auth: 'none' | 'basic' | 'token';
  readonly users: readonly LabUser[];
  /** Repositories that only users may read; the others are open to anyone with a token. */
  readonly privateRepositories: readonly string[];
}

/** What a request may do: pass, or the 401 that it gets. */
export type Admission = { readonly ok: true } | { readonly ok: false; readonly challenge: string };

/** The door of a lab registry and its token service. */
export interface LabAuth {
  admit(authorization: string | undefined, repository: string | undefined, base: string): Admission;
  /** The answer of the token service: status and JSON. */
  token(
    authorization: string | undefined,
    parameters: URLSearchParams,
  ): { readonly status: number; readonly body: object };
}

interface Grant {
  readonly scope: string;
  readonly user: boolean;
  readonly until: number;
}

const lifeSeconds = 300;

/** Checks Basic credentials or tokens of its own making. */
export function createLabAuth({ auth, users, privateRepositories }: LabAuthOptions): LabAuth {
  const grants = new Map<string, Grant>();
  const isUser = (authorization: string | undefined): boolean => {
    const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    return users.some(({ username, password }) => text === `${username}:${password}`);
  };
  const grant = (scope: string, user: boolean) => {
    const token = randomBytes(24).toString('base64url');
    grants.set(token, { scope, user, until: Date.now() + lifeSeconds * 1000 });
    return { status: 200, body: { token, expires_in: lifeSeconds } };
  };

  const byToken = (
    authorization: string | undefined,
    repository: string | undefined,
    isPrivate: boolean,
    base: string,
  ): Admission => {
    const wanted = scopeOf(repository);
    const [, presented = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
    const held = grants.get(presented);
    const covers = held !== undefined && held.until > Date.now() && covered(held.scope, wanted);
    if (covers && (held.user || !isPrivate)) return { ok: true };
    const error = covers ? ',error="insufficient_scope"' : '';
    return {
      ok: false,
      challenge: `Bearer realm="${base}/token",service="lab",scope="${wanted},push"${error}`,
    };
  };

  return {
    admit(authorization, repository, base) {
      const isPrivate = repository !== undefined && privateRepositories.includes(repository);
      if (auth === 'none' && !isPrivate) return { ok: true };
      if (auth === 'token') return byToken(authorization, repository, isPrivate, base);
      return isUser(authorization)
        ? { ok: true }
        : { ok: false, challenge: 'Basic realm="lab, \\"quoted\\""' };
    },
    token(authorization, parameters) {
      const scope = parameters.get('scope') ?? '';
      const refresh = parameters.get('refresh_token');
      if (refresh !== null) {
        const known = users.some(({ password }) => password === refresh);
        return known ? grant(scope, true) : denied;
      }
      if (authorization === undefined) return grant(scope, false);
      return isUser(authorization) ? grant(scope, true) : denied;
    },
  };
}

const denied = {
  status: 401,
  body: { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] },
};

const scopeOf = (repository: string | undefined): string =>
  repository === undefined ? 'registry:catalog:*' : `repository:${repository}:pull`;

/** `GET /v2/` passes with any token: it asks for no scope. */
const covered = (held: string, wanted: string): boolean => held === wanted || held === '';
