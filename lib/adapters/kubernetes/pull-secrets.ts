import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ApiClient } from './api-client.ts';
import { Secret } from './schemas.ts';

/**
 * Reads the pull credentials of exactly the secrets that the configuration names, each by its own
 * request: no list of secrets is ever asked for. Returns docker config JSON texts.
 * @throws OperationalError cluster-* when one of them cannot be had
 */
export const readPullSecrets = (
  client: ApiClient,
  cluster: string,
  names: readonly { readonly namespace: string; readonly name: string }[],
): Promise<readonly string[]> =>
  Promise.all(
    names.map(async ({ namespace, name }) => {
      const body = await client.json({
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`,
        signal: AbortSignal.timeout(limits.clusterRequestMs * limits.attempts),
        cap: limits.listBytes,
      });
      const text = dockerConfig(Secret.safeParse(body).data);
      if (text !== undefined) return text;
      throw new OperationalError(
        'cluster-config',
        `cluster ${cluster}: secret ${namespace}/${name} holds no pull credentials; name one of type ` +
          'kubernetes.io/dockerconfigjson or kubernetes.io/dockercfg',
      );
    }),
  );

function dockerConfig(secret: Secret | undefined): string | undefined {
  const decoded = (key: string) => {
    const value = secret?.data?.[key];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
  };
  if (secret?.type === 'kubernetes.io/dockerconfigjson') return decoded('.dockerconfigjson');
  if (secret?.type !== 'kubernetes.io/dockercfg') return undefined;
  // The old form is the `auths` object alone.
  const auths = decoded('.dockercfg');
  return auths === undefined ? undefined : `{"auths":${auths}}`;
}
