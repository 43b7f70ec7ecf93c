import { z } from 'zod';
import type {
  GuardedClient,
  GuardedRequest,
  GuardedResponse,
} from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import { failureOf } from './answers.ts';
import type { Challenge } from './challenge.ts';
import type { Credential } from './credentials.ts';
import { createInFlight } from './gate.ts';
import type { HostState } from './host-state.ts';
import { judgeRealm, type Realm } from './token-realm.ts';

const TokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().nonnegative().optional(),
});

/** What a token is wanted for. */
interface TokenWish {
  readonly state: HostState;
  readonly challenge: Challenge;
  readonly scope: string;
  readonly credential: Credential | undefined;
}

/** A token, and whether credentials were held back from a token service that is not the registry's. */
export interface Token {
  readonly value: string;
  readonly heldBack?: string;
}

/** Gets tokens and keeps each for four fifths of its life. */
export interface TokenService {
  /** @throws OperationalError token-realm-blocked, registry-* */
  get(wish: TokenWish, fresh?: boolean): Promise<Token>;
  /** True when a token for this wish is at hand. */
  has(wish: TokenWish): boolean;
}

const defaultLifeSeconds = 60;
const kept = 2_000;

/** The token flow of the distribution specification. */
export function createTokenService(http: GuardedClient, now: () => Date): TokenService {
  const cache = new Map<string, { readonly token: Token; readonly until: number }>();
  const inFlight = createInFlight<Token>();

  const cached = (key: string): Token | undefined => {
    const entry = cache.get(key);
    return entry !== undefined && entry.until > now().getTime() ? entry.token : undefined;
  };

  return {
    has: (wish) => cached(keyOf(wish)) !== undefined,
    async get(wish, fresh = false) {
      const key = keyOf(wish);
      if (fresh) cache.delete(key);
      const known = cached(key);
      if (known !== undefined) return known;
      return inFlight(key, async () => {
        const { token, seconds } = await fetchToken(http, wish, now());
        if (cache.size >= kept) cache.clear();
        cache.set(key, { token, until: now().getTime() + seconds * 800 });
        return token;
      });
    },
  };
}

const keyOf = ({ state, challenge, scope, credential }: TokenWish): string =>
  JSON.stringify([
    state.host,
    challenge.parameters.get('realm'),
    challenge.parameters.get('service'),
    scope,
    credential?.id,
  ]);

async function fetchToken(
  http: GuardedClient,
  wish: TokenWish,
  now: Date,
): Promise<{ readonly token: Token; readonly seconds: number }> {
  const { state, challenge, credential } = wish;
  const text = challenge.parameters.get('realm') ?? '';
  const realm = judgeRealm(text, state);
  const shown = JSON.stringify(text.slice(0, 200));
  if (realm.trust === 'refused')
    throw new OperationalError(
      'token-realm-blocked',
      `${state.host} named the token service ${shown}, which is not asked: ${realm.why}`,
    );
  const heldBack = realm.trust === 'anonymous' && credential !== undefined;
  state.requests += 1;
  const response = await http.request(tokenRequest(wish, realm, heldBack ? undefined : credential));
  const failure = failureOf(response, `token for ${wish.scope} of ${state.host}`, now);
  if (failure !== undefined) throw heldBack ? notSent(state, realm) : failure;
  const { value, seconds } = readToken(response, state.host);
  return {
    token: { value, ...(heldBack && { heldBack: notSent(state, realm).message }) },
    seconds,
  };
}

const notSent = (state: HostState, realm: Extract<Realm, { url: URL }>): OperationalError =>
  new OperationalError(
    'token-realm-blocked',
    `${state.host} named the token service ${realm.url.host} of another site; credentials were not sent to it`,
  );

function tokenRequest(
  { state, challenge, scope }: TokenWish,
  realm: Extract<Realm, { url: URL }>,
  credential: Credential | undefined,
): GuardedRequest {
  const common = {
    cap: limits.tokenBytes,
    purpose: `token for ${scope} of ${state.host}`,
    codes: { blocked: 'token-realm-blocked' as const },
  };
  // The scope is ours: one that the registry offers could be wider than what we need.
  const parameters = new URLSearchParams({ scope });
  const service = challenge.parameters.get('service');
  if (service !== undefined) parameters.set('service', service);
  if (credential?.kind === 'refresh-token') {
    parameters.set('grant_type', 'refresh_token');
    parameters.set('client_id', 'sealwatch');
    parameters.set('refresh_token', credential.token);
    return {
      ...common,
      url: realm.url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: parameters.toString(),
    };
  }
  const url = new URL(realm.url);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return {
    ...common,
    url,
    headers: credential?.kind === 'password' ? { authorization: basic(credential) } : {},
  };
}

/** The value of a Basic `Authorization` header. */
export const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;

function readToken(
  response: GuardedResponse,
  host: string,
): { readonly value: string; readonly seconds: number } {
  const wrong = (): OperationalError =>
    new OperationalError(
      'registry-protocol',
      `the token service ${response.url.host} of ${host} answered ${response.status} without a token`,
      { retryable: true },
    );
  if (response.status !== 200) throw wrong();
  const parsed = TokenAnswer.safeParse(parse(response.bytes));
  const value = parsed.data?.token || parsed.data?.access_token;
  // Anything else could end the header line and begin another.
  if (!value || !/^[\x21-\x7e]+$/.test(value)) throw wrong();
  return { value, seconds: parsed.data?.expires_in ?? defaultLifeSeconds };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
