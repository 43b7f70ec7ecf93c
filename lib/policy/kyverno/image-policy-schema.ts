import { z } from 'zod';
import { LabelSelector } from '#lib/policy/selector.ts';

const text = z.string().optional();
const flag = z.boolean().optional();
const texts = z.array(z.string()).optional();
const Value = z.looseObject({ value: text, expression: text }).optional();

const Rules = z
  .array(
    z.looseObject({
      apiGroups: texts,
      apiVersions: texts,
      operations: texts,
      resources: texts,
      resourceNames: texts,
      scope: text,
    }),
  )
  .optional();

const Cosign = z.looseObject({
  key: z.looseObject({ data: text, kms: text, expression: text, hashAlgorithm: text }).optional(),
  keyless: z
    .looseObject({
      identities: z
        .array(
          z.looseObject({
            issuer: text,
            issuerRegExp: text,
            subject: text,
            subjectRegExp: text,
            subjectExpression: text,
          }),
        )
        .default([]),
      roots: text,
      additionalExtensions: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  certificate: z.looseObject({ cert: Value, certChain: Value }).optional(),
  ctlog: z
    .looseObject({
      url: text,
      rekorPubKey: text,
      ctLogPubKey: text,
      tsaCertChain: text,
      insecureIgnoreTlog: flag,
      insecureIgnoreSCT: flag,
    })
    .optional(),
  source: z
    .looseObject({
      repository: text,
      tagPrefix: text,
      PullSecrets: z.array(z.unknown()).optional(),
    })
    .optional(),
  tuf: z.looseObject({ root: z.unknown().optional(), mirror: text }).optional(),
  trustedRoot: z.unknown().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const Expression = z.looseObject({
  expression: z.string().default(''),
  message: text,
  messageExpression: text,
});

/** The specification of an ImageValidatingPolicy, as its custom resource definition has it. */
export const ImagePolicyBody = z.looseObject({
  spec: z
    .looseObject({
      matchConstraints: z
        .looseObject({
          resourceRules: Rules,
          excludeResourceRules: Rules,
          namespaceSelector: LabelSelector.optional(),
          objectSelector: LabelSelector.optional(),
          matchPolicy: text,
        })
        .optional(),
      matchConditions: z
        .array(z.looseObject({ name: text, expression: z.string().default('') }))
        .default([]),
      matchImageReferences: z.array(z.looseObject({ glob: text, expression: text })).default([]),
      images: z.array(z.looseObject({ name: text, expression: text })).default([]),
      variables: z.array(z.looseObject({ name: text, expression: text })).optional(),
      auditAnnotations: z.array(z.looseObject({ key: text, valueExpression: text })).optional(),
      attestors: z
        .array(
          z.looseObject({
            name: z.string().default(''),
            cosign: Cosign.optional(),
            notary: z.looseObject({ certs: Value, tsaCerts: Value }).optional(),
          }),
        )
        .default([]),
      attestations: z
        .array(
          z.looseObject({
            name: z.string().default(''),
            intoto: z.looseObject({ type: z.string().default('') }).optional(),
            referrer: z.looseObject({ type: z.string().default('') }).optional(),
          }),
        )
        .default([]),
      validations: z.array(Expression).default([]),
      validationConfigurations: z
        .looseObject({
          mutateDigest: z.boolean().default(true),
          verifyDigest: z.boolean().default(true),
          required: z.boolean().default(true),
        })
        .default({ mutateDigest: true, verifyDigest: true, required: true }),
      validationActions: z.array(z.string()).default([]),
      failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
      credentials: z.looseObject({}).optional(),
      evaluation: z
        .looseObject({
          mode: text,
          admission: z.looseObject({ enabled: flag }).optional(),
          background: z.looseObject({ enabled: flag }).optional(),
        })
        .optional(),
      autogen: z
        .looseObject({
          podControllers: z.looseObject({ controllers: texts }).optional(),
        })
        .optional(),
      webhookConfiguration: z.looseObject({ timeoutSeconds: z.int().optional() }).optional(),
    })
    .optional(),
});

export type ImagePolicySpec = NonNullable<z.infer<typeof ImagePolicyBody>['spec']>;
export type ImagePolicyAttestor = ImagePolicySpec['attestors'][number];
