import { z } from 'zod';
import type { PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { unevaluatedIn } from '#lib/policy/cel/evaluate.ts';
import { type ObjectHead, readObject, refused } from '#lib/policy/object.ts';
import { LabelSelector } from '#lib/policy/selector.ts';

const ResourceRule = z.looseObject({
  apiGroups: z.array(z.string()).default([]),
  apiVersions: z.array(z.string()).default([]),
  operations: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
  resourceNames: z.array(z.string()).default([]),
  scope: z.string().optional(),
});

const MatchResources = z.looseObject({
  matchPolicy: z.string().optional(),
  namespaceSelector: LabelSelector.optional(),
  objectSelector: LabelSelector.optional(),
  resourceRules: z.array(ResourceRule).default([]),
  excludeResourceRules: z.array(ResourceRule).default([]),
});

const Condition = z.looseObject({ name: z.string(), expression: z.string() });

const PolicyBody = z.looseObject({
  spec: z.looseObject({
    failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
    matchConstraints: MatchResources.optional(),
    matchConditions: z.array(Condition).default([]),
    paramKind: z.looseObject({ apiVersion: z.string(), kind: z.string() }).optional(),
    variables: z.array(Condition).default([]),
    validations: z
      .array(
        z.looseObject({
          expression: z.string().min(1),
          message: z.string().optional(),
          messageExpression: z.string().optional(),
          reason: z.string().optional(),
        }),
      )
      .default([]),
    auditAnnotations: z
      .array(z.looseObject({ key: z.string(), valueExpression: z.string() }))
      .default([]),
  }),
});

/** A ValidatingAdmissionPolicy: rules in CEL, which stop nothing without a binding. */
export interface AdmissionPolicy {
  readonly head: ObjectHead;
  readonly spec: z.infer<typeof PolicyBody>['spec'];
  readonly document: unknown;
}

const versions = ['v1', 'v1beta1', 'v1alpha1'];
const group = 'admissionregistration.k8s.io';
export const admissionPolicyKinds = { group, kinds: ['ValidatingAdmissionPolicy'], versions };
export const bindingKinds = { group, kinds: ['ValidatingAdmissionPolicyBinding'], versions };

/** Reads a ValidatingAdmissionPolicy (admissionregistration.k8s.io). */
export function readAdmissionPolicy(
  cluster: string,
  document: unknown,
): ReadDocument<AdmissionPolicy> {
  const read = readObject(cluster, document, admissionPolicyKinds, PolicyBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  if (body.spec.validations.length + body.spec.auditAnnotations.length === 0)
    return refused('spec.validations', 'is empty, and so is spec.auditAnnotations');
  return { ...read, value: { head, spec: body.spec, document } };
}

/** What of the expressions of a policy cannot be evaluated, each with the place where it stands. */
export function unevaluatedParts(spec: AdmissionPolicy['spec']): readonly string[] {
  const names = ['object', 'oldObject', 'request', 'namespaceObject'];
  const known = {
    names: spec.paramKind === undefined ? [...names, 'params'] : names,
    functions: [],
  };
  const places = [
    ...spec.matchConditions.map((one) => ({ ...one, place: `matchConditions ${one.name}` })),
    ...spec.variables.map((one) => ({ ...one, place: `variable ${one.name}` })),
    ...spec.validations.map((one, index) => ({ ...one, place: `validations[${index}]` })),
  ];
  return places.flatMap(({ place, expression }) =>
    unevaluatedIn(expression, known).map((why) => `${place}: ${why}`),
  );
}

const actions = ['Deny', 'Warn', 'Audit'] as const;

const BindingBody = z.looseObject({
  spec: z.looseObject({
    policyName: z.string().min(1),
    paramRef: z.looseObject({ parameterNotFoundAction: z.string().optional() }).optional(),
    matchResources: MatchResources.optional(),
    validationActions: z.array(z.enum(actions)).default([]),
  }),
});

/** What makes a ValidatingAdmissionPolicy work: where, with which parameters, and to what end. */
export interface AdmissionPolicyBinding {
  readonly head: ObjectHead;
  readonly policyName: string;
  readonly mode: PolicyMode;
  readonly spec: z.infer<typeof BindingBody>['spec'];
  readonly document: unknown;
}

/** Reads a ValidatingAdmissionPolicyBinding. */
export function readBinding(
  cluster: string,
  document: unknown,
): ReadDocument<AdmissionPolicyBinding> {
  const read = readObject(cluster, document, bindingKinds, BindingBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { policyName, validationActions } = body.spec;
  // The first alpha had no actions: every binding denied.
  const given = head.reference.version === 'v1alpha1' && validationActions.length === 0;
  if (validationActions.length === 0 && !given)
    return refused('spec.validationActions', 'is empty: it must name Deny, Warn or Audit');
  if (validationActions.includes('Deny') && validationActions.includes('Warn'))
    return refused('spec.validationActions', 'may name Deny or Warn, not both');
  const mode = given ? 'enforce' : modeOf(validationActions);
  return { ...read, value: { head, policyName, mode, spec: body.spec, document } };
}

function modeOf(named: readonly (typeof actions)[number][]): PolicyMode {
  if (named.includes('Deny')) return 'enforce';
  return named.includes('Warn') ? 'warn' : 'audit';
}

/** The strongest mode in which a policy works anywhere, and why it does not work at all. */
export function policyMode(
  policy: AdmissionPolicy,
  bindings: readonly AdmissionPolicyBinding[],
): { readonly mode: PolicyMode; readonly why?: string } {
  const { name } = policy.head.reference;
  const own = bindings.filter(({ policyName }) => policyName === name);
  const mode = (['enforce', 'warn', 'audit'] as const).find((one) =>
    own.some((binding) => binding.mode === one),
  );
  return mode === undefined
    ? { mode: 'none', why: `no ValidatingAdmissionPolicyBinding names ${name}` }
    : { mode };
}
