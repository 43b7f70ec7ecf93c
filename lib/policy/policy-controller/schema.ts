import { z } from 'zod';
import { LabelSelector } from '#lib/policy/selector.ts';

const Condition = z.looseObject({
  type: z.string().default(''),
  data: z.string().optional(),
  remote: z
    .looseObject({ url: z.string().optional(), sha256sum: z.string().optional() })
    .optional(),
  configMapRef: z
    .looseObject({
      name: z.string().optional(),
      namespace: z.string().optional(),
      key: z.string().optional(),
    })
    .optional(),
  fetchConfigFile: z.boolean().optional(),
  includeSpec: z.boolean().optional(),
  includeObjectMeta: z.boolean().optional(),
  includeTypeMeta: z.boolean().optional(),
});

const KeyReference = z.looseObject({
  secretRef: z
    .looseObject({ name: z.string().optional(), namespace: z.string().optional() })
    .optional(),
  data: z.string().optional(),
  kms: z.string().optional(),
  hashAlgorithm: z.string().optional(),
});

const Identity = z.looseObject({
  issuer: z.string().optional(),
  subject: z.string().optional(),
  issuerRegExp: z.string().optional(),
  subjectRegExp: z.string().optional(),
});

const Authority = z.looseObject({
  name: z.string().optional(),
  key: KeyReference.optional(),
  keyless: z
    .looseObject({
      url: z.string().optional(),
      identities: z.array(Identity).default([]),
      'ca-cert': KeyReference.optional(),
      trustRootRef: z.string().optional(),
      insecureIgnoreSCT: z.boolean().optional(),
    })
    .optional(),
  static: z
    .looseObject({ action: z.string().default(''), message: z.string().optional() })
    .optional(),
  source: z
    .array(
      z.looseObject({
        oci: z.string().optional(),
        signaturePullSecrets: z.array(z.looseObject({ name: z.string().optional() })).optional(),
        tagPrefix: z.string().optional(),
      }),
    )
    .default([]),
  ctlog: z
    .looseObject({ url: z.string().optional(), trustRootRef: z.string().optional() })
    .optional(),
  rfc3161timestamp: z.looseObject({ trustRootRef: z.string().optional() }).optional(),
  attestations: z
    .array(
      z.looseObject({
        name: z.string().default(''),
        predicateType: z.string().default(''),
        policy: Condition.optional(),
      }),
    )
    .default([]),
  signatureFormat: z.string().optional(),
});

/** The specification of a ClusterImagePolicy, as its custom resource definition has it. */
export const ClusterImagePolicyBody = z.looseObject({
  spec: z.looseObject({
    images: z.array(z.looseObject({ glob: z.string().default('') })).default([]),
    authorities: z.array(Authority).default([]),
    policy: Condition.optional(),
    mode: z.string().optional(),
    match: z
      .array(
        z.looseObject({
          group: z.string().default(''),
          version: z.string().default(''),
          resource: z.string().default(''),
          selector: LabelSelector.optional(),
        }),
      )
      .default([]),
  }),
});

export type ClusterImagePolicySpec = z.infer<typeof ClusterImagePolicyBody>['spec'];
export type CipAuthority = ClusterImagePolicySpec['authorities'][number];
export type CipIdentity = z.infer<typeof Identity>;
export type CipKey = z.infer<typeof KeyReference>;
export type CipCondition = z.infer<typeof Condition>;
