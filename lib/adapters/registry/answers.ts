import type { GuardedResponse } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';

/**
 * When the other side wants to be asked again: `Retry-After` in seconds or as a date, at most a day
 * ahead.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfter(header: string | undefined, now: Date): Date | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  // Date.parse takes almost anything for a date; HTTP dates begin with the name of a day.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  const at = /^\d{1,9}$/.test(text) ? now.getTime() + Number(text) * 1000 : date;
  if (!Number.isFinite(at)) return undefined;
  return new Date(Math.min(Math.max(at, now.getTime()), now.getTime() + 86_400_000));
}

/** The failure behind a status, or undefined when the status is an answer. 404 is an answer. */
export function failureOf(
  response: GuardedResponse,
  purpose: string,
  now: Date,
): OperationalError | undefined {
  const { status } = response;
  if ((status >= 200 && status < 300) || status === 404) return undefined;
  const retryAt = retryAfter(response.headers['retry-after'], now);
  const options = { retryable: true, ...(retryAt !== undefined && { retryAt }) };
  const message = `${purpose}: ${response.url.host} answered ${status}${messageOf(response)}`;
  if (status === 401) return new OperationalError('registry-unauthorized', message, options);
  if (status === 403) return new OperationalError('registry-forbidden', message, options);
  if (status === 429) return new OperationalError('registry-ratelimited', message, options);
  if (status >= 500) return new OperationalError('registry-error', message, options);
  return new OperationalError('registry-protocol', message, options);
}

/** What the registry said of its error (distribution-spec, "Error Codes"), cut to a line. */
function messageOf({ bytes }: GuardedResponse): string {
  const text = Buffer.from(bytes.subarray(0, 2048)).toString('utf8');
  const code = /"code"\s*:\s*"([A-Z_]{1,40})"/.exec(text)?.[1];
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.){1,200})"/.exec(text)?.[1];
  const parts = [code, said].filter((part) => part !== undefined);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being removed
  return parts.length === 0 ? '' : ` (${parts.join(': ').replace(/[\u0000-\u001f\u007f]/g, ' ')})`;
}
