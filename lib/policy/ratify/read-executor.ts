import { z } from 'zod';
import type { ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject, refused } from '#lib/policy/object.ts';

const Parameters = z.record(z.string(), z.unknown());

const Rule: z.ZodType<PolicyRule> = z.looseObject({
  verifierName: z.string().optional(),
  threshold: z.number().int().min(0).optional(),
  get rules() {
    return z.array(Rule).optional();
  },
});

/** A demand for one verifier, or for `threshold` of several demands; all of them where it is 0. */
interface PolicyRule {
  readonly verifierName?: string | undefined;
  readonly threshold?: number | undefined;
  readonly rules?: readonly PolicyRule[] | undefined;
}

const Body = z.looseObject({
  spec: z.looseObject({
    scopes: z.array(z.string().min(1)).min(1, 'must name a registry or repository'),
    concurrency: z.number().int().optional(),
    stores: z
      .array(
        z.looseObject({
          type: z.string(),
          scopes: z.array(z.string()).optional(),
          parameters: Parameters.optional(),
        }),
      )
      .min(1, 'must name a store'),
    verifiers: z
      .array(
        z.looseObject({
          name: z.string().min(1),
          type: z.string(),
          parameters: Parameters.optional(),
        }),
      )
      .min(1, 'must name a verifier'),
    policyEnforcer: z
      .looseObject({
        type: z.string(),
        parameters: z.looseObject({ policy: Rule.optional() }).optional(),
      })
      .optional(),
  }),
});
type Spec = z.infer<typeof Body>['spec'];

/** An executor of Ratify 2: for images of some scopes, where evidence lies and who must find it good. */
export interface RatifyExecutor {
  readonly head: ObjectHead;
  /** Registries and repositories that it is about. */
  readonly scopes: readonly string[];
  readonly verifiers: Spec['verifiers'];
  /** Absent: Ratify's default, under which every verifier that finds something must find it good. */
  readonly policy?: PolicyRule;
  readonly document: unknown;
}

const storeTypes = ['registry-store', 'filesystem-oci-store'];
const verifierTypes = ['notation', 'cosign'];
const enforcerTypes = ['threshold-policy'];

/** Executors in the group of Ratify 2, and in the one of its first builds. */
export const executorKinds = ['config.ratify.sh', 'config.ratify.dev'].map((group) => ({
  group,
  kinds: ['Executor', 'NamespacedExecutor'],
  versions: ['v2alpha1'],
}));

/** Reads an Executor or NamespacedExecutor of Ratify 2, of either of its groups. */
export function readExecutor(cluster: string, document: unknown): ReadDocument<RatifyExecutor> {
  const [current, early] = executorKinds.map((kinds) => readObject(cluster, document, kinds, Body));
  const wrongGroup =
    current?.kind === 'refused' && current.problems.some(({ path }) => path === 'apiVersion');
  const read = (wrongGroup && early?.kind === 'read' ? early : current) ?? unreadable;
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const problem = problemOf(body.spec);
  if (problem !== undefined) return refused(...problem);
  const { scopes, verifiers, policyEnforcer } = body.spec;
  const policy = policyEnforcer?.parameters?.policy;
  return {
    kind: 'read',
    ignored: read.ignored,
    value: { head, scopes, verifiers, ...(policy !== undefined && { policy }), document },
  };
}

const unreadable = refused('', 'is of no group of Ratify');

function problemOf({ stores, verifiers, policyEnforcer }: Spec): [string, string] | undefined {
  const store = stores.findIndex(({ type }) => !storeTypes.includes(type));
  if (store >= 0) return [`spec.stores[${store}].type`, unknown(stores[store]?.type, storeTypes)];
  const verifier = verifiers.findIndex(({ type }) => !verifierTypes.includes(type));
  if (verifier >= 0)
    return [`spec.verifiers[${verifier}].type`, unknown(verifiers[verifier]?.type, verifierTypes)];
  if (policyEnforcer === undefined) return undefined;
  if (!enforcerTypes.includes(policyEnforcer.type))
    return ['spec.policyEnforcer.type', unknown(policyEnforcer.type, enforcerTypes)];
  const names = new Set(verifiers.map(({ name }) => name));
  const stranger = verifiersOf(policyEnforcer.parameters?.policy).find((name) => !names.has(name));
  return stranger === undefined
    ? undefined
    : ['spec.policyEnforcer.parameters.policy', `names ${stranger}, which is no verifier here`];
}

const unknown = (type: string | undefined, known: readonly string[]): string =>
  `is ${type}; known are ${known.join(', ')}`;

const verifiersOf = (rule: PolicyRule | undefined): readonly string[] => [
  ...(rule?.verifierName === undefined ? [] : [rule.verifierName]),
  ...(rule?.rules ?? []).flatMap(verifiersOf),
];
