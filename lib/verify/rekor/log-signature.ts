import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { checkSignature } from '#lib/verify/signature.ts';
import type { TrustedLog } from '#lib/verify/trusted-root.ts';

/**
 * Whether the log signed these bytes. The key and with it the hash come from the trust root; keys
 * stronger than P-256 sign with their own hash or, as Rekor v1 does whatever its key, with SHA-256.
 */
export function isSignedByLog(
  { key }: TrustedLog,
  bytes: Buffer,
  signature: Uint8Array,
): boolean | Refusal {
  if (isRefusal(key)) return key;
  const result = checkSignature(key, { kind: 'bytes', bytes }, signature, 'dsse');
  return isRefusal(result) ? result : result.holds;
}
