import { invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TrustedLog } from '#lib/verify/trusted-root.ts';
import { isSignedByLog } from './log-signature.ts';
import type { TlogEntry } from './tlog-entry.ts';

/**
 * Checks the signed entry timestamp of Rekor v1: the log's signature over body, time, log ID and
 * index in canonical JSON (RFC 8785). The numbers go in as the digits that were written, so that none
 * is rounded. The key must have counted at the time that the promise names.
 */
export function checkPromise(
  entry: TlogEntry,
  promise: Buffer,
  log: TrustedLog,
): Refusal | undefined {
  const { bodyText, integratedTime, logId, logIndex } = entry;
  const at = Number(integratedTime) * 1000;
  // No date stands for a larger number (ECMAScript, time values).
  if (!(at >= log.from && at <= Math.min(log.until, 8.64e15)))
    return invalid('tlog-set-bad', `the key of the log ${log.url} was not valid at its own time`);
  const payload = `{"body":"${bodyText}","integratedTime":${integratedTime},"logID":"${logId}","logIndex":${logIndex}}`;
  const signed = isSignedByLog(log, Buffer.from(payload, 'latin1'), promise);
  if (isRefusal(signed)) return signed;
  return signed
    ? undefined
    : invalid('tlog-set-bad', `the promise is not one that the log ${log.url} signed`);
}
