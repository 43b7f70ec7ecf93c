import { groupVersion } from './object.ts';

/** A JSON value, as documents have them. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** The value itself where it is an object; undefined for anything else. */
export const objectOf = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** A document with a JSON merge patch applied (RFC 7386 section 2). */
export function merged(document: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(document));
  for (const [name, value] of Object.entries(patch)) {
    const inner = objectOf(value);
    if (value === null) result.delete(name);
    else if (inner === undefined) result.set(name, value);
    else result.set(name, merged(objectOf(result.get(name)) ?? {}, inner));
  }
  return Object.fromEntries(result);
}

/**
 * The merge patch that makes a policy enforce, in chosen namespaces where its kind can say so;
 * undefined where nothing is to be changed, or where nobody knows how.
 */
export function mergePatchOf(
  document: JsonObject,
  namespaces?: readonly string[],
): JsonObject | undefined {
  const spec = objectOf(document['spec']);
  const { apiVersion, kind } = document;
  if (spec === undefined || typeof apiVersion !== 'string' || typeof kind !== 'string')
    return undefined;
  const { group } = groupVersion(apiVersion);
  const change = patches.find(
    (one) => one.group === group && (one.kinds === undefined || one.kinds.includes(kind)),
  );
  const patch = change?.of(spec, namespaces);
  return patch && { spec: patch };
}

type SpecPatch = (spec: JsonObject, namespaces?: readonly string[]) => JsonObject | undefined;

const setting =
  (name: string, wanted: string, byDefault: string): SpecPatch =>
  (spec) =>
    (spec[name] ?? byDefault) === wanted ? undefined : { [name]: wanted };

const patches: readonly {
  readonly group: string;
  readonly kinds?: readonly string[];
  readonly of: SpecPatch;
}[] = [
  {
    group: 'kyverno.io',
    kinds: ['ClusterPolicy', 'Policy'],
    of: (spec, namespaces) =>
      namespaces === undefined ? kyvernoEverywhere(spec) : kyvernoIn(spec, namespaces),
  },
  {
    group: 'policies.kyverno.io',
    kinds: ['ImageValidatingPolicy', 'NamespacedImageValidatingPolicy'],
    of: (spec) => actionsPatch(spec, ['Deny']),
  },
  {
    group: 'policy.sigstore.dev',
    kinds: ['ClusterImagePolicy'],
    of: setting('mode', 'enforce', 'enforce'),
  },
  { group: 'constraints.gatekeeper.sh', of: constraintPatch },
  {
    group: 'admissionregistration.k8s.io',
    kinds: ['ValidatingAdmissionPolicyBinding'],
    of: (spec) =>
      // A binding may not name Deny beside Warn.
      actionsPatch(spec, [
        'Deny',
        ...listOf(spec['validationActions']).filter((action) => action === 'Audit'),
      ]),
  },
  {
    group: 'policies.kubewarden.io',
    of: setting('mode', 'protect', 'protect'),
  },
];

const enforces = (action: Json | undefined): boolean =>
  typeof action === 'string' && action.toLowerCase() === 'enforce';

function actionsPatch(spec: JsonObject, wanted: readonly Json[]): JsonObject | undefined {
  const actions = listOf(spec['validationActions']);
  return actions.length === 0 || actions.includes('Deny')
    ? undefined
    : { validationActions: wanted };
}

function constraintPatch(spec: JsonObject): JsonObject | undefined {
  const action = spec['enforcementAction'] ?? 'deny';
  if (action === 'deny' || action === '') return undefined;
  return {
    enforcementAction: 'deny',
    ...(spec['scopedEnforcementActions'] !== undefined && { scopedEnforcementActions: null }),
  };
}

/** Rules with each verification changed; the others are as they were. */
const withVerifications = (
  spec: JsonObject,
  change: (verification: JsonObject) => JsonObject,
): readonly Json[] =>
  listOf(spec['rules']).map((one): Json => {
    const rule = objectOf(one);
    if (rule?.['verifyImages'] === undefined) return one;
    const verifyImages = listOf(rule['verifyImages']).map(
      (verification): Json => change(objectOf(verification) ?? {}),
    );
    return { ...rule, verifyImages };
  });

const verificationsOf = (spec: JsonObject): readonly JsonObject[] =>
  listOf(spec['rules']).flatMap((rule) =>
    listOf(objectOf(rule)?.['verifyImages']).flatMap((one) => {
      const verification = objectOf(one);
      return verification === undefined ? [] : [verification];
    }),
  );

/**
 * The action of a verification decides before everything else, so it is written there. Only a policy in
 * the older form, with actions for the whole alone, is changed in that form.
 */
function kyvernoEverywhere(spec: JsonObject): JsonObject | undefined {
  const own = verificationsOf(spec);
  if (own.length === 0) return undefined;
  const isOlder =
    spec['validationFailureAction'] !== undefined &&
    own.every((one) => one['failureAction'] === undefined);
  if (!isOlder)
    return own.every((one) => enforces(one['failureAction']))
      ? undefined
      : { rules: withVerifications(spec, (one) => ({ ...one, failureAction: 'Enforce' })) };
  const overrides = listOf(spec['validationFailureActionOverrides']);
  const lax = overrides.some((one) => !enforces(objectOf(one)?.['action']));
  if (enforces(spec['validationFailureAction']) && !lax) return undefined;
  return {
    validationFailureAction: 'Enforce',
    ...(lax && {
      validationFailureActionOverrides: overrides.map(
        (one): Json => ({ ...objectOf(one), action: 'Enforce' }),
      ),
    }),
  };
}

/** Actions of verifications would decide before the override that names the namespaces: they go. */
function kyvernoIn(spec: JsonObject, namespaces: readonly string[]): JsonObject | undefined {
  const own = verificationsOf(spec);
  if (own.length === 0 || namespaces.length === 0) return undefined;
  const lax = own.some(
    (one) => one['failureAction'] !== undefined && !enforces(one['failureAction']),
  );
  const override = { action: 'Enforce', namespaces };
  return {
    validationFailureActionOverrides: [
      override,
      ...listOf(spec['validationFailureActionOverrides']),
    ],
    ...(lax && {
      rules: withVerifications(spec, ({ failureAction, ...rest }) =>
        enforces(failureAction) ? { failureAction, ...rest } : rest,
      ),
      // What the verifications said themselves holds for the other namespaces.
      validationFailureAction: 'Audit',
    }),
  };
}
