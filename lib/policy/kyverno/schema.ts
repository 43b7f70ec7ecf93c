import { z } from 'zod';
import { LabelSelector } from '#lib/policy/selector.ts';

const text = z.string().optional();
const flag = z.boolean().optional();
const texts = z.array(z.string()).optional();
const textMap = z.record(z.string(), z.string()).optional();

const Rekor = z.looseObject({ url: text, pubkey: text, ignoreTlog: flag }).optional();
const CtLog = z.looseObject({ ignoreSCT: flag, pubkey: text, tsaCertChain: text }).optional();

const Entry = z.looseObject({
  keys: z
    .looseObject({
      publicKeys: text,
      kms: text,
      secret: z.looseObject({ name: text, namespace: text }).optional(),
      rekor: Rekor,
      ctlog: CtLog,
      signatureAlgorithm: text,
    })
    .optional(),
  certificates: z
    .looseObject({ cert: text, certChain: text, rekor: Rekor, ctlog: CtLog })
    .optional(),
  keyless: z
    .looseObject({
      issuer: text,
      issuerRegExp: text,
      subject: text,
      subjectRegExp: text,
      roots: text,
      additionalExtensions: textMap,
      rekor: Rekor,
      ctlog: CtLog,
    })
    .optional(),
  /** Another set of attestors; read by itself, since sets nest. */
  attestor: z.unknown().optional(),
  annotations: textMap,
  repository: text,
  signatureAlgorithm: text,
});

/** Some of the entries must hold: `count` of them, or all. */
export const AttestorSet = z.looseObject({
  count: z.int().min(0).optional(),
  entries: z.array(Entry).default([]),
});

const Conditions = z.unknown().optional();

const ImageVerification = z.looseObject({
  type: z.enum(['Cosign', 'SigstoreBundle', 'Notary']).default('Cosign'),
  imageReferences: z.array(z.string()).default([]),
  skipImageReferences: z.array(z.string()).default([]),
  failureAction: text,
  attestors: z.array(AttestorSet).default([]),
  attestations: z
    .array(
      z.looseObject({
        name: text,
        type: text,
        predicateType: text,
        attestors: z.array(AttestorSet).default([]),
        conditions: z.array(z.unknown()).optional(),
      }),
    )
    .default([]),
  annotations: textMap,
  repository: text,
  cosignOCI11: flag,
  mutateDigest: z.boolean().default(true),
  verifyDigest: z.boolean().default(true),
  required: z.boolean().default(true),
  useCache: z.boolean().default(true),
  imageRegistryCredentials: z
    .looseObject({ allowInsecureRegistry: flag, providers: texts, secrets: texts })
    .optional(),
  validate: z.looseObject({ message: text, deny: z.unknown().optional() }).optional(),
  // The form of the first versions, still served: one image, one key or one identity.
  image: text,
  key: text,
  issuer: text,
  subject: text,
  roots: text,
});

const Resources = z.looseObject({
  kinds: texts,
  name: text,
  names: texts,
  namespaces: texts,
  selector: LabelSelector.optional(),
  namespaceSelector: LabelSelector.optional(),
  annotations: textMap,
  operations: texts,
});

const Filter = z.looseObject({
  resources: Resources.optional(),
  subjects: z.array(z.unknown()).optional(),
  roles: texts,
  clusterRoles: texts,
});

/** Which resources a rule is about: all of `all`, any of `any`, or the one filter itself. */
export const ResourceMatch = z.looseObject({
  any: z.array(Filter).optional(),
  all: z.array(Filter).optional(),
  ...Filter.shape,
});

const Overrides = z
  .array(
    z.looseObject({
      action: z.string(),
      namespaces: texts,
      namespaceSelector: LabelSelector.optional(),
    }),
  )
  .optional();

const Rule = z.looseObject({
  name: z.string().default(''),
  match: ResourceMatch.default({}),
  exclude: ResourceMatch.optional(),
  preconditions: Conditions,
  celPreconditions: Conditions,
  context: z.array(z.unknown()).optional(),
  imageExtractors: z.record(z.string(), z.unknown()).optional(),
  skipBackgroundRequests: flag,
  reportProperties: textMap,
  verifyImages: z.array(ImageVerification).default([]),
  validate: z.unknown().optional(),
  mutate: z.unknown().optional(),
  generate: z.unknown().optional(),
});

/** The specification of a ClusterPolicy or Policy, as far as images are concerned. */
export const KyvernoPolicyBody = z.looseObject({
  spec: z
    .looseObject({
      rules: z.array(Rule).default([]),
      applyRules: text,
      validationFailureAction: text,
      validationFailureActionOverrides: Overrides,
      emitWarning: flag,
      admission: z.boolean().default(true),
      background: z.boolean().default(true),
      failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
      schemaValidation: flag,
      mutateExistingOnPolicyUpdate: flag,
      generateExisting: flag,
      generateExistingOnPolicyUpdate: flag,
      useServerSideApply: flag,
      webhookTimeoutSeconds: z.int().optional(),
      webhookConfiguration: z
        .looseObject({
          failurePolicy: z.enum(['Fail', 'Ignore']).optional(),
          timeoutSeconds: z.int().optional(),
          matchConditions: z.array(z.unknown()).optional(),
        })
        .optional(),
    })
    .default({ rules: [], admission: true, background: true, failurePolicy: 'Fail' }),
});

export type KyvernoSpec = z.infer<typeof KyvernoPolicyBody>['spec'];
export type KyvernoRule = z.infer<typeof Rule>;
export type ImageVerificationSpec = z.infer<typeof ImageVerification>;
export type AttestorSetSpec = z.infer<typeof AttestorSet>;
export type AttestorEntry = z.infer<typeof Entry>;
export type ResourceMatchSpec = z.infer<typeof ResourceMatch>;
export type ResourceFilter = z.infer<typeof Filter>;
