import type { CustomObjects, KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import { unexaminedByRatify } from '#lib/lab/plan/admission-policies.ts';
import type { PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';
import { hosts } from '#lib/lab/plan/zones.ts';
import { metadataOf } from './admission-object.ts';
import { libraryRego, ratifyRego, releaseTrainRego } from './rego.ts';

/** Violations that an audit leaves at a constraint: the list is cut, the count is not. */
export interface AuditResult {
  readonly total: number;
  readonly kept: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly message: string;
  }[];
  /** ISO 8601. */
  readonly at: string;
}

const rules: Readonly<Record<string, { readonly rego: string; readonly libs: readonly string[] }>> =
  {
    ...libraryRego,
    AcmeReleaseTrain: { rego: releaseTrainRego, libs: [] },
    RatifyVerification: { rego: ratifyRego, libs: [] },
  };

const texts = { type: 'array', items: { type: 'string' } };
const parameterSchemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  K8sImageDigests: { exemptImages: texts },
  K8sAllowedRepos: { repos: texts },
};

/** The ConstraintTemplate of a kind of constraint. */
export const constraintTemplate = (cluster: string, kind: string): KubernetesObject => ({
  metadata: metadataOf(cluster, 'ConstraintTemplate', { name: kind.toLowerCase() }),
  spec: {
    crd: {
      spec: {
        names: { kind },
        validation: {
          openAPIV3Schema: { type: 'object', properties: parameterSchemas[kind] ?? {} },
        },
      },
    },
    targets: [{ target: 'admission.k8s.gatekeeper.sh', ...rules[kind] }],
  },
  status: { created: true },
});

const actions = { enforce: 'deny', warn: 'warn', audit: 'dryrun', none: 'dryrun' } as const;

/** A constraint with what the last audit found. */
export function constraintObject(
  cluster: string,
  { kind, name, mode, only, demand }: PlannedPolicy,
  audit: AuditResult | undefined,
): KubernetesObject {
  const enforcementAction = actions[mode];
  return {
    metadata: metadataOf(cluster, `${kind}.constraints.gatekeeper.sh`, { name }),
    spec: {
      enforcementAction,
      match: {
        kinds: [{ apiGroups: [''], kinds: ['Pod'] }],
        ...(only && { namespaces: only }),
      },
      ...(demand.kind === 'prefixes' && { parameters: { repos: demand.prefixes } }),
    },
    ...(audit && {
      status: {
        auditTimestamp: audit.at,
        totalViolations: audit.total,
        violations: audit.kept.map((one) => ({
          enforcementAction,
          group: '',
          version: 'v1',
          kind: 'Pod',
          ...one,
        })),
        byPod: [
          {
            id: 'gatekeeper-audit-5d9c7',
            observedGeneration: 1,
            enforced: true,
            operations: ['audit', 'status'],
          },
        ],
      },
    }),
  };
}

/** Gatekeeper's Config: kube-system is left out of everything. */
export const gatekeeperConfig = (cluster: string): KubernetesObject => ({
  metadata: metadataOf(cluster, 'Config', { namespace: 'gatekeeper-system', name: 'config' }),
  spec: {
    match: [{ excludedNamespaces: ['kube-system', 'gatekeeper-system'], processes: ['*'] }],
    sync: { syncOnly: [{ group: '', version: 'v1', kind: 'Namespace' }] },
  },
});

/** The provider of external data that is Ratify. */
export const ratifyProvider = (cluster: string, caBundle: string): KubernetesObject => ({
  metadata: metadataOf(cluster, 'Provider', { name: 'ratify-provider' }),
  spec: {
    url: 'https://ratify.gatekeeper-system:6001/ratify/gatekeeper/v2/verify',
    timeout: 5,
    caBundle,
  },
});

const ratify = { group: 'config.ratify.deislabs.io', versions: ['v1beta1'] } as const;

/** What Ratify 1.4 is told: a store, a verifier of Notation signatures, a policy. */
export const ratifyObjects = (cluster: string): readonly CustomObjects[] => [
  {
    ...ratify,
    kind: 'Store',
    plural: 'stores',
    namespaced: false,
    objects: [
      {
        metadata: metadataOf(cluster, 'Store', { name: 'store-oras' }),
        spec: { name: 'oras', parameters: { cosignEnabled: true, useHttp: false } },
      },
    ],
  },
  {
    ...ratify,
    kind: 'Verifier',
    plural: 'verifiers',
    namespaced: false,
    objects: [
      {
        metadata: metadataOf(cluster, 'Verifier', { name: 'verifier-notation' }),
        spec: {
          name: 'notation',
          artifactTypes: 'application/vnd.cncf.notary.signature',
          parameters: {
            verificationCertStores: { ca: { certs: ['gatekeeper-system/vendor-ca'] } },
            trustPolicyDoc: {
              version: '1.0',
              trustPolicies: [
                {
                  name: 'vendor',
                  registryScopes: [`${hosts.mirror}/vendor/license-server`],
                  signatureVerification: { level: 'strict' },
                  trustStores: ['ca:certs'],
                  trustedIdentities: ['*'],
                },
                {
                  name: 'old-wiki',
                  registryScopes: [unexaminedByRatify],
                  signatureVerification: { level: 'skip' },
                  trustStores: [],
                  trustedIdentities: [],
                },
              ],
            },
          },
        },
      },
    ],
  },
  {
    ...ratify,
    kind: 'Policy',
    plural: 'policies',
    namespaced: false,
    objects: [
      {
        metadata: metadataOf(cluster, 'Policy.config.ratify.deislabs.io', {
          name: 'ratify-policy',
        }),
        spec: {
          type: 'config-policy',
          parameters: {
            artifactVerificationPolicies: { 'application/vnd.cncf.notary.signature': 'any' },
          },
        },
      },
    ],
  },
];
