import { OperationalError } from '#lib/errors.ts';
import type { ClusterReader } from '#lib/ports/cluster.ts';

/**
 * Reads `cosign.pub` of a secret that `cosign generate-key-pair k8s://namespace/name` wrote. With
 * several clusters the reference names one: `k8s://cluster/namespace/name`. Whoever may write secrets
 * in one cluster must not choose the key for another: a policy reads secrets of its own cluster only.
 * @param of id of the cluster whose policy names it
 * @throws OperationalError key-unresolvable, cluster-*
 */
export function readClusterKey(
  reference: string,
  clusters: readonly ClusterReader[],
  of?: string,
): Promise<string> {
  const parts = reference.slice('k8s://'.length).split('/');
  if (of !== undefined && parts.length !== 2)
    return refuse(reference, 'a policy must name it as k8s://namespace/name');
  const [name, namespace, cluster] = [...parts].reverse();
  const live = clusters.filter(
    ({ id, signingKey }) => signingKey !== undefined && (of === undefined || id === of),
  );
  const named = cluster === undefined ? live : live.filter((one) => one.name === cluster);
  const [only] = named;
  if (!name || !namespace || parts.length > 3)
    return refuse(reference, 'it must be k8s://namespace/name or k8s://cluster/namespace/name');
  if (named.length > 1)
    return refuse(reference, `name the cluster: k8s://CLUSTER/${namespace}/${name}`);
  if (only?.signingKey === undefined)
    return refuse(
      reference,
      cluster === undefined
        ? 'no cluster is connected to read it from'
        : `no cluster ${cluster} is connected`,
    );
  return only.signingKey(namespace, name);
}

const refuse = (reference: string, why: string): Promise<never> =>
  Promise.reject(new OperationalError('key-unresolvable', `${reference}: ${why}.`));
