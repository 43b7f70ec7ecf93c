import { stringify } from 'yaml';
import type { KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';
import { type AdmissionMaterial, metadataOf, selectorOf } from './admission-object.ts';

const expressions: Readonly<Record<string, { readonly expression: string; message: string }>> = {
  'images-by-digest': {
    expression: "object.spec.containers.all(c, c.image.contains('@sha256:'))",
    message: 'every image must be named by its digest',
  },
  'no-latest-tags': {
    expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))",
    message: 'the tag latest is not allowed',
  },
};

/** A ValidatingAdmissionPolicy of the API server itself. */
export const admissionPolicy = (cluster: string, policy: PlannedPolicy): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ValidatingAdmissionPolicy', policy),
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      namespaceSelector: selectorOf(policy) ?? {},
      objectSelector: {},
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pods'],
          scope: '*',
        },
      ],
    },
    validations: [expressions[policy.name]],
  },
});

/** Its binding; one that is planned with the mode `none` has none, and does nothing. */
export const admissionPolicyBinding = (
  cluster: string,
  { name, mode }: PlannedPolicy,
): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ValidatingAdmissionPolicyBinding', { name: `${name}-binding` }),
  spec: {
    policyName: name,
    validationActions: [{ enforce: 'Deny', warn: 'Warn' }[mode as 'warn'] ?? 'Audit'],
  },
});

/** An ImagePolicy of Portieris: Docker Content Trust for third-party images. */
export const portierisPolicy = (cluster: string, policy: PlannedPolicy): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ImagePolicy.portieris.cloud.ibm.com', policy),
  spec: {
    repositories: policy.prefixes.map((prefix) => ({
      name: `${prefix}*`,
      policy: {
        trust: { enabled: true, signerSecrets: [{ name: 'third-party-signer' }] },
        mutateImage: false,
      },
    })),
  },
});

/** Connaisseur has no kinds: its settings are a ConfigMap. It only looks on. */
export const connaisseurConfig = (
  cluster: string,
  policy: PlannedPolicy,
  { publicKeys }: AdmissionMaterial,
): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ConfigMap', policy),
  data: {
    'config.yaml': stringify({
      validators: [
        { name: 'allow', type: 'static', approve: true },
        {
          name: 'default',
          type: 'cosign',
          trustRoots: [{ name: 'default', key: publicKeys['platform-key'] }],
        },
      ],
      policy: policy.prefixes.map((prefix) => ({ pattern: `${prefix}*`, validator: 'default' })),
      features: { detectionMode: true, namespacedValidation: { mode: 'validate' } },
    }),
  },
});

/** An AdmissionPolicy of Kubewarden in monitor mode. */
export const kubewardenPolicy = (
  cluster: string,
  policy: PlannedPolicy,
  { publicKeys }: AdmissionMaterial,
): KubernetesObject => ({
  metadata: metadataOf(cluster, 'AdmissionPolicy', policy),
  spec: {
    module: 'ghcr.io/kubewarden/policies/verify-image-signatures:v0.3.0',
    mode: 'monitor',
    mutating: true,
    policyServer: 'default',
    rules: [
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        resources: ['pods'],
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    settings: {
      signatures: [
        { image: 'registry.acme.example/platform/*', pubKeys: [publicKeys['platform-key']] },
      ],
    },
  },
  status: { policyStatus: 'active', mode: 'monitor' },
});

/** An ImagePolicy of OpenShift, which nodes heed. */
export const openshiftPolicy = (
  cluster: string,
  policy: PlannedPolicy,
  { publicKeys }: AdmissionMaterial,
): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ImagePolicy.config.openshift.io', policy),
  spec: {
    scopes: policy.prefixes.map((prefix) => prefix.replace(/\/$/, '')),
    policy: {
      rootOfTrust: {
        policyType: 'PublicKey',
        publicKey: { keyData: Buffer.from(publicKeys['platform-key']).toString('base64') },
      },
      signedIdentity: { matchPolicy: 'MatchRepoDigestOrExact' },
    },
  },
});
