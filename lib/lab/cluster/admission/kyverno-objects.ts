import type { KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedException, PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';
import { type AdmissionMaterial, keyOf, metadataOf, selectorOf } from './admission-object.ts';

const actions = { enforce: 'Enforce', warn: 'Audit', audit: 'Audit', none: 'Audit' } as const;

/** A ClusterPolicy or Policy (`kyverno.io/v1`) with one rule that verifies images. */
export function kyvernoPolicy(
  cluster: string,
  policy: PlannedPolicy,
  material: AdmissionMaterial,
): KubernetesObject {
  const { mode, overrides, only, prefixes, skips, rule } = policy;
  const key = keyOf(policy, material);
  const entry = key && {
    keys: {
      publicKeys: key,
      rekor: { url: 'https://rekor.sigstore.dev', ignoreTlog: true },
      ctlog: { ignoreSCT: true },
    },
  };
  return {
    metadata: metadataOf(cluster, policy.kind, policy, {
      annotations: {
        'policies.kyverno.io/title': policy.name,
        'policies.kyverno.io/category': 'Software Supply Chain',
        'policies.kyverno.io/severity': 'high',
      },
    }),
    spec: {
      validationFailureAction: actions[mode],
      ...(overrides.length > 0 && {
        validationFailureActionOverrides: overrides.map((one) => ({
          action: actions[one.mode],
          namespaces: one.namespaces,
        })),
      }),
      background: true,
      admission: true,
      emitWarning: false,
      webhookConfiguration: { failurePolicy: 'Fail', timeoutSeconds: 30 },
      rules: [
        {
          name: rule,
          match: { any: [{ resources: { kinds: ['Pod'], ...(only && { namespaces: only }) } }] },
          skipBackgroundRequests: true,
          verifyImages: [
            {
              type: 'Cosign',
              imageReferences: prefixes.map(wildcard),
              ...(skips.length > 0 && { skipImageReferences: skips.map(wildcard) }),
              mutateDigest: false,
              verifyDigest: false,
              required: entry !== undefined,
              useCache: true,
              ...(entry && { attestors: [{ count: 1, entries: [entry] }] }),
            },
          ],
        },
      ],
    },
    status: {
      ready: true,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'Ready' }],
    },
  };
}

const wildcard = (prefix: string): string => `${prefix}*`;

const celActions = { enforce: 'Deny', warn: 'Warn', audit: 'Audit', none: 'Audit' } as const;

/** An ImageValidatingPolicy or NamespacedImageValidatingPolicy (`policies.kyverno.io`). */
export function imageValidatingPolicy(
  cluster: string,
  policy: PlannedPolicy,
  material: AdmissionMaterial,
): KubernetesObject {
  const selector = selectorOf(policy);
  return {
    metadata: metadataOf(cluster, policy.kind, policy),
    spec: {
      validationActions: [celActions[policy.mode]],
      failurePolicy: 'Fail',
      evaluation: { background: { enabled: true } },
      webhookConfiguration: { timeoutSeconds: 15 },
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['pods'],
          },
        ],
        ...(selector && { namespaceSelector: selector }),
      },
      matchImageReferences: policy.prefixes.map((prefix) => ({ glob: wildcard(prefix) })),
      validationConfigurations: { mutateDigest: false, verifyDigest: false, required: false },
      attestors: [
        {
          name: 'acme',
          cosign: {
            key: { data: keyOf(policy, material) ?? '' },
            ctlog: { insecureIgnoreTlog: true, insecureIgnoreSCT: true },
          },
        },
      ],
      validations: imageLists.map((list) => ({
        expression: `images.${list}.map(image, verifyImageSignatures(image, [attestors.acme])).all(e, e > 0)`,
        message: 'the image is not signed by us',
      })),
    },
    status: { conditionStatus: { ready: true } },
  };
}

const imageLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** A PolicyException of either group. */
export function kyvernoException(
  cluster: string,
  exception: PlannedException,
  policy: PlannedPolicy,
): KubernetesObject {
  const { group, namespaces, workload, owner, expiresAt } = exception;
  const isCel = group === 'policies.kyverno.io';
  const annotations = {
    ...(owner !== undefined && { owner }),
    ...(expiresAt !== undefined && !isCel && { 'expires-at': expiresAt }),
  };
  return {
    metadata: metadataOf(cluster, `PolicyException.${group}`, exception, { annotations }),
    spec: isCel
      ? {
          policyRefs: [{ name: policy.name, kind: policy.kind }],
          ...(expiresAt !== undefined && { expiresAt }),
        }
      : {
          background: true,
          match: {
            any: [
              {
                resources: {
                  kinds: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
                  ...(namespaces && { namespaces }),
                  ...(workload !== undefined && { names: [wildcard(workload)] }),
                },
              },
            ],
          },
          exceptions: [{ policyName: policy.name, ruleNames: ['*'] }],
        },
  };
}

/** The ConfigMap `kyverno` as its chart writes it, with the filters that matter here. */
export const kyvernoConfigMap = (cluster: string): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ConfigMap', { namespace: 'kyverno', name: 'kyverno' }),
  data: {
    defaultRegistry: 'docker.io',
    enableDefaultRegistryMutation: 'true',
    excludeGroups: 'system:nodes',
    generateSuccessEvents: 'false',
    resourceFilters: [
      '[Event,*,*]',
      '[*/*,kube-system,*]',
      '[*/*,kyverno,*]',
      '[Node,*,*]',
      '[ReplicaSet,*,*]',
      '[PolicyReport,*,*]',
    ].join(' '),
    webhooks: JSON.stringify({
      namespaceSelector: {
        matchExpressions: [
          {
            key: 'kubernetes.io/metadata.name',
            operator: 'NotIn',
            values: ['kube-system', 'kyverno'],
          },
        ],
      },
    }),
  },
});
