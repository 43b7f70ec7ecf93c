import type { GuardedClient, GuardedRequest } from '#lib/adapters/http/guarded-client.ts';
import { limits } from '#lib/model/limits.ts';
import type { RevocationAnswer, RevocationQuestion } from '#lib/model/revocation.ts';
import type { RevocationSource } from '#lib/ports/verifier.ts';
import { createAnswerCache } from './answer-cache.ts';

/** What a revocation source is made of. */
export interface RevocationSourceOptions {
  readonly http: GuardedClient;
  readonly now?: () => Date;
}

/**
 * Asks OCSP responders and fetches revocation lists through the egress guard. Addresses come from
 * certificates, so redirects are not followed and nothing private is reached unless the operator named
 * it. Answers are kept until they are due again, failures for a minute; a question that is being asked
 * is not asked twice.
 */
export function createRevocationSource({
  http,
  now = () => new Date(),
}: RevocationSourceOptions): RevocationSource {
  const cache = createAnswerCache(now);
  const asking = new Map<string, Promise<RevocationAnswer>>();

  async function answerTo(question: RevocationQuestion): Promise<RevocationAnswer> {
    const known = cache.get(question.key);
    if (known) return known;
    const running = asking.get(question.key) ?? ask(http, question);
    asking.set(question.key, running);
    try {
      const answer = await running;
      cache.put(answer);
      return answer;
    } finally {
      asking.delete(question.key);
    }
  }
  return {
    ask: (questions) =>
      Promise.all(
        [...new Map(questions.map((question) => [question.key, question])).values()].map(answerTo),
      ),
  };
}

async function ask(http: GuardedClient, question: RevocationQuestion): Promise<RevocationAnswer> {
  const { key } = question;
  const failed = (detail: string): RevocationAnswer => ({ key, outcome: 'failed', detail });
  try {
    const { status, bytes } = await http.request(requestOf(question));
    if (status !== 200) return failed(`it answers ${status}`);
    return { key, outcome: 'answered', bytes };
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'it does not answer');
  }
}

/** A short OCSP request goes into the address, so that caches on the way can answer (RFC 5019 §5). */
const longestGet = 255;

function requestOf({ kind, url, request }: RevocationQuestion): GuardedRequest {
  const ms = kind === 'ocsp' ? limits.ocspMs : limits.crlMs;
  const common = {
    purpose: kind === 'ocsp' ? `OCSP answer of ${url}` : `revocation list ${url}`,
    cap: kind === 'ocsp' ? limits.ocspBytes : limits.crlBytes,
    deadlines: { headersMs: ms, bodyMs: ms },
  };
  if (request === undefined) return { ...common, url };
  const encoded = encodeURIComponent(Buffer.from(request).toString('base64'));
  if (encoded.length < longestGet)
    return { ...common, url: `${url.replace(/\/$/, '')}/${encoded}` };
  const headers = { 'content-type': 'application/ocsp-request' };
  return { ...common, url, method: 'POST', headers, body: request };
}
