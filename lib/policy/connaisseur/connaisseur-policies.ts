import { parseReference } from '#lib/model/reference.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import type { UnevaluatedPolicy } from '#lib/policy/decisions/unevaluated.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import type { ConnaisseurConfiguration } from './read-connaisseur.ts';

const label = 'securesystemsengineering.connaisseur/webhook';
const open = 'and which of its patterns fits the image best is not evaluated here';

/** Configurations of Connaisseur, each as one policy over the namespaces that take part. */
export const connaisseurPolicies = ({
  connaisseur,
}: Pick<ClusterObjects, 'connaisseur'>): readonly UnevaluatedPolicy[] =>
  connaisseur.map(({ head, configuration }) => {
    const { mode, rules, validators } = configuration;
    return {
      summary: {
        reference: head.reference,
        engine: 'connaisseur',
        mode,
        verifies: validators.some(({ type }) => type !== 'static'),
        images: rules.map(({ pattern }) => pattern),
        authorities: [],
        unevaluated: [
          ...new Set(rules.map(({ validator, kind }) => `the validator ${validator} (${kind})`)),
        ],
        ...(head.createdAt !== undefined && { createdAt: head.createdAt }),
      },
      collect: (traits) => traits.namespaceLabels.add(label),
      inNamespace: ({ labels: namespaceLabels }) => takesPart(configuration, { namespaceLabels }),
      reach: (admitted, { image }) => {
        if (!takesPart(configuration, admitted)) return undefined;
        const fitting = rules.filter(({ pattern }) => fitsPattern(pattern, image));
        if (fitting.length === 0) return undefined;
        const validatorNames = [...new Set(fitting.map(({ validator }) => validator))];
        return {
          rule: fitting.map(({ pattern }) => pattern).join(', '),
          mode,
          why: `it asks the validator ${validatorNames.join(' or ')}, ${open}`,
        };
      },
    };
  });

function takesPart(
  { namespaces }: ConnaisseurConfiguration,
  { namespaceLabels }: Pick<AdmittedObject, 'namespaceLabels'>,
): boolean {
  if (namespaceLabels === undefined || namespaces === 'all') return true;
  const said = Object.hasOwn(namespaceLabels, label) ? namespaceLabels[label] : undefined;
  return namespaces === 'only-validate' ? said === 'validate' : said !== 'ignore';
}

/** Whether a pattern of Connaisseur fits an image: as written, or by its whole name (`nginx` is of Docker Hub). */
export function fitsPattern(pattern: string, image: string): boolean {
  const wildcard = compileWildcard(pattern.endsWith('*') ? pattern : `${pattern}*`);
  const parsed = parseReference(image);
  if (wildcard(image) || !parsed.ok) return wildcard(image);
  const { registry, repository, tag, digest } = parsed.reference;
  return wildcard(`${registry}/${repository}${digest ? `@${digest}` : `:${tag ?? 'latest'}`}`);
}
