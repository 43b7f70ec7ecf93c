import { z } from 'zod';
import type { ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject, refused } from '#lib/policy/object.ts';

const Root = z.looseObject({
  policyType: z.enum(['PublicKey', 'FulcioCAWithRekor', 'PKI']),
  publicKey: z
    .looseObject({ keyData: z.string().min(1), rekorKeyData: z.string().optional() })
    .optional(),
  fulcioCAWithRekor: z
    .looseObject({
      fulcioCAData: z.string().min(1),
      rekorKeyData: z.string().min(1),
      fulcioSubject: z.looseObject({ oidcIssuer: z.string(), signedEmail: z.string() }),
    })
    .optional(),
  pki: z
    .looseObject({
      caRootsData: z.string().min(1),
      caIntermediatesData: z.string().optional(),
      pkiCertificateSubject: z
        .looseObject({ email: z.string().optional(), hostname: z.string().optional() })
        .optional(),
    })
    .optional(),
});

const matchPolicies = [
  'MatchRepoDigestOrExact',
  'MatchRepository',
  'ExactRepository',
  'RemapIdentity',
] as const;

const Body = z.looseObject({
  spec: z.looseObject({
    scopes: z.array(z.string().min(1)).min(1, 'must name a registry or repository'),
    policy: z.looseObject({
      rootOfTrust: Root,
      signedIdentity: z
        .looseObject({
          matchPolicy: z.enum(matchPolicies),
          exactRepository: z.looseObject({ repository: z.string() }).optional(),
          remapIdentity: z.looseObject({ prefix: z.string(), signedPrefix: z.string() }).optional(),
        })
        .optional(),
    }),
  }),
});

/**
 * An ImagePolicy or ClusterImagePolicy of OpenShift. Nodes obey it when they pull: a refused pod
 * exists, and its container waits with `SignatureValidationFailed`.
 */
export interface OpenshiftPolicy {
  readonly head: ObjectHead;
  /** Registries, namespaces and repositories, the longest that fits an image decides. */
  readonly scopes: readonly string[];
  readonly rootOfTrust: z.infer<typeof Root>;
  /** What the signed name is held against; by default repository, and tag or digest. */
  readonly matchPolicy: (typeof matchPolicies)[number];
  readonly document: unknown;
}

export const openshiftKinds = {
  group: 'config.openshift.io',
  kinds: ['ImagePolicy', 'ClusterImagePolicy'],
  versions: ['v1', 'v1alpha1'],
};

const memberOf = {
  PublicKey: 'publicKey',
  FulcioCAWithRekor: 'fulcioCAWithRekor',
  PKI: 'pki',
} as const;

/** Reads a policy of OpenShift (config.openshift.io). */
export function readOpenshiftPolicy(
  cluster: string,
  document: unknown,
): ReadDocument<OpenshiftPolicy> {
  const read = readObject(cluster, document, openshiftKinds, Body);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { scopes, policy } = body.spec;
  const member = memberOf[policy.rootOfTrust.policyType];
  if (policy.rootOfTrust[member] === undefined)
    return refused(
      `spec.policy.rootOfTrust.${member}`,
      `is missing, and policyType is ${policy.rootOfTrust.policyType}`,
    );
  const matchPolicy = policy.signedIdentity?.matchPolicy ?? 'MatchRepoDigestOrExact';
  return {
    ...read,
    value: { head, scopes, rootOfTrust: policy.rootOfTrust, matchPolicy, document },
  };
}
