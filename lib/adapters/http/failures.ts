import { OperationalError } from '#lib/errors.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { BodyRefused } from './body.ts';
import { BlockedAddress } from './egress-rule.ts';

/** What the failures of an exchange are called by this kind of caller. */
export interface EgressCodes {
  readonly blocked: ReasonCode;
  readonly unreachable: ReasonCode;
  readonly timeout: ReasonCode;
  readonly tls: ReasonCode;
  readonly protocol: ReasonCode;
  readonly limit: ReasonCode;
}

export const egressCodes: EgressCodes = {
  blocked: 'egress-blocked',
  unreachable: 'registry-unreachable',
  timeout: 'registry-timeout',
  tls: 'registry-tls',
  protocol: 'registry-protocol',
  limit: 'limit-exceeded',
};

const tlsCodes =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_CERT|HOSTNAME_MISMATCH)/;

/** Turns whatever an exchange threw into one failure with a code and a sentence. */
export function describeFailure(
  error: unknown,
  purpose: string,
  url: URL,
  codes: EgressCodes,
): OperationalError {
  if (error instanceof OperationalError) return error;
  const { code, why, retryable } = classify(rootOf(error), url, codes);
  return new OperationalError(code, `${purpose}: ${why}`, { retryable, cause: error });
}

interface Classified {
  readonly code: ReasonCode;
  readonly why: string;
  readonly retryable: boolean;
}

function classify(error: Error, url: URL, codes: EgressCodes): Classified {
  if (error instanceof BlockedAddress)
    return { code: codes.blocked, why: error.message, retryable: false };
  if (error instanceof BodyRefused) {
    const code = error.kind === 'too-large' ? codes.limit : codes.timeout;
    return { code, why: `${error.message} (${url.host})`, retryable: error.kind !== 'too-large' };
  }
  const code = 'code' in error ? String(error.code) : '';
  const why = `${url.host}: ${error.message || code || 'no answer'}`;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return { code: codes.timeout, why, retryable: true };
  if (tlsCodes.test(code)) return { code: codes.tls, why, retryable: true };
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW')
    return { code: codes.protocol, why, retryable: true };
  return { code: codes.unreachable, why, retryable: true };
}

/** The error behind an aggregate of several connection attempts or behind a wrapper. */
function rootOf(error: unknown): Error {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (!(error instanceof Error)) return new Error(String(error));
  const blocked = error.cause instanceof BlockedAddress || error.cause instanceof BodyRefused;
  return blocked ? (error.cause as Error) : error;
}
