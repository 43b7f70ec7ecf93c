import type { PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { readObject } from '#lib/policy/object.ts';
import type { PolicyObject, PolicyReader } from '#lib/policy/policy-object.ts';
import { translateAuthorities } from './authorities.ts';
import { ClusterImagePolicyBody, type ClusterImagePolicySpec } from './schema.ts';
import { clusterImagePolicyProblems } from './validate.ts';

/** A ClusterImagePolicy of Sigstore policy-controller. */
export interface ClusterImagePolicy {
  readonly type: 'cluster-image-policy';
  readonly mode: Extract<PolicyMode, 'enforce' | 'warn'>;
  readonly spec: ClusterImagePolicySpec;
}

const kinds = {
  group: 'policy.sigstore.dev',
  kinds: ['ClusterImagePolicy'],
  versions: ['v1alpha1', 'v1beta1'],
} as const;

/** Reads a ClusterImagePolicy of `policy.sigstore.dev`, and refuses what the engine's webhook refuses. */
export const clusterImagePolicyReader: PolicyReader<ClusterImagePolicy> = {
  ...kinds,
  read: (cluster, document) => readClusterImagePolicy(cluster, document),
};

/** Reads one; `allowsNoAuthorities` where the engine has `fail-on-empty-authorities: "false"`. */
export function readClusterImagePolicy(
  cluster: string,
  document: unknown,
  { allowsNoAuthorities = false }: { readonly allowsNoAuthorities?: boolean } = {},
): ReadDocument<PolicyObject<ClusterImagePolicy>> {
  const read = readObject(cluster, document, kinds, ClusterImagePolicyBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const problems = clusterImagePolicyProblems(body.spec, allowsNoAuthorities);
  if (problems.length > 0) return { kind: 'refused', problems };
  const mode = body.spec.mode === 'warn' ? 'warn' : 'enforce';
  const { spec } = body;
  return {
    kind: 'read',
    ignored: read.ignored,
    value: {
      head,
      summary: {
        reference: head.reference,
        engine: 'policy-controller',
        mode,
        verifies: spec.authorities.some(
          ({ key, keyless }) => key !== undefined || keyless !== undefined,
        ),
        images: spec.images.map(({ glob }) => glob),
        ...translateAuthorities(head.reference, spec),
        ...(head.createdAt !== undefined && { createdAt: head.createdAt }),
      },
      content: { type: 'cluster-image-policy', mode, spec },
    },
  };
}
