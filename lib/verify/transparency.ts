import type { TransparencyLogEntry } from '@sigstore/bundle';
import type { TrustMaterial } from '@sigstore/verify';
import type { LogEntry, VerifiedTime } from '#lib/model/verdict.ts';
import { inconclusive, invalid, type Refusal, untrusted } from './refusal.ts';
import { isKnownEntryKind } from './tlog-binding.ts';
import type { TrustDomain, TrustedLog } from './trusted-root.ts';

/** Entries of logs that the trust root names, each with its log. */
export interface KnownEntry {
  readonly entry: TransparencyLogEntry;
  readonly log: TrustedLog;
}

/**
 * Picks the entries of known logs; those of strangers are passed over, as other verifiers do. An
 * entry that is there twice is refused: it must not count as two.
 */
export function selectEntries(
  entries: readonly TransparencyLogEntry[],
  domain: TrustDomain,
): readonly KnownEntry[] | Refusal {
  if (entries.length === 0)
    return invalid('tlog-missing', 'there is no entry of a transparency log');
  const bodies = entries.map(({ logId, canonicalizedBody }) =>
    Buffer.concat([logId.keyId, canonicalizedBody]).toString('base64'),
  );
  if (new Set(bodies).size < bodies.length)
    return invalid('tlog-duplicate', 'a log entry is there twice');
  const known = entries.flatMap((entry): KnownEntry[] => {
    const id = entry.logId.keyId.toString('hex');
    const log = domain.logs.find(({ ids }) => ids.includes(id));
    return log ? [{ entry, log }] : [];
  });
  if (known.length === 0)
    return untrusted('tlog-unknown-log', `${domain.name} names none of the logs of the entries`);
  const strange = known.find(({ entry }) => !isKnownEntryKind(entry.kindVersion));
  if (strange === undefined) return known;
  const { kind, version } = strange.entry.kindVersion;
  return inconclusive('unsupported-format', `log entries of the kind ${kind} ${version}`);
}

/** The times that promises of the log vouch for; an inclusion proof alone vouches for none. */
export const promisedTimes = (known: readonly KnownEntry[]): readonly VerifiedTime[] =>
  known
    .filter(({ entry }) => entry.inclusionPromise && Number(entry.integratedTime) > 0)
    .map(({ entry, log }) => ({
      at: new Date(Number(entry.integratedTime) * 1000).toISOString(),
      source: 'rekor-set',
      by: log.url,
    }));

/**
 * Holds the validity of the log keys against the proven times. The library underneath does so for
 * promises only; a proof under a retired key would pass.
 */
export function checkLogWindows(
  known: readonly KnownEntry[],
  times: readonly VerifiedTime[],
): Refusal | undefined {
  for (const { entry, log } of known) {
    if (entry.inclusionPromise) continue;
    const outside = times.find(
      ({ at }) => !(Date.parse(at) >= log.from && Date.parse(at) <= log.until),
    );
    if (outside)
      return invalid(
        'tlog-proof-bad',
        `the key of the log ${log.url} was not valid at ${outside.at}`,
      );
    if (times.length === 0 && log.until !== Infinity)
      return inconclusive(
        'no-trusted-time',
        `the log ${log.url} is closed and nothing proves the time`,
      );
  }
  return undefined;
}

/**
 * Lets checkpoints of Rekor v1 be signed under any name. The library wants the name to be part of the
 * URL of the log, but a private Rekor signs as the host it happens to run on; the log is told by the ID
 * of its key, which the entry names and the signature proves. Rekor v2 signs under its own name, as
 * C2SP checkpoints demand, and is held to it.
 */
export function withCheckpointNames(
  material: TrustMaterial,
  known: readonly KnownEntry[],
): TrustMaterial {
  const names = known
    .filter(
      ({ entry }) => entry.kindVersion.version !== '0.0.2' || entry.kindVersion.kind === 'intoto',
    )
    .flatMap(({ entry }) => {
      const envelope = entry.inclusionProof?.checkpoint?.envelope ?? '';
      const id = entry.logId.keyId.toString('hex');
      return [...envelope.matchAll(/^\u2014 (\S+) /gm)].map(([, name]) => ({ id, name }));
    });
  if (names.length === 0) return material;
  return {
    ...material,
    tlogs: material.tlogs.map((log) => {
      const own = names.filter(({ id }) => id === log.logID.toString('hex'));
      return { ...log, baseURL: [log.baseURL, ...own.map(({ name }) => name)].join(' ') };
    }),
  };
}

/** The first entry, as shown. */
export function shownEntry(known: readonly KnownEntry[]): LogEntry | undefined {
  const [first] = known;
  if (first === undefined) return undefined;
  const { entry, log } = first;
  const integrated = Number(entry.integratedTime);
  return {
    log: log.url,
    index: entry.logIndex,
    kind: `${entry.kindVersion.kind} ${entry.kindVersion.version}`,
    ...(entry.inclusionPromise &&
      integrated > 0 && { integratedAt: new Date(integrated * 1000).toISOString() }),
  };
}
