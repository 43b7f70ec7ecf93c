import { readFileSync } from 'node:fs';
import type { HostTls } from '#lib/adapters/http/dispatchers.ts';
import type { VaultOptions } from '#lib/adapters/keys/vault-transit.ts';
import type { Environment } from '#lib/config/environment.ts';
import { log } from '#lib/log.ts';

/** A Vault that the environment names, and how to reach it. */
export interface NamedVault {
  readonly options: VaultOptions;
  /** `host` or `host:port`: the operator named it, so it may have a private address. */
  readonly host: string;
  readonly tls?: HostTls;
}

/** Reads the variables by which cosign and the Vault tools find Vault; undefined without address or token. */
export function vaultOf({ variables }: Environment): NamedVault | undefined {
  const [address, token, file] = ['VAULT_ADDR', 'VAULT_TOKEN', 'VAULT_CACERT'].map(
    (name) => variables[name] || undefined,
  );
  if (address === undefined || token === undefined || !URL.canParse(address)) return undefined;
  const ca = file === undefined ? undefined : readAuthority(file);
  const [namespace, mount] = ['VAULT_NAMESPACE', 'TRANSIT_SECRET_ENGINE_PATH'].map(
    (name) => variables[name] || undefined,
  );
  return {
    host: new URL(address).host,
    ...(ca !== undefined && { tls: { ca } }),
    options: {
      address,
      token,
      ...(namespace !== undefined && { namespace }),
      ...(mount !== undefined && { mount }),
    },
  };
}

/** Without its authority the connection fails and says so; nothing is trusted instead. */
function readAuthority(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    log.warn({ err: error, file }, 'VAULT_CACERT cannot be read');
    return undefined;
  }
}
