import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Authority } from '#lib/model/authority.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import type { NotaryServer } from '#lib/wiring/notary-servers.ts';
import { UsageError } from './usage.ts';

/** The part of the command line that is about Docker Content Trust. */
export interface ContentTrustValues {
  readonly 'notary-server'?: string | undefined;
  readonly 'notary-root-key'?: readonly string[] | undefined;
  readonly 'notary-delegation'?: readonly string[] | undefined;
}

/** The server that is asked, and the authority that pinned root keys make. */
export interface ContentTrustChoice {
  readonly servers: readonly NotaryServer[];
  readonly authorities: readonly Authority[];
}

const role = /^targets(\/[-a-z0-9_]+)*$/;

/**
 * What the options say of Docker Content Trust; undefined when they say nothing. A server without
 * root keys makes its trust data visible and trusts nobody.
 * @throws UsageError
 */
export function contentTrustOf(values: ContentTrustValues): ContentTrustChoice | undefined {
  const server = values['notary-server'];
  const keys = values['notary-root-key'] ?? [];
  const delegations = values['notary-delegation'] ?? [];
  if (server === undefined && keys.length === 0) {
    if (delegations.length === 0) return undefined;
    throw new UsageError('--notary-delegation needs --notary-root-key');
  }
  const bad = delegations.find((name) => !role.test(name));
  if (bad !== undefined)
    throw new UsageError(`--notary-delegation: "${bad}" is no role such as targets/releases`);
  const origin = server === undefined ? undefined : originOf(server);
  return {
    servers: [
      {
        covers: () => true,
        ...(origin !== undefined && { server: origin, insecure: origin.startsWith('http:') }),
        pinned: keys.length > 0,
        delegations,
      },
    ],
    authorities: keys.length === 0 ? [] : [authorityOf(keys.map(rootKey), delegations)],
  };
}

function authorityOf(rootKeys: readonly string[], delegations: readonly string[]): Authority {
  const authority = {
    kind: 'content-trust',
    name: 'command line',
    source: { kind: 'command-line' },
    images: ['**'],
    rootKeys,
    delegations,
  } as const;
  return { ...authority, fingerprint: authorityFingerprint(authority) };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new UsageError(`--notary-server: "${text}" must be https:// and a host`);
  return url.origin;
}

function rootKey(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  try {
    const key = createPublicKey(readFileSync(text, 'utf8'));
    return key.export({ type: 'spki', format: 'pem' }).toString();
  } catch (error) {
    throw new UsageError(
      `--notary-root-key: "${text}" is neither an identifier of 64 hexadecimal characters nor a key file: ${(error as Error).message}`,
    );
  }
}
