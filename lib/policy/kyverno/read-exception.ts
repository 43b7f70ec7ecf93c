import { z } from 'zod';
import { readObject } from '#lib/policy/object.ts';
import type { PolicyReader } from '#lib/policy/policy-object.ts';
import { ResourceMatch, type ResourceMatchSpec } from './schema.ts';

const texts = z.array(z.string()).optional();

const RuleExceptionBody = z.looseObject({
  spec: z.looseObject({
    background: z.boolean().optional(),
    match: ResourceMatch.default({}),
    conditions: z.unknown().optional(),
    exceptions: z
      .array(
        z.looseObject({
          policyName: z.string().min(1),
          ruleNames: z.array(z.string()).default([]),
        }),
      )
      .default([]),
    podSecurity: z.array(z.unknown()).optional(),
  }),
});

const CelExceptionBody = z.looseObject({
  spec: z.looseObject({
    policyRefs: z.array(z.looseObject({ name: z.string(), kind: z.string() })).default([]),
    matchConditions: z
      .array(z.looseObject({ name: z.string().default(''), expression: z.string() }))
      .default([]),
    images: texts,
    allowedValues: texts,
    reportResult: z.string().optional(),
    expiresAt: z.string().optional(),
    properties: z.record(z.string(), z.string()).optional(),
    evaluationMode: z.string().optional(),
  }),
});

/** An exception from rules of a ClusterPolicy or Policy (`kyverno.io`). */
export interface KyvernoRuleException {
  readonly type: 'kyverno-exception';
  readonly match: ResourceMatchSpec;
  readonly hasConditions: boolean;
  /** Rules by wildcard; the policy as `namespace/name`, or a cluster's by its name. */
  readonly exceptions: readonly {
    readonly policyName: string;
    readonly ruleNames: readonly string[];
  }[];
}

/** An exception from policies in CEL (`policies.kyverno.io`). */
export interface KyvernoCelException {
  readonly type: 'kyverno-cel-exception';
  readonly policyRefs: readonly { readonly name: string; readonly kind: string }[];
  /** Names of conditions in CEL, all of which must hold. */
  readonly conditions: readonly string[];
  /** Images that stay unverified, as wildcards; absent: every image. */
  readonly images?: readonly string[];
  readonly expiresAt?: string;
  /** Why it is there, a ticket, who approved it: as written. */
  readonly properties: Readonly<Record<string, string>>;
}

const ruleKinds = {
  group: 'kyverno.io',
  kinds: ['PolicyException'],
  versions: ['v2', 'v2beta1', 'v2alpha1'],
} as const;

/** Reads a PolicyException of `kyverno.io`. */
export const ruleExceptionReader: PolicyReader<KyvernoRuleException> = {
  ...ruleKinds,
  read: (cluster, document) => {
    const read = readObject(cluster, document, ruleKinds, RuleExceptionBody);
    if (read.kind === 'refused') return read;
    const { head, body } = read.value;
    const { match, conditions, exceptions } = body.spec;
    const content: KyvernoRuleException = {
      type: 'kyverno-exception',
      match,
      hasConditions: conditions !== undefined,
      exceptions,
    };
    return { kind: 'read', value: { head, content }, ignored: read.ignored };
  },
};

const celKinds = {
  group: 'policies.kyverno.io',
  kinds: ['PolicyException'],
  versions: ['v1', 'v1beta1', 'v1alpha1'],
} as const;

/** Reads a PolicyException of `policies.kyverno.io`. */
export const celExceptionReader: PolicyReader<KyvernoCelException> = {
  ...celKinds,
  read: (cluster, document) => {
    const read = readObject(cluster, document, celKinds, CelExceptionBody);
    if (read.kind === 'refused') return read;
    const { head, body } = read.value;
    const { policyRefs, matchConditions, images, expiresAt, properties } = body.spec;
    const content: KyvernoCelException = {
      type: 'kyverno-cel-exception',
      policyRefs,
      conditions: matchConditions.map(({ name, expression }) => name || expression.slice(0, 80)),
      ...(images && { images }),
      ...(expiresAt !== undefined && { expiresAt }),
      properties: properties ?? {},
    };
    return { kind: 'read', value: { head, content }, ignored: read.ignored };
  },
};
