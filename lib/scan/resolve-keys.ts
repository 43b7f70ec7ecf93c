import { OperationalError } from '#lib/errors.ts';
import type { Authority, TrustedKey } from '#lib/model/authority.ts';
import type { KeySource } from '#lib/ports/trust.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import type { Failure } from './scan-row.ts';

/** Authorities with the keys that could be read, and why others could not. */
export interface ResolvedAuthorities {
  readonly authorities: readonly Authority[];
  readonly problems: readonly Failure[];
}

/**
 * Reads the keys that authorities name by reference. One that cannot be had stays unread with its
 * reason: nothing is claimed under it, and nothing is thrown. A policy's secrets are those of its cluster.
 */
export async function resolveKeys(
  authorities: readonly Authority[],
  source: KeySource | undefined,
): Promise<ResolvedAuthorities> {
  const problems: Failure[] = [];
  const read = async ({ name, source: from }: Authority, key: TrustedKey): Promise<TrustedKey> => {
    const { reference, pem } = key;
    if (reference === undefined || pem !== '') return key;
    try {
      if (source === undefined) throw new OperationalError('key-unresolvable', reference);
      const cluster = from.kind === 'policy' ? from.cluster : undefined;
      return { ...key, pem: await source.read(reference, cluster) };
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      problems.push({ source: name, reason: 'key-unresolvable', detail: error.message });
      return { ...key, problem: error.message };
    }
  };
  const resolved = await Promise.all(
    authorities.map(async (authority) => {
      if (authority.kind !== 'key') return authority;
      if (authority.keys.every(({ reference }) => reference === undefined)) return authority;
      const keys = await Promise.all(authority.keys.map((key) => read(authority, key)));
      const changed = { ...authority, keys };
      return { ...changed, fingerprint: authorityFingerprint(changed) };
    }),
  );
  return { authorities: resolved, problems };
}
