import type { Demand, PlannedPolicy, PolicySigner } from './planned-admission.ts';
import { hosts } from './zones.ts';

const ghcr = `${hosts.ghcr}/`;
const registry = (zone: string) => `${hosts.registry}/${zone}/`;
const mirror = (zone: string) => `${hosts.mirror}/${zone}/`;

/** The repository whose images the trust policy of the lab's Ratify lets through unexamined. */
export const unexaminedByRatify = `${hosts.mirror}/classic/wiki`;

type Rest = Pick<PlannedPolicy, 'mode' | 'prefixes' | 'demand'> & Partial<PlannedPolicy>;

const of =
  (engine: PlannedPolicy['engine'], group: string, kind: string, rule: string) =>
  (place: string, rest: Rest): PlannedPolicy => {
    const [name = '', namespace] = place.split('/').reverse();
    return {
      engine,
      group,
      kind,
      rule,
      name,
      ...(namespace !== undefined && { namespace }),
      overrides: [],
      skips: [],
      ...rest,
    };
  };

const clusterPolicy = of('kyverno', 'kyverno.io', 'ClusterPolicy', 'check-signature');
const namespacedPolicy = of('kyverno', 'kyverno.io', 'Policy', 'check-signature');
const validations = 'validations';
const ivp = of('kyverno', 'policies.kyverno.io', 'ImageValidatingPolicy', validations);
const namespacedIvp = of(
  'kyverno',
  'policies.kyverno.io',
  'NamespacedImageValidatingPolicy',
  validations,
);
const cip = of('policy-controller', 'policy.sigstore.dev', 'ClusterImagePolicy', 'authorities');
const constraint = (kind: string) => of('gatekeeper', 'constraints.gatekeeper.sh', kind, kind);
const vap = of(
  'validating-admission-policy',
  'admissionregistration.k8s.io',
  'ValidatingAdmissionPolicy',
  validations,
);

const signed = (by: PolicySigner, ...more: 'bundle'[]): Demand => ({
  kind: 'signature',
  by,
  formats: ['legacy', ...more],
});
const allowed = (...prefixes: string[]): Demand => ({ kind: 'prefixes', prefixes });
const engineOnly: Demand = { kind: 'engine-only' };
const everyImage = [''];

/** Kyverno 1.14 and Gatekeeper: keys, overrides by namespace, skipped images, rego known and unknown. */
export const firstPolicies: readonly PlannedPolicy[] = [
  clusterPolicy('verify-platform-images', {
    mode: 'audit',
    overrides: [{ mode: 'enforce', namespaces: ['payments', 'identity'] }],
    prefixes: [registry('platform')],
    // Signed in a bundle, which a rule of type Cosign does not see.
    skips: [`${registry('platform')}mesh-init`],
    demand: signed('platform-key'),
  }),
  clusterPolicy('verify-data-images', {
    mode: 'enforce',
    prefixes: [registry('data')],
    skips: [`${registry('data')}legacy-`],
    demand: signed('data-key'),
  }),
  namespacedPolicy('ingress/verify-edge-images', {
    mode: 'audit',
    prefixes: [registry('edge')],
    demand: signed('edge-key'),
  }),
  clusterPolicy('verify-finance-images', {
    mode: 'audit',
    only: ['finance'],
    prefixes: [registry('finance')],
    demand: signed('platform-key'),
  }),
  clusterPolicy('verify-vault-images', {
    mode: 'enforce',
    only: ['vault'],
    prefixes: [registry('vault')],
    // Of another team than the one that signs these.
    demand: signed('platform-key'),
  }),
  clusterPolicy('verify-upstream-tools', {
    mode: 'audit',
    only: ['observability'],
    prefixes: [mirror('upstream')],
    demand: { kind: 'nothing' },
  }),
  constraint('K8sImageDigests')('images-by-digest', {
    mode: 'audit',
    prefixes: everyImage,
    demand: { kind: 'digest' },
  }),
  constraint('K8sAllowedRepos')('our-registries', {
    mode: 'enforce',
    only: ['payments', 'identity', 'treasury'],
    prefixes: everyImage,
    demand: allowed(ghcr, registry('platform'), registry('treasury')),
  }),
  constraint('K8sAllowedRepos')('sandbox-registries', {
    mode: 'warn',
    only: ['sandbox', 'observability'],
    prefixes: everyImage,
    demand: allowed(ghcr, `${hosts.registry}/`),
  }),
  constraint('AcmeReleaseTrain')('release-train', {
    mode: 'enforce',
    only: ['partners'],
    prefixes: everyImage,
    demand: engineOnly,
  }),
  constraint('RatifyVerification')('ratify-verification', {
    mode: 'warn',
    only: ['licensing', 'intranet'],
    prefixes: everyImage,
    demand: engineOnly,
  }),
];

/** Kyverno 1.19 with CEL, policy-controller 0.13, Gatekeeper without a webhook, the API server's own. */
export const secondPolicies: readonly PlannedPolicy[] = [
  clusterPolicy('verify-platform-images', {
    mode: 'enforce',
    overrides: [{ mode: 'audit', namespaces: ['search', 'catalog', 'reporting'] }],
    prefixes: [registry('platform')],
    skips: [`${registry('platform')}mesh-init`],
    demand: signed('platform-key'),
  }),
  ivp('verify-data-images', {
    mode: 'audit',
    only: ['data'],
    prefixes: [registry('data')],
    demand: signed('data-key', 'bundle'),
  }),
  ivp('verify-platform-bundles', {
    mode: 'audit',
    only: ['notifications'],
    prefixes: [`${registry('platform')}mesh-init`],
    demand: signed('platform-key', 'bundle'),
  }),
  ivp('verify-edge-images', {
    mode: 'audit',
    only: ['ingress'],
    prefixes: [registry('edge')],
    demand: signed('edge-key', 'bundle'),
  }),
  namespacedIvp('shipping/verify-agents', {
    mode: 'warn',
    prefixes: [`${registry('platform')}log-forwarder`, `${registry('platform')}secrets-agent`],
    demand: signed('platform-key', 'bundle'),
  }),
  cip('acme-release', { mode: 'warn', prefixes: [ghcr], demand: signed('release') }),
  cip('edge-key', { mode: 'enforce', prefixes: [registry('edge')], demand: signed('edge-key') }),
  cip('third-party', {
    mode: 'enforce',
    prefixes: [mirror('thirdparty')],
    demand: { kind: 'static-pass' },
  }),
  constraint('K8sAllowedRepos')('our-registries', {
    mode: 'enforce',
    prefixes: everyImage,
    demand: allowed(ghcr, `${hosts.registry}/`, `${hosts.mirror}/`),
  }),
  // Left behind when its webhook was taken away.
  constraint('RatifyVerification')('ratify-verification', {
    mode: 'enforce',
    only: ['partners'],
    prefixes: everyImage,
    demand: engineOnly,
  }),
  vap('images-by-digest', {
    mode: 'warn',
    only: ['reporting', 'support'],
    prefixes: everyImage,
    demand: { kind: 'digest', mainOnly: true },
  }),
  vap('no-latest-tags', {
    mode: 'none',
    only: ['support'],
    prefixes: everyImage,
    demand: { kind: 'not-latest', mainOnly: true },
  }),
];

/** policy-controller 0.15, and one policy of each engine that decides by code of its own. */
export const thirdPolicies: readonly PlannedPolicy[] = [
  cip('acme-release', { mode: 'enforce', prefixes: [ghcr], demand: signed('release') }),
  cip('platform-key', {
    mode: 'enforce',
    prefixes: [registry('platform')],
    demand: signed('platform-key'),
  }),
  cip('payments-provenance', {
    mode: 'warn',
    prefixes: [`${ghcr}payments/`],
    demand: { kind: 'provenance', by: 'release' },
  }),
  of(
    'portieris',
    'portieris.cloud.ibm.com',
    'ImagePolicy',
    'repositories',
  )('sandbox/third-party', {
    mode: 'enforce',
    prefixes: [mirror('thirdparty')],
    demand: engineOnly,
  }),
  of(
    'connaisseur',
    '',
    'ConfigMap',
    'patterns',
  )('connaisseur/connaisseur-app-config', {
    mode: 'audit',
    only: ['shipping'],
    prefixes: [ghcr],
    demand: engineOnly,
  }),
  of(
    'kubewarden',
    'policies.kubewarden.io',
    'AdmissionPolicy',
    'module',
  )('notifications/verify-images', { mode: 'audit', prefixes: everyImage, demand: engineOnly }),
  of(
    'openshift',
    'config.openshift.io',
    'ImagePolicy',
    'scopes',
  )('reporting/acme-images', {
    mode: 'enforce',
    prefixes: [ghcr],
    demand: engineOnly,
  }),
];
