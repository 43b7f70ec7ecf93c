import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import type { ClusterReader } from '#lib/ports/cluster.ts';
import type { KeySource } from '#lib/ports/trust.ts';
import { readClusterKey } from './cluster-key.ts';
import { readTransitKey, type VaultOptions } from './vault-transit.ts';

/** What references of key services are resolved with. */
export interface KeySourceOptions {
  readonly http: GuardedClient;
  /** Absent when the environment names no Vault. */
  readonly vault?: VaultOptions;
  readonly clusters: readonly ClusterReader[];
}

/** Services whose public keys need a signed request of their own to be read. */
const clouds: Readonly<Record<string, string>> = {
  'awskms:': 'AWS KMS',
  'gcpkms:': 'Google Cloud KMS',
  'azurekms:': 'Azure Key Vault',
};

/**
 * Reads public keys where references point: Vault transit and Kubernetes secrets. Keys of cloud
 * services are not asked for; their public half never changes and can be exported once.
 */
export const createKeySource = ({ http, vault, clusters }: KeySourceOptions): KeySource => ({
  read(reference, cluster) {
    const scheme = reference.slice(0, reference.indexOf('//'));
    if (scheme === 'hashivault:') return readTransitKey(reference, http, vault);
    if (scheme === 'k8s:') return readClusterKey(reference, clusters, cluster);
    return Promise.reject(
      new OperationalError(
        'key-unresolvable',
        `${reference}: keys of ${clouds[scheme] ?? 'this service'} are not asked for. Export the public key ` +
          `with cosign public-key --key ${reference} and name the file in the authority.`,
      ),
    );
  },
});
