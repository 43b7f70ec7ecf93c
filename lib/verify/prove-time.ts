import type { LogEntry, VerifiedTime } from '#lib/model/verdict.ts';
import { type IssuerPath, withIntermediates } from './certificate-trust.ts';
import type { CheckLog } from './checks.ts';
import type { Demands } from './demands.ts';
import type { PreparedKey } from './keys.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import { checkLogBinding } from './rekor/log-binding.ts';
import { digestsOfItem } from './signed-content.ts';
import type { SignedItem } from './signed-item.ts';
import { verifyWithSigstore } from './sigstore-bundle.ts';
import { readTimestampToken, type TimestampToken } from './timestamps.ts';
import {
  checkLogWindows,
  type ProvenEntry,
  promisedTimes,
  proveEntry,
  selectEntries,
  shownEntry,
} from './transparency.ts';
import type { TrustDomain } from './trusted-root.ts';

/** A clock that runs ahead of ours by more than this is wrong, or lying. */
const skewMs = 5 * 60_000;

/** What a signature needs to be placed in time, log and trust domain. Its own bytes hold already. */
export interface TimeQuestion {
  readonly item: SignedItem;
  readonly key: PreparedKey;
  readonly domain: TrustDomain;
  /** How the certificate, if there is one, hangs on the domain. */
  readonly path?: IssuerPath;
  readonly demands: Demands;
  readonly log: CheckLog;
}

/** The times that are proven and the log entry that was checked. */
export interface ProvenTime {
  readonly times: readonly VerifiedTime[];
  readonly log?: LogEntry;
}

/**
 * Checks log entries, timestamps and, for a certificate, its path at every proven time. A log is
 * looked at only if it is demanded; timestamps always, because both kinds of time must agree.
 */
export function proveTime(question: TimeQuestion): ProvenTime | Refusal {
  const { item, demands, log, domain } = question;
  const entries = entriesOf(question);
  if (isRefusal(entries)) return entries;
  const tokens = tokensOf(question);
  if (isRefusal(tokens)) return tokens;
  const times = [
    ...promisedTimes(entries),
    ...tokens.map(({ at, by }) => ({ at: at.toISOString(), source: 'rfc3161', by }) as const),
  ];
  if (times.length === 0 && item.certificate) return log.failed('timestamp', noTime(question));

  const failed = askLibrary(question, entries, tokens);
  if (failed) return failed;
  const future = times.find(({ at }) => Date.parse(at) > demands.now.getTime() + skewMs);
  if (future)
    return log.failed('timestamp', invalid('time-future', `${future.by} says ${future.at}`));
  const window = checkLogWindows(entries, times);
  if (window) return log.failed('transparency-log', window);
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

/** Tokens of unknown authorities are passed over when a log vouches for the time. */
function tokensOf({ item, domain, log }: TimeQuestion): readonly TimestampToken[] | Refusal {
  const tokens: TimestampToken[] = [];
  let stranger: Refusal | undefined;
  for (const der of item.timestamps) {
    const token = readTimestampToken(der, domain);
    if (!isRefusal(token)) tokens.push(token);
    else if (token.status === 'untrusted') stranger ??= token;
    else return log.failed('timestamp', token);
  }
  const otherTime = tokens.length > 0 || item.tlogEntries.some((entry) => entry.promise);
  return stranger && !otherTime ? log.failed('timestamp', stranger) : tokens;
}

function noTime({ item, demands }: TimeQuestion): Refusal {
  if (item.unreadTimestamps > 0)
    return inconclusive('unsupported-format', 'timestamps over the payload of an attestation');
  const { notBefore = 0, notAfter = 0 } = item.certificate ?? {};
  const now = demands.now.getTime();
  // A long-lived certificate of a private authority may be good without a time; this is not judged yet.
  return demands.tlog === 'ignored' && notBefore <= now && now <= notAfter
    ? inconclusive('unsupported-format', 'certificates that nothing places in time')
    : invalid('no-trusted-time', 'nothing proves when it was signed');
}

function askLibrary(
  { item, key, domain, path, demands, log }: TimeQuestion,
  entries: readonly ProvenEntry[],
  tokens: readonly TimestampToken[],
): Refusal | undefined {
  const failed = verifyWithSigstore({
    item,
    key,
    material: path ? withIntermediates(domain.material, path) : domain.material,
    tlogEntries: entries.map(({ entry }) => entry),
    tokens,
    signedDigest: digestsOfItem(item, demands.artifact, 'signed'),
    payloadDigest: digestsOfItem(item, demands.artifact, 'payload'),
    signatureHolds: true,
    thresholds: {
      tlog: demands.tlog === 'required' ? 1 : 0,
      certificateLogs: item.certificate && demands.sct === 'required' ? 1 : 0,
      timestamps: item.certificate ? 1 : 0,
    },
  });
  return failed && log.failed(failed.step, failed.refusal);
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
