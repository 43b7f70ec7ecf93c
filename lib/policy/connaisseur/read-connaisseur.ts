import { parse } from 'yaml';
import { z } from 'zod';
import type { PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { readHead, readShape, refused } from '#lib/policy/object.ts';

const Validator = z.looseObject({
  name: z.string().min(1),
  type: z.enum(['static', 'cosign', 'notaryv1', 'notation']),
  approve: z.boolean().optional(),
  host: z.string().optional(),
  trustRoots: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        key: z.string().optional(),
        cert: z.string().optional(),
        keyless: z.looseObject({}).optional(),
      }),
    )
    .default([]),
});

const Rule = z.looseObject({
  pattern: z.string().min(1),
  validator: z.string().default('default'),
  with: z.record(z.string(), z.unknown()).optional(),
});

const Features = z.looseObject({
  detectionMode: z.boolean().default(false),
  namespacedValidation: z
    .union([z.boolean(), z.looseObject({ mode: z.string().optional() })])
    .default(false),
});

const Application = z.looseObject({
  validators: z.array(Validator).min(1, 'must name a validator'),
  policy: z.array(Rule).min(1, 'must have a rule'),
  features: Features.default({ detectionMode: false, namespacedValidation: false }),
});
const Values = z.looseObject({ application: Application });

/** What Connaisseur is told: who verifies, for which images, and whether it only looks on. */
export interface ConnaisseurConfiguration {
  readonly mode: PolicyMode;
  /** How namespaces take part by the label `securesystemsengineering.connaisseur/webhook`. */
  readonly namespaces: 'all' | 'all-but-ignore' | 'only-validate';
  readonly validators: readonly z.infer<typeof Validator>[];
  /** Of several patterns that fit an image, the most specific one decides. */
  readonly rules: readonly {
    readonly pattern: string;
    readonly validator: string;
    /** `static` lets everything in, or nothing, and verifies nothing. */
    readonly kind: z.infer<typeof Validator>['type'];
    /** For `static` alone. */
    readonly approves?: boolean;
    readonly with: Readonly<Record<string, unknown>>;
  }[];
  readonly document: unknown;
}

/**
 * Reads the configuration of Connaisseur: values of its Helm chart, the bare configuration, or the
 * ConfigMap that the chart makes of them.
 */
export function readConnaisseur(document: unknown): ReadDocument<ConnaisseurConfiguration> {
  const config = fromConfigMap(document);
  if (config.kind === 'refused') return config;
  const { value } = config;
  const nested = typeof value === 'object' && value !== null && 'application' in value;
  if (!nested) {
    const read = readShape(Application, value);
    return read.kind === 'refused' ? read : interpret(read.value, '', document);
  }
  const read = readShape(Values, value);
  return read.kind === 'refused'
    ? read
    : interpret(read.value.application, 'application.', document);
}

function interpret(
  { validators, policy, features }: z.infer<typeof Application>,
  at: string,
  document: unknown,
): ReadDocument<ConnaisseurConfiguration> {
  const byName = new Map(validators.map((validator) => [validator.name, validator]));
  const lost = policy.findIndex(({ validator }) => !byName.has(validator));
  if (lost >= 0)
    return refused(
      `${at}policy[${lost}].validator`,
      `names ${policy[lost]?.validator}, which is no validator here`,
    );
  return {
    kind: 'read',
    ignored: [],
    value: {
      mode: features.detectionMode ? 'audit' : 'enforce',
      namespaces: namespacesOf(features.namespacedValidation),
      validators,
      rules: policy.map(({ pattern, validator, with: options = {} }) => {
        const { type: kind = 'static', approve = false } = byName.get(validator) ?? {};
        const approves = kind === 'static' ? { approves: approve } : {};
        return { pattern, validator, kind, ...approves, with: options };
      }),
      document,
    },
  };
}

function namespacesOf(feature: z.infer<typeof Features>['namespacedValidation']) {
  if (feature === false) return 'all';
  const mode = feature === true ? 'ignore' : feature.mode;
  return mode === 'validate' ? 'only-validate' : 'all-but-ignore';
}

const ConfigMap = z.looseObject({ data: z.record(z.string(), z.string()) });

/** The text within a ConfigMap; anything else is what it is. */
function fromConfigMap(document: unknown): ReadDocument<unknown> {
  const head = readHead('', document);
  if (head.kind === 'refused' || head.value.reference.kind !== 'ConfigMap')
    return { kind: 'read', ignored: [], value: document };
  const map = readShape(ConfigMap, document);
  if (map.kind === 'refused') return map;
  const text = map.value.data['config.yaml'];
  if (text === undefined) return refused('data', 'has no config.yaml');
  try {
    return { kind: 'read', ignored: [], value: parse(text, { maxAliasCount: 0 }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refused('data.config.yaml', `is no YAML: ${why.slice(0, 200)}`);
  }
}
