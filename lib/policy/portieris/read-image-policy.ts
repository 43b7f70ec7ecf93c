import { z } from 'zod';
import type { ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject } from '#lib/policy/object.ts';

const Identity = z.looseObject({
  type: z.string(),
  dockerReference: z.string().optional(),
  dockerRepository: z.string().optional(),
  prefix: z.string().optional(),
  signedPrefix: z.string().optional(),
});

const RepositoryPolicy = z.looseObject({
  trust: z
    .looseObject({
      enabled: z.boolean().optional(),
      signerSecrets: z.array(z.looseObject({ name: z.string() })).default([]),
      trustServer: z.string().optional(),
    })
    .optional(),
  simple: z
    .looseObject({
      requirements: z
        .array(
          z.looseObject({
            type: z.enum(['insecureAcceptAnything', 'reject', 'signedBy']),
            keySecret: z.string().optional(),
            keySecretNamespace: z.string().optional(),
            signedIdentity: Identity.optional(),
          }),
        )
        .default([]),
      storeURL: z.string().optional(),
      storeSecret: z.string().optional(),
    })
    .optional(),
  vulnerability: z.looseObject({}).optional(),
  va: z.looseObject({ enabled: z.boolean().optional() }).optional(),
  mutateImage: z.boolean().optional(),
});

const Body = z.looseObject({
  spec: z.looseObject({
    repositories: z.array(
      z.looseObject({ name: z.string().default(''), policy: RepositoryPolicy.default({}) }),
    ),
  }),
});

/** What Portieris asks of the images of one repository pattern (`*`: any text). */
export interface RepositoryDemand {
  readonly name: string;
  /** Empty: images are let in unexamined. `reject`: none are. */
  readonly demands: readonly ('content-trust' | 'simple-signing' | 'reject')[];
  readonly policy: z.infer<typeof RepositoryPolicy>;
}

/** An ImagePolicy or ClusterImagePolicy of Portieris, which is not the one of Sigstore or OpenShift. */
export interface PortierisPolicy {
  readonly head: ObjectHead;
  readonly repositories: readonly RepositoryDemand[];
  readonly document: unknown;
}

const kinds = ['ImagePolicy', 'ClusterImagePolicy'];
export const portierisKinds = [
  { group: 'portieris.cloud.ibm.com', kinds, versions: ['v1'] },
  { group: 'securityenforcement.admission.cloud.ibm.com', kinds, versions: ['v1beta1'] },
] as const;

/** Reads a policy of Portieris, of its present group or of its first one. */
export function readPortierisPolicy(
  cluster: string,
  document: unknown,
): ReadDocument<PortierisPolicy> {
  const [present, first] = portierisKinds;
  const now = readObject(cluster, document, present, Body);
  const foreign = now.kind === 'refused' && now.problems[0]?.path === 'apiVersion';
  const before = foreign ? readObject(cluster, document, first, Body) : now;
  const read =
    before.kind === 'refused' && before.problems[0]?.path === 'apiVersion' ? now : before;
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const repositories = body.spec.repositories.map(({ name, policy }) => ({
    name,
    demands: demandsOf(policy),
    policy,
  }));
  return { ...read, value: { head, repositories, document } };
}

function demandsOf({
  trust,
  simple,
}: z.infer<typeof RepositoryPolicy>): RepositoryDemand['demands'] {
  const types = simple?.requirements.map(({ type }) => type) ?? [];
  return [
    ...(trust?.enabled === true ? (['content-trust'] as const) : []),
    ...(types.includes('signedBy') ? (['simple-signing'] as const) : []),
    ...(types.includes('reject') ? (['reject'] as const) : []),
  ];
}
