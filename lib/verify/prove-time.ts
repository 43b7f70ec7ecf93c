import type { LogEntry, VerifiedTime } from '#lib/model/verdict.ts';
import type { CheckLog } from './checks.ts';
import type { Demands } from './demands.ts';
import type { PreparedKey } from './keys.ts';
import { invalid, isRefusal, type Refusal } from './refusal.ts';
import { checkLogBinding } from './rekor/log-binding.ts';
import type { SignedItem } from './signed-item.ts';
import { type VerifiedTimestamp, verifyTimestamp } from './timestamp/verify-timestamp.ts';
import {
  checkLogWindows,
  distinctLogs,
  type ProvenEntry,
  promisedTimes,
  proveEntry,
  selectEntries,
  shownEntry,
} from './transparency.ts';
import type { TrustDomain } from './trusted-root.ts';

/** A clock that runs ahead of ours by more than this is wrong, or lying. */
const skewMs = 5 * 60_000;

/** What a signature needs to be placed in time and log. Its own bytes hold already. */
export interface TimeQuestion {
  readonly item: SignedItem;
  readonly key: PreparedKey;
  readonly domain: TrustDomain;
  readonly demands: Demands;
  readonly log: CheckLog;
}

/** The times that are proven, all of which must suit, and the log entry that was checked. */
export interface ProvenTime {
  readonly times: readonly VerifiedTime[];
  readonly log?: LogEntry;
}

/**
 * Checks log entries and timestamps. A log is looked at only if it is demanded; timestamps always,
 * because a certificate must have been valid at both kinds of time (TOB-SIGSTORE-4).
 */
export function proveTime(question: TimeQuestion): ProvenTime | Refusal {
  const { demands, log, domain } = question;
  const entries = entriesOf(question);
  if (isRefusal(entries)) return entries;
  const stamps = timestampsOf(question);
  if (isRefusal(stamps)) return stamps;
  const times = [...promisedTimes(entries), ...stamps.map(timeOf)];
  const future = times.find(({ at }) => Date.parse(at) > demands.now.getTime() + skewMs);
  if (future)
    return log.failed('timestamp', invalid('time-future', `${future.by} says ${future.at}`));
  const window = checkLogWindows(entries, times);
  if (window) return log.failed('transparency-log', window);
  const few = checkWitnesses(question, entries, stamps);
  if (few) return few;
  record(log, entries, times, demands.tlog === 'ignored', domain.name);
  const shown = shownEntry(entries);
  return { times, ...(shown && { log: shown }) };
}

function entriesOf({
  item,
  key,
  domain,
  demands,
  log,
}: TimeQuestion): readonly ProvenEntry[] | Refusal {
  if (demands.tlog === 'ignored') return [];
  const entries = selectEntries(item.tlogEntries, domain);
  if (isRefusal(entries)) return log.failed('transparency-log', entries);
  const proven: ProvenEntry[] = [];
  for (const known of entries) {
    const mismatch = checkLogBinding(known.entry, item, key, demands.artifact);
    if (mismatch) return log.failed('log-binding', mismatch);
    const entry = proveEntry(known);
    if (isRefusal(entry)) return log.failed('transparency-log', entry);
    proven.push(entry);
  }
  return proven;
}

/** Tokens of unknown authorities are passed over when something else vouches for the time. */
function timestampsOf({
  item,
  domain,
  demands,
  log,
}: TimeQuestion): readonly VerifiedTimestamp[] | Refusal {
  const seen = new Set(item.timestamps.map((der) => der.toString('base64')));
  if (seen.size < item.timestamps.length)
    return log.failed('timestamp', invalid('tsa-bad', 'a timestamp is there twice'));
  const stamps: VerifiedTimestamp[] = [];
  let stranger: Refusal | undefined;
  for (const der of item.timestamps) {
    const stamp = verifyTimestamp({
      der,
      over: item.timestamped,
      authorities: domain.timestampAuthorities,
      domain: domain.name,
    });
    if (!isRefusal(stamp)) stamps.push(stamp);
    else if (stamp.status === 'untrusted') stranger ??= stamp;
    else return log.failed('timestamp', stamp);
  }
  const promised =
    demands.tlog === 'required' && item.tlogEntries.some(({ promise }) => promise !== undefined);
  return stranger && stamps.length === 0 && !promised ? log.failed('timestamp', stranger) : stamps;
}

const timeOf = ({ at, by }: VerifiedTimestamp): VerifiedTime => ({
  at: at.toISOString(),
  source: 'rfc3161',
  by,
});

/** Counts logs by their keys and authorities by their names, so that no witness counts as two. */
function checkWitnesses(
  { demands: { atLeast }, log }: TimeQuestion,
  entries: readonly ProvenEntry[],
  stamps: readonly VerifiedTimestamp[],
): Refusal | undefined {
  const logs = distinctLogs(entries);
  if (logs < (atLeast?.logs ?? 0))
    return log.failed(
      'transparency-log',
      invalid('tlog-threshold', `${logs} logs vouch for it, not ${atLeast?.logs}`),
    );
  const authorities = new Set(stamps.map(({ by }) => by)).size;
  const promising = distinctLogs(entries.filter(({ entry }) => entry.promise));
  const missing =
    authorities < (atLeast?.timestampAuthorities ?? 0) ||
    authorities + promising < (atLeast?.times ?? 0);
  return missing
    ? log.failed(
        'timestamp',
        invalid(
          'no-trusted-time',
          `${authorities} timestamp authorities and ${promising} logs vouch for the time, which is too few`,
        ),
      )
    : undefined;
}

function record(
  log: CheckLog,
  entries: readonly ProvenEntry[],
  times: readonly VerifiedTime[],
  ignored: boolean,
  domain: string,
): void {
  if (times.length === 0)
    log.skipped('timestamp', 'nothing vouches for the time, and none is needed');
  else log.passed('timestamp', times.map(({ at, by }) => `${at} by ${by}`).join(', '));
  if (ignored) {
    log.skipped('transparency-log', 'the authority does not ask for it');
    log.skipped('log-binding', 'the authority does not ask for it');
    return;
  }
  log.passed('transparency-log', `${entries.length} of the logs of ${domain} vouch for it`);
  log.passed('log-binding', 'the entry has this digest, this signature and this signer');
}
