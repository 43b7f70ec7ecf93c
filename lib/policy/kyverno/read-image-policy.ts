import type { DocumentProblem, PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { unevaluatedIn } from '#lib/policy/cel/evaluate.ts';
import { readObject } from '#lib/policy/object.ts';
import type { PolicyObject, PolicyReader } from '#lib/policy/policy-object.ts';
import { translateImageAttestors } from './image-policy-authorities.ts';
import { ImagePolicyBody, type ImagePolicySpec } from './image-policy-schema.ts';

/** An ImageValidatingPolicy or NamespacedImageValidatingPolicy of Kyverno. */
export interface ImageValidatingPolicy {
  readonly type: 'image-validating-policy';
  readonly mode: PolicyMode;
  readonly spec: ImagePolicySpec;
}

const kinds = {
  group: 'policies.kyverno.io',
  kinds: ['ImageValidatingPolicy', 'NamespacedImageValidatingPolicy'],
  versions: ['v1alpha1', 'v1beta1', 'v1'],
} as const;

/** Reads both kinds in every version that was ever served. */
export const imageValidatingPolicyReader: PolicyReader<ImageValidatingPolicy> = {
  ...kinds,
  read: readImagePolicy,
};

const emptySpec: ImagePolicySpec = {
  matchConditions: [],
  matchImageReferences: [],
  images: [],
  attestors: [],
  attestations: [],
  validations: [],
  validationConfigurations: { mutateDigest: true, verifyDigest: true, required: true },
  validationActions: [],
  failurePolicy: 'Fail',
};

const verification = /\bverify(?:Image|Attestation)Signatures\s*\(/;

function readImagePolicy(
  cluster: string,
  document: unknown,
): ReadDocument<PolicyObject<ImageValidatingPolicy>> {
  const read = readObject(cluster, document, kinds, ImagePolicyBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const spec = body.spec ?? emptySpec;
  const mode = modeOfActions(spec.validationActions);
  const { authorities, unevaluated } = translateImageAttestors(head.reference, spec);
  return {
    kind: 'read',
    ignored: [...read.ignored, ...oddities(body.spec)],
    value: {
      head,
      summary: {
        reference: head.reference,
        engine: 'kyverno',
        mode: body.spec === undefined ? 'none' : mode,
        verifies: spec.validations.some(({ expression }) => verification.test(expression)),
        images: spec.matchImageReferences.flatMap(
          ({ glob, expression }) => glob ?? expression ?? [],
        ),
        authorities,
        unevaluated: [...unevaluated, ...expressionsOf(spec)],
        ...(head.createdAt !== undefined && { createdAt: head.createdAt }),
      },
      content: { type: 'image-validating-policy', mode, spec },
    },
  };
}

/** What stands in the document and can mean nothing to the engine. */
function oddities(spec: ImagePolicySpec | undefined): readonly DocumentProblem[] {
  if (spec === undefined)
    return [{ path: 'spec', message: 'spec is missing: the policy verifies nothing' }];
  return spec.validationActions.flatMap((action, index) => {
    const path = `spec.validationActions[${index}]`;
    return ['Deny', 'Warn', 'Audit'].includes(action)
      ? []
      : [
          {
            path,
            message: `${path} is ${JSON.stringify(action.slice(0, 200))}, and none of Deny, Warn, Audit`,
          },
        ];
  });
}

/** Deny where nothing is written; of several actions the strictest. Unknown ones do nothing. */
function modeOfActions(actions: readonly string[]): PolicyMode {
  if (actions.length === 0 || actions.includes('Deny')) return 'enforce';
  if (actions.includes('Warn')) return 'warn';
  return actions.includes('Audit') ? 'audit' : 'none';
}

/** Names and functions that expressions of these policies may have, and that are evaluated. */
const known = {
  names: [
    'object',
    'oldObject',
    'request',
    'namespaceObject',
    'images',
    'attestors',
    'attestations',
  ],
  functions: ['verifyImageSignatures', 'verifyAttestationSignatures'],
};
const knownOfImages = { names: ['ref'], functions: [] };

/** What of the expressions cannot be evaluated, each with the place where it stands. */
const expressionsOf = (spec: ImagePolicySpec): readonly string[] =>
  [
    ...spec.matchConditions.map(({ name, expression }, index) => ({
      place: `matchConditions ${name ?? index}`,
      open: unevaluatedIn(expression, known),
    })),
    ...spec.matchImageReferences.map(({ expression }, index) => ({
      place: `matchImageReferences[${index}]`,
      open: expression ? unevaluatedIn(expression, knownOfImages) : [],
    })),
    ...(spec.variables ?? []).map(({ name, expression }) => ({
      place: `variable ${name ?? ''}`,
      open: unevaluatedIn(expression ?? '', known),
    })),
    ...spec.validations.map(({ expression }, index) => ({
      place: `validations[${index}]`,
      open: unevaluatedIn(expression, known),
    })),
  ].flatMap(({ place, open }) => open.map((why) => `${place}: ${why}`));
