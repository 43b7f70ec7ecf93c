import { z } from 'zod';
import { parseReference } from '#lib/model/reference.ts';
import type { LedgerEntry } from '#lib/policy/admission.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import type { JoinedConstraint } from '#lib/policy/gatekeeper/gatekeeper-decider.ts';
import { matchConstraint } from '#lib/policy/gatekeeper/match.ts';
import type { ObjectHead } from '#lib/policy/object.ts';
import type { LabelsOf } from './kyverno-exceptions.ts';
import { ownershipOf } from './ownership.ts';

/** What lets images past Gatekeeper: constraints that only try, and Ratify's trust policies that skip. */
export const gatekeeperExceptions = (
  objects: Pick<ClusterObjects, 'of'>,
  constraints: readonly JoinedConstraint[],
  labelsOf: LabelsOf,
): readonly LedgerEntry[] => [
  ...constraints.flatMap((one) => dryRuns(one, labelsOf)),
  ...objects
    .of('ratify')
    .flatMap(({ head, content }) =>
      skips(head, `the verifier ${head.reference.name}`, content.parameters),
    ),
  ...objects
    .of('ratify-executor')
    .flatMap(({ head, content }) =>
      content.verifiers.flatMap(({ name, parameters = {} }) =>
        skips(head, `the verifier ${name}`, parameters),
      ),
    ),
];

function dryRuns(
  { constraint, template }: JoinedConstraint,
  labelsOf: LabelsOf,
): readonly LedgerEntry[] {
  const { head, action, match } = constraint;
  const isAboutImages = (template?.providers.length ?? 0) > 0 || template?.rule !== undefined;
  if (action !== 'dryrun' || !isAboutImages) return [];
  return [
    {
      engine: 'gatekeeper',
      kind: 'dry-run',
      object: head.reference,
      policy: head.reference,
      scope: match.namespaces ? `namespaces ${match.namespaces.join(', ')}` : 'all that it matches',
      ...ownershipOf(head),
      tooBroad: (match.namespaces ?? []).length === 0 && match.namespaceSelector === undefined,
      why: 'enforcementAction is dryrun: violations are noted, and nothing is refused',
      covers: ({ namespace, labels, names = [] }) => {
        const namespaceLabels = labelsOf(namespace);
        const pod = {
          group: '',
          kind: 'Pod',
          namespace,
          name: names[0] ?? '',
          labels,
          containers: [],
          ...(namespaceLabels && { namespaceLabels }),
        };
        return matchConstraint(match, pod) !== 'no';
      },
    },
  ];
}

const TrustPolicies = z.looseObject({
  trustPolicies: z.array(
    z.looseObject({
      name: z.string().default(''),
      registryScopes: z.array(z.string()).default([]),
      scopes: z.array(z.string()).default([]),
      signatureVerification: z
        .looseObject({ level: z.string().default('') })
        .default({ level: '' }),
    }),
  ),
});
type TrustPolicy = z.infer<typeof TrustPolicies>['trustPolicies'][number];

/** Ratify 1 keeps the document under `trustPolicyDoc`, Ratify 2 its statements beside the rest. */
function skips(
  head: ObjectHead,
  verifier: string,
  parameters: Readonly<Record<string, unknown>>,
): readonly LedgerEntry[] {
  const documents = [parameters['trustPolicyDoc'], parameters].flatMap(
    (one) => TrustPolicies.safeParse(one).data?.trustPolicies ?? [],
  );
  return documents
    .filter(({ signatureVerification }) => signatureVerification.level.toLowerCase() === 'skip')
    .map((policy) => {
      const scopes = [...policy.registryScopes, ...policy.scopes];
      return {
        engine: 'gatekeeper',
        kind: 'notation-skip',
        object: head.reference,
        scope: scopes.join(', '),
        ...ownershipOf(head),
        tooBroad: scopes.includes('*'),
        why: `the trust policy ${policy.name} of ${verifier} has the level skip: signatures of ${scopes.join(', ')} are not looked at`,
        covers: (_, image) => scopesCover(policy, image),
      };
    });
}

/** `*` reaches what no other statement names; who takes it for all counts too many, and never too few. */
function scopesCover({ registryScopes, scopes }: TrustPolicy, image: string | undefined): boolean {
  const parsed = parseReference(image ?? '');
  if (!parsed.ok) return false;
  const name = `${parsed.reference.registry}/${parsed.reference.repository}`;
  return [...registryScopes, ...scopes].some((one) => one === '*' || one === name);
}
