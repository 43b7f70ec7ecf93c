import { uidOf } from '#lib/lab/cluster/names.ts';
import type { KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';

/** What policies of the lab name that is made anew with every lab. */
export interface AdmissionMaterial {
  /** PEM. */
  readonly publicKeys: Readonly<Record<'platform-key' | 'data-key' | 'edge-key', string>>;
  /** Text of the `trusted_root.json` of the private Sigstore. */
  readonly trustedRoot: string;
  /** PEM of a certificate that is valid now, for webhooks. */
  readonly webhookCa: string;
}

/** When policies were written: after most pods began to run. */
export const policyCreatedAt = '2026-11-02T09:30:00Z';

/** Metadata of an admission object. */
export const metadataOf = (
  cluster: string,
  kind: string,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
  more: Readonly<Record<string, unknown>> = {},
): KubernetesObject['metadata'] => ({
  name,
  ...(namespace !== undefined && { namespace }),
  uid: uidOf(cluster, namespace ?? '', kind, name),
  creationTimestamp: policyCreatedAt,
  generation: 1,
  ...more,
});

/** The key that signs for a policy; undefined where it believes an identity. */
export const keyOf = (
  { demand }: PlannedPolicy,
  { publicKeys }: AdmissionMaterial,
): string | undefined =>
  demand.kind === 'signature' && demand.by !== 'release' ? publicKeys[demand.by] : undefined;

/** The namespaces that a policy is about, as a selector over the label that every namespace has. */
export const selectorOf = ({ only }: PlannedPolicy) =>
  only && {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: only }],
  };
