import { type ReasonCode, reasonOf } from '#lib/model/reasons.ts';

/** Failures in a row, with no success between, after which a host is left alone for a while. */
const failuresBeforeRest = 8;
const firstRestMs = 30_000;
const longestRestMs = 10 * 60_000;

/** Reasons that are about the host and not about one repository of it. */
const hostReasons: ReadonlySet<ReasonCode> = new Set([
  'registry-unreachable',
  'registry-timeout',
  'registry-tls',
  'registry-ratelimited',
]);

/** Why a host is not asked just now. */
export interface Rest {
  readonly reason: ReasonCode;
  readonly detail: string;
  readonly until: Date;
}

/**
 * Leaves a registry alone that failed many times in a row, so that one dead host neither takes the
 * time of thousands of images nor is hammered. What is not asked stays inconclusive, for the reason
 * that the host itself gave.
 */
export interface HostRest {
  resting(host: string): Rest | undefined;
  succeeded(host: string): void;
  failed(host: string, reason: ReasonCode, retryAt?: Date): void;
}

export function createHostRest(now: () => Date): HostRest {
  const hosts = new Map<string, { streak: number; rests: number; rest?: Rest }>();
  return {
    resting(host) {
      const rest = hosts.get(host)?.rest;
      return rest && rest.until > now() ? rest : undefined;
    },
    succeeded(host) {
      hosts.delete(host);
    },
    failed(host, reason, retryAt) {
      if (!hostReasons.has(reason)) return;
      const known = hosts.get(host) ?? { streak: 0, rests: 0 };
      hosts.set(host, known);
      known.streak += 1;
      if (known.streak < failuresBeforeRest || (known.rest && known.rest.until > now())) return;
      const own = now().getTime() + Math.min(longestRestMs, firstRestMs * 2 ** known.rests);
      const until = new Date(Math.max(own, retryAt?.getTime() ?? 0));
      known.rests += 1;
      known.rest = {
        reason,
        detail: `${host} failed ${known.streak} times in a row (${reasonOf(reason).title}); it is asked again at ${until.toISOString()}.`,
        until,
      };
    },
  };
}
