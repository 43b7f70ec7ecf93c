import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import type { UnevaluatedPolicy } from '#lib/policy/decisions/unevaluated.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';

type Policy = Typed<'portieris-policy'>;

/**
 * Policies of Portieris: those of a namespace take the place of the cluster's. Of all patterns that fit
 * an image, Portieris takes the one that fits best, so each that fits is told.
 */
export function portierisPolicies(
  objects: Pick<ClusterObjects, 'of'>,
): readonly UnevaluatedPolicy[] {
  const policies = objects.of('portieris-policy');
  const own = new Set(policies.flatMap(({ head }) => head.reference.namespace ?? []));
  return policies.flatMap((policy) => {
    const { head, summary } = policy;
    if (summary === undefined) return [];
    const { namespace } = head.reference;
    return [
      {
        summary,
        inNamespace: ({ name }) =>
          namespace === name || (namespace === undefined && !own.has(name)),
        reach: (admitted, { image }) => {
          const here = admitted.namespace ?? '';
          if (namespace === undefined ? own.has(here) : namespace !== here) return undefined;
          const fitting = demandsOn(policy, image);
          if (fitting === undefined) return undefined;
          return { rule: fitting.name, mode: 'enforce', why: whyOf(fitting) };
        },
      },
    ];
  });
}

const demandsOn = ({ content }: Policy, image: string) =>
  content.repositories.find(({ name }) => compileWildcard(name)(image));

const whyOf = ({ name, demands }: Policy['content']['repositories'][number]): string =>
  demands.length === 0
    ? `${name} asks for nothing, and whether another pattern fits better is not evaluated here`
    : `${demands.join(' and ')} under ${name} is not evaluated here`;
