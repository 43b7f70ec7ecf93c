import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';

/** A Vault as cosign finds it: `VAULT_ADDR`, `VAULT_TOKEN`, `VAULT_NAMESPACE`, `TRANSIT_SECRET_ENGINE_PATH`. */
export interface VaultOptions {
  readonly address: string;
  readonly token: string;
  readonly namespace?: string;
  /** Where the transit engine is mounted; `transit` by default. */
  readonly mount?: string;
}

/** What registries would be called is a key that cannot be had. */
const codes = {
  unreachable: 'key-unresolvable',
  timeout: 'key-unresolvable',
  tls: 'key-unresolvable',
  protocol: 'key-unresolvable',
} as const;

const TransitKey = z.object({
  data: z.object({
    type: z.string(),
    keys: z.record(z.string().regex(/^[0-9]{1,9}$/), z.object({ public_key: z.string().min(1) })),
  }),
});

/**
 * Reads the public keys of a transit key, the newest version first. Vault gives every version that
 * may still be used; a signature by any of them counts, as it does for Vault itself.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit#read-key
 * @throws OperationalError key-unresolvable, egress-blocked
 */
export async function readTransitKey(
  reference: string,
  http: GuardedClient,
  vault: VaultOptions | undefined,
): Promise<string> {
  const name = /^hashivault:\/\/([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/.exec(reference)?.[1];
  if (name === undefined)
    throw unresolvable(reference, 'it must be hashivault:// and the name of a transit key');
  if (vault === undefined)
    throw unresolvable(reference, 'set VAULT_ADDR and VAULT_TOKEN for this server');
  const url = addressOf(vault, name, reference);
  const answer = await http.request({
    url,
    headers: {
      'x-vault-token': vault.token,
      'x-vault-request': 'true',
      ...(vault.namespace !== undefined && { 'x-vault-namespace': vault.namespace }),
    },
    cap: limits.tokenBytes,
    purpose: `public key ${reference}`,
    codes,
  });
  if (answer.status !== 200)
    throw unresolvable(
      reference,
      `Vault answered ${answer.status}. The token needs read on ${url.pathname.slice(3)}`,
      answer.status >= 500 || answer.status === 429,
    );
  return pemOf(answer.bytes, reference);
}

function addressOf({ address, mount = 'transit' }: VaultOptions, name: string, reference: string) {
  const base = URL.canParse(address) ? new URL(address) : undefined;
  // The token would be readable on the way.
  if (base?.protocol !== 'https:')
    throw unresolvable(reference, 'VAULT_ADDR must be an https:// address');
  const path = mount
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .map(encodeURIComponent);
  return new URL(`/v1/${path.join('/')}/keys/${encodeURIComponent(name)}`, base);
}

function pemOf(bytes: Uint8Array, reference: string): string {
  const parsed = TransitKey.safeParse(readJson(bytes));
  if (!parsed.success) throw unresolvable(reference, 'Vault answered without public keys');
  const versions = Object.entries(parsed.data.data.keys)
    .sort(([one], [other]) => Number(other) - Number(one))
    .slice(0, limits.certificates);
  try {
    return versions.map(([, { public_key }]) => asPem(public_key)).join('');
  } catch (cause) {
    throw unresolvable(reference, `Vault answered no public key: ${(cause as Error).message}`);
  }
}

/** Vault writes Ed25519 keys as 32 bytes in base64, all others as PEM. */
function asPem(text: string): string {
  const key = text.includes('-----BEGIN')
    ? createPublicKey(text)
    : createPublicKey({
        key: {
          kty: 'OKP',
          crv: 'Ed25519',
          x: Buffer.from(text, 'base64').toString('base64url'),
        },
        format: 'jwk',
      });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const unresolvable = (reference: string, why: string, retryable = false) =>
  new OperationalError(
    'key-unresolvable',
    `${reference}: ${why}. Or export the public key with cosign public-key --key ${reference}.`,
    { retryable },
  );
