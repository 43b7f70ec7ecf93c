import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import { type GatekeeperConfig, isExempt } from '#lib/policy/gatekeeper/settings.ts';
import { filterFor } from '#lib/policy/kyverno/configuration.ts';
import type { AdmissionSurface } from '#lib/policy/webhooks/admission-surface.ts';

/** Namespaces that Kyverno's filters and Gatekeeper's Config leave out, whatever their webhooks select. */
export function exemptNamespaces(
  objects: Pick<ClusterObjects, 'of'>,
  configs: readonly GatekeeperConfig[],
  namespaces: AdmissionSurface['namespaces'],
): AdmissionSurface['exemptions'] {
  return namespaces.flatMap(({ name: namespace }) => [
    ...objects.of('kyverno-configuration').flatMap(({ head, content }) => {
      // A filter for pods of one name leaves the others of the namespace in.
      const ofAll = content.resourceFilters.filter(({ name }) => /^\*+$/.test(name));
      const pod = { group: '', kind: 'Pod', namespace, name: '', labels: {}, containers: [] };
      const filter = filterFor(ofAll, pod);
      if (filter === undefined) return [];
      const why = `resourceFilters [${filter.kind},${filter.namespace},${filter.name}] leave the namespace ${namespace} out`;
      return [{ engine: 'kyverno' as const, namespace, why, reference: head.reference }];
    }),
    ...configs.flatMap((config) =>
      isExempt(config, 'webhook', namespace)
        ? [
            {
              engine: 'gatekeeper' as const,
              namespace,
              why: `the Config of Gatekeeper leaves the namespace ${namespace} out`,
              reference: config.head.reference,
            },
          ]
        : [],
    ),
  ]);
}
