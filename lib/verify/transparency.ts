import type { LogEntry, VerifiedTime } from '#lib/model/verdict.ts';
import { inconclusive, invalid, isRefusal, type Refusal, untrusted } from './refusal.ts';
import { checkInclusion } from './rekor/check-inclusion.ts';
import { checkPromise } from './rekor/promise.ts';
import type { TlogEntry } from './rekor/tlog-entry.ts';
import type { TrustDomain, TrustedLog } from './trusted-root.ts';

/** An entry of a log that the trust root names, with all keys under which the root has the log. */
export interface KnownEntry {
  readonly entry: TlogEntry;
  readonly logs: readonly [TrustedLog, ...TrustedLog[]];
}

/** An entry that its log vouches for, and the key by which it does. */
export interface ProvenEntry extends KnownEntry {
  readonly log: TrustedLog;
}

/**
 * Picks the entries of known logs; those of strangers are passed over, as other verifiers do. An
 * entry that is there twice is refused: it must not count as two.
 */
export function selectEntries(
  entries: readonly TlogEntry[],
  domain: TrustDomain,
): readonly KnownEntry[] | Refusal {
  if (entries.length === 0)
    return invalid('tlog-missing', 'there is no entry of a transparency log');
  if (isRepeated(entries)) return invalid('tlog-duplicate', 'a log entry is there twice');
  const known = entries.flatMap((entry): KnownEntry[] => {
    const [first, ...more] = domain.logs.filter(({ ids }) => ids.includes(entry.logId));
    return first ? [{ entry, logs: [first, ...more] }] : [];
  });
  return known.length > 0
    ? known
    : untrusted('tlog-unknown-log', `${domain.name} names none of the logs of the entries`);
}

const isRepeated = (entries: readonly TlogEntry[]): boolean =>
  entries.length > 1 &&
  new Set(entries.map(({ logId, bodyText }) => `${logId} ${bodyText}`)).size < entries.length;

/**
 * Demands that the log vouches for the entry by everything that it carries: a promise, a proof, or
 * both. A root may name one log several times, with the windows of its keys; one of them must do.
 */
export function proveEntry({ entry, logs }: KnownEntry): ProvenEntry | Refusal {
  let first: Refusal | undefined;
  for (const log of logs) {
    const refusal = checkEntry(entry, log);
    if (refusal === undefined) return { entry, logs, log };
    first ??= refusal;
  }
  return first ?? invalid('tlog-missing', 'no log vouches for the entry');
}

function checkEntry(entry: TlogEntry, log: TrustedLog): Refusal | undefined {
  if (isRefusal(log.key)) return log.key;
  if (entry.promise === undefined && entry.proof === undefined)
    return invalid('tlog-missing', 'the log entry carries neither promise nor proof');
  const promise = entry.promise && checkPromise(entry, entry.promise, log);
  return promise ?? (entry.proof && checkInclusion(entry, entry.proof, log));
}

/** The times that promises of the log vouch for; an inclusion proof alone vouches for none. */
export const promisedTimes = (proven: readonly ProvenEntry[]): readonly VerifiedTime[] =>
  proven
    .filter(({ entry }) => entry.promise && entry.integratedTime !== '0')
    .map(({ entry, log }) => ({
      at: new Date(Number(entry.integratedTime) * 1000).toISOString(),
      source: 'rekor-set',
      by: log.url,
    }));

/** How many logs vouch: by their keys, because one log may answer under several URLs. */
export const distinctLogs = (proven: readonly ProvenEntry[]): number =>
  new Set(proven.map(({ log }) => keyOf(log))).size;

/**
 * Holds the validity of the log keys against the proven times where a proof is all there is: a
 * promise was held against its own time before.
 */
export function checkLogWindows(
  proven: readonly ProvenEntry[],
  times: readonly VerifiedTime[],
): Refusal | undefined {
  for (const { entry, log, logs } of proven) {
    if (entry.promise) continue;
    const windows = logs.filter((one) => isSameKey(one, log));
    const outside = times.find(({ at }) => !windows.some((one) => isWithin(one, Date.parse(at))));
    if (outside)
      return invalid(
        'tlog-proof-bad',
        `the key of the log ${log.url} was not valid at ${outside.at}`,
      );
    if (times.length === 0 && !windows.some(({ until }) => until === Infinity))
      return inconclusive(
        'no-trusted-time',
        `the log ${log.url} is closed and nothing proves the time`,
      );
  }
  return undefined;
}

const isWithin = ({ from, until }: TrustedLog, at: number): boolean => at >= from && at <= until;

const isSameKey = (one: TrustedLog, other: TrustedLog): boolean => keyOf(one) === keyOf(other);

const keyOf = ({ key, url }: TrustedLog): string => (isRefusal(key) ? url : key.fingerprint);

/** The first entry, as shown. */
export function shownEntry(proven: readonly ProvenEntry[]): LogEntry | undefined {
  const [first] = proven;
  if (first === undefined) return undefined;
  const { entry, log } = first;
  return {
    log: log.url,
    index: entry.logIndex,
    kind: `${entry.kind} ${entry.version}`,
    ...(entry.promise &&
      entry.integratedTime !== '0' && {
        integratedAt: new Date(Number(entry.integratedTime) * 1000).toISOString(),
      }),
  };
}
