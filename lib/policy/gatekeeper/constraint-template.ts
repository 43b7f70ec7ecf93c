import { z } from 'zod';
import type { ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject, refused } from '#lib/policy/object.ts';
import { type RecognisedRule, recogniseRule } from './recognised-rules.ts';
import { withoutComments } from './rego-text.ts';

const Target = z.looseObject({
  target: z.string(),
  rego: z.string().optional(),
  libs: z.array(z.string()).optional(),
  code: z
    .array(
      z.looseObject({
        engine: z.string(),
        source: z.looseObject({
          rego: z.string().optional(),
          libs: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
});
type Target = z.infer<typeof Target>;

const Body = z.looseObject({
  spec: z.looseObject({
    crd: z.looseObject({
      spec: z.looseObject({
        names: z.looseObject({ kind: z.string().min(1) }),
        validation: z
          .looseObject({ openAPIV3Schema: z.record(z.string(), z.unknown()).optional() })
          .optional(),
      }),
    }),
    targets: z.array(Target).length(1, 'must name exactly one target'),
  }),
});

/** A template of Gatekeeper: the kind of constraint that it makes, and the rules of those. */
export interface ConstraintTemplate {
  readonly head: ObjectHead;
  /** Kind of its constraints, in the group constraints.gatekeeper.sh. */
  readonly constraintKind: string;
  /** Languages of its rules: `Rego`, `K8sNativeValidation` (CEL). */
  readonly languages: readonly string[];
  /** OpenAPI schema of `spec.parameters`, as written. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Providers of external data that its rules ask by name. */
  readonly providers: readonly string[];
  /** It asks providers and looks at neither of these parts of the answer: a failure lets pods pass. */
  readonly unheededFailures: readonly ('system_error' | 'errors')[];
  /** Set where the rules are, word for word, those of a library template that we know. */
  readonly rule?: RecognisedRule;
  readonly document: unknown;
}

export const templateKinds = {
  group: 'templates.gatekeeper.sh',
  kinds: ['ConstraintTemplate'],
  versions: ['v1', 'v1beta1', 'v1alpha1'],
};

/** Reads a ConstraintTemplate (templates.gatekeeper.sh). Its rego is looked at, never run. */
export function readConstraintTemplate(
  cluster: string,
  document: unknown,
): ReadDocument<ConstraintTemplate> {
  const read = readObject(cluster, document, templateKinds, Body);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { names, validation } = body.spec.crd.spec;
  if (head.reference.name !== names.kind.toLowerCase())
    return refused('metadata.name', `must be ${names.kind.toLowerCase()}, its kind in lower case`);
  const [target] = body.spec.targets;
  if (target?.target !== 'admission.k8s.gatekeeper.sh')
    return refused('spec.targets[0].target', 'must be admission.k8s.gatekeeper.sh');
  const code = codeOf(target);
  if (code.length === 0) return refused('spec.targets[0]', 'has neither rego nor code');
  const rego = code.flatMap(({ texts }) => texts).map(withoutComments);
  const rule = recogniseRule(names.kind, code);
  return {
    kind: 'read',
    ignored: read.ignored,
    value: {
      head,
      constraintKind: names.kind,
      languages: [...new Set(code.map(({ engine }) => engine))],
      ...(validation?.openAPIV3Schema && { parameters: validation.openAPIV3Schema }),
      ...askedOf(rego.join('\n')),
      ...(rule !== undefined && { rule }),
      document,
    },
  };
}

/** One engine's part of a template, with its rego and libraries, if it is rego. */
export interface TemplateCode {
  readonly engine: string;
  readonly texts: readonly string[];
}

const codeOf = ({ rego, libs = [], code = [] }: Target): readonly TemplateCode[] => [
  ...(rego === undefined ? [] : [{ engine: 'Rego', texts: [rego, ...libs] }]),
  ...code.map(({ engine, source }) => ({
    engine,
    texts: source.rego === undefined ? [] : [source.rego, ...(source.libs ?? [])],
  })),
];

/** Which providers the text asks, and which failures it never looks at. */
function askedOf(text: string): Pick<ConstraintTemplate, 'providers' | 'unheededFailures'> {
  if (!/\bexternal_data\s*\(/.test(text)) return { providers: [], unheededFailures: [] };
  const named = text.matchAll(/"provider"\s*:\s*"([^"\n]{1,253})"/g);
  return {
    providers: [...new Set([...named].map(([, name = '']) => name))],
    unheededFailures: (['system_error', 'errors'] as const).filter(
      (field) => !new RegExp(`(\\.|")${field}\\b`).test(text),
    ),
  };
}
