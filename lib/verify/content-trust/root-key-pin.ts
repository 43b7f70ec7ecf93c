import { prepareTrustedKeys } from '#lib/verify/keys.ts';
import { inconclusive, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { TrustKey } from './trust-key.ts';

/** Whether a root key is one that the operator pinned. */
export type RootKeyMatcher = (key: TrustKey) => boolean;

/** SHA-256 in lower-case hex: an identifier as notary and docker print it. */
const identifier = /^[0-9a-f]{64}$/;

/**
 * Compiles pins: identifiers of the certificate or of its bare key, or public keys as PEM.
 * @returns a refusal when one of them is neither; to leave it out would trust fewer than was written
 */
export function compileRootKeys(pins: readonly string[]): RootKeyMatcher | Refusal {
  const ids = new Set<string>();
  const fingerprints = new Set<string>();
  for (const pin of pins) {
    if (identifier.test(pin)) {
      ids.add(pin);
      continue;
    }
    for (const key of prepareTrustedKeys({ pem: pin })) {
      if (isRefusal(key)) return key;
      fingerprints.add(key.fingerprint);
    }
  }
  if (ids.size + fingerprints.size === 0)
    return inconclusive('key-unresolvable', 'no root key is pinned');
  return ({ id, canonicalId, key }) =>
    ids.has(id) || ids.has(canonicalId) || (!isRefusal(key) && fingerprints.has(key.fingerprint));
}
