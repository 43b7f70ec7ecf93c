import type { GuardedClient, GuardedResponse } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential, CredentialStore } from './credentials.ts';
import { type HostState, noteBudget } from './host-state.ts';
import { basic, type TokenService } from './tokens.ts';

/** One question to one registry. */
export interface Question {
  readonly method: 'GET' | 'HEAD';
  /** Path and query below the endpoint. */
  readonly path: string;
  readonly accept?: string;
  readonly cap: number;
  readonly scope: string;
  /** For choosing credentials; empty for questions about the registry as a whole. */
  readonly repository: string;
  readonly purpose: string;
  /** `report` hands a redirect to the caller instead of following it. */
  readonly redirects: 'follow' | 'report';
}

interface ExchangeOptions {
  readonly http: GuardedClient;
  readonly tokens: TokenService;
  readonly credentials: () => CredentialStore;
  readonly redirects: number;
  readonly now: () => Date;
}

/** Sends one question with whatever authorisation the registry wants. Any status is an answer. */
export type Exchange = (state: HostState, question: Question) => Promise<GuardedResponse>;

/** The authorisation flow: first as last time, then as the challenge says, for each credential. */
export function createExchange(options: ExchangeOptions): Exchange {
  return async (state, question) => {
    const credentials = options.credentials().for(state, question.repository);
    if (credentials.length > 0) await ping(options, state);
    const refusals: (Outcome | OperationalError)[] = [];
    for (const credential of credentials.length > 0 ? credentials : [undefined]) {
      const outcome = await askAs(options, state, question, credential).catch(refusal);
      if (outcome instanceof OperationalError || isRefused(outcome.response.status))
        refusals.push(outcome);
      else return outcome.response;
    }
    const [first] = refusals;
    if (first === undefined || first instanceof OperationalError) throw first;
    if (first.heldBack !== undefined)
      throw new OperationalError('token-realm-blocked', first.heldBack);
    return first.response;
  };
}

const isRefused = (status: number): boolean => status === 401 || status === 403;

/** An answer, and what was not sent to a foreign token service to get it. */
interface Outcome {
  readonly response: GuardedResponse;
  readonly heldBack?: string;
}

/** A refused credential is not the end: another may be the right one for this repository. */
function refusal(error: unknown): OperationalError {
  if (
    error instanceof OperationalError &&
    ['registry-unauthorized', 'registry-forbidden'].includes(error.code)
  )
    return error;
  throw error;
}

async function askAs(
  options: ExchangeOptions,
  state: HostState,
  question: Question,
  credential: Credential | undefined,
): Promise<Outcome> {
  const first = await authorization(options.tokens, state, question, credential, false);
  const response = await follow(options, state, question, first?.value);
  const challenge = challengeOf(response, state);
  if (challenge === undefined) return { response, ...held(first) };
  await ping(options, state);
  if (!isSame(challenge, state.challenge)) state.challenges.set(question.repository, challenge);
  const second = await authorization(
    options.tokens,
    state,
    question,
    credential,
    first !== undefined,
  );
  if (second === undefined || second.value === first?.value) return { response, ...held(first) };
  return { response: await follow(options, state, question, second.value), ...held(second) };
}

interface Authorization {
  readonly value: string;
  readonly heldBack?: string;
}

const held = (authorization: Authorization | undefined): { readonly heldBack?: string } =>
  authorization?.heldBack === undefined ? {} : { heldBack: authorization.heldBack };

/** The challenge of a 401 that comes from the registry itself, not from where it redirected. */
function challengeOf(response: GuardedResponse, state: HostState): Challenge | undefined {
  if (response.status !== 401 || response.url.origin !== state.endpoint.origin) return undefined;
  const challenges = parseChallenges(response.headers['www-authenticate'] ?? '');
  return (
    challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm')) ??
    challenges.find(({ scheme }) => scheme === 'basic')
  );
}

async function authorization(
  tokens: TokenService,
  state: HostState,
  { scope, repository }: Question,
  credential: Credential | undefined,
  fresh: boolean,
): Promise<Authorization | undefined> {
  const challenge = state.challenges.get(repository) ?? state.challenge;
  if (challenge === undefined) return undefined;
  if (challenge.scheme === 'basic')
    return credential?.kind === 'password' ? { value: basic(credential) } : undefined;
  if (credential?.kind === 'bearer-token') return { value: `Bearer ${credential.token}` };
  const token = await tokens.get({ state, challenge, scope, credential }, fresh);
  return {
    value: `Bearer ${token.value}`,
    ...(token.heldBack !== undefined && { heldBack: token.heldBack }),
  };
}

const isSame = (a: Challenge, b: Challenge | undefined): boolean =>
  a.scheme === b?.scheme &&
  ['realm', 'service'].every((name) => a.parameters.get(name) === b.parameters.get(name));

/**
 * Learns once how the registry as a whole wants credentials. With credentials that happens before
 * the first question: some answer 404 instead of 401 for what is private, and would never be shown
 * them. What a single repository demands counts for that repository alone.
 */
function ping(options: ExchangeOptions, state: HostState): Promise<void> {
  state.pinged ??= follow(
    options,
    state,
    {
      method: 'GET',
      path: '/v2/',
      cap: 64 * 1024,
      scope: '',
      repository: '',
      purpose: `API of ${state.host}`,
      redirects: 'report',
    },
    undefined,
  ).then(
    (response) => {
      const challenge = challengeOf(response, state);
      if (challenge !== undefined) state.challenge = challenge;
    },
    (error: unknown) => {
      // The question itself is about to fail in the same way, with its own purpose.
      delete state.pinged;
      if (!(error instanceof OperationalError)) throw error;
    },
  );
  return state.pinged;
}

/** Follows redirects by hand. Authorization is dropped at the first change of origin, for good. */
async function follow(
  options: ExchangeOptions,
  state: HostState,
  question: Question,
  authorization: string | undefined,
): Promise<GuardedResponse> {
  let url = new URL(`${state.endpoint.origin}${question.path}`);
  let secret = authorization;
  for (let hop = 0; ; hop += 1) {
    state.requests += 1;
    const response = await options.http.request({
      url,
      method: question.method,
      headers: {
        ...(question.accept !== undefined && { accept: question.accept }),
        ...(secret !== undefined && { authorization: secret }),
      },
      cap: question.cap,
      purpose: question.purpose,
      ...(hop > 0 && { codes: { blocked: 'registry-redirect-blocked' as const } }),
    });
    noteBudget(state, response.headers, options.now());
    const { location } = response.headers;
    if (!isRedirect(response.status) || location === undefined) return response;
    if (question.redirects === 'report') return response;
    if (hop >= options.redirects)
      throw new OperationalError(
        'registry-protocol',
        `${question.purpose}: more than ${options.redirects} redirects`,
        { retryable: true },
      );
    const next = nextHop(url, location, question.purpose);
    if (next.origin !== url.origin) secret = undefined;
    url = next;
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

function nextHop(from: URL, location: string, purpose: string): URL {
  const blocked = (why: string): OperationalError =>
    new OperationalError(
      'registry-redirect-blocked',
      `${purpose}: ${from.host} redirected to ${why}`,
    );
  if (!URL.canParse(location, from)) throw blocked('something that is not a URL');
  const next = new URL(location, from);
  if (next.protocol !== 'https:' && next.protocol !== 'http:')
    throw blocked(`a ${next.protocol} address`);
  if (next.protocol === 'http:' && from.protocol === 'https:') throw blocked('plain HTTP');
  return next;
}
