import { parseReference } from '#lib/model/reference.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import type { UnevaluatedPolicy } from '#lib/policy/decisions/unevaluated.ts';

/** Policies of OpenShift that name an image or something above it; nodes check them when they pull. */
export const openshiftPolicies = (
  objects: Pick<ClusterObjects, 'of'>,
): readonly UnevaluatedPolicy[] =>
  objects.of('openshift-policy').flatMap(({ head, summary, content }) => {
    if (summary === undefined) return [];
    const { namespace } = head.reference;
    return [
      {
        summary,
        reach: (admitted, { image }) => {
          if (namespace !== undefined && namespace !== admitted.namespace) return undefined;
          const scope = content.scopes.find((one) => covers(one, image));
          if (scope === undefined) return undefined;
          const why = `nodes verify ${content.rootOfTrust.policyType} for ${scope} when they pull, which is not evaluated here`;
          return { rule: scope, mode: 'enforce', why };
        },
      },
    ];
  });

/** A scope is a registry (`*.example.com` too), a path in it, a repository, or one image of it. */
function covers(scope: string, image: string): boolean {
  const parsed = parseReference(image);
  if (!parsed.ok) return false;
  const { registry, repository, tag, digest } = parsed.reference;
  if (scope.startsWith('*.')) return registry.endsWith(scope.slice(1));
  const name = `${registry}/${repository}`;
  return (
    name === scope ||
    name.startsWith(`${scope}/`) ||
    scope === `${name}:${tag ?? ''}` ||
    scope === `${name}@${digest ?? ''}`
  );
}
