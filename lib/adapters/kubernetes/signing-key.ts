import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ApiClient } from './api-client.ts';
import { Secret } from './schemas.ts';

/**
 * Reads the public half of a key pair that cosign keeps in a secret, by its name and by nothing else;
 * the private half beside it is dropped at once.
 * @throws OperationalError cluster-*, key-unresolvable when the secret holds no public key
 */
export async function readSigningKey(
  client: ApiClient,
  cluster: string,
  namespace: string,
  name: string,
): Promise<string> {
  const body = await client.json({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`,
    signal: AbortSignal.timeout(limits.clusterRequestMs * limits.attempts),
    cap: limits.listBytes,
  });
  const value = Secret.safeParse(body).data?.data?.['cosign.pub'];
  const pem = value === undefined ? '' : Buffer.from(value, 'base64').toString('utf8');
  if (pem.includes('-----BEGIN PUBLIC KEY-----')) return pem;
  throw new OperationalError(
    'key-unresolvable',
    `cluster ${cluster}: secret ${namespace}/${name} holds no cosign.pub; write it with ` +
      `cosign generate-key-pair k8s://${namespace}/${name}`,
  );
}
