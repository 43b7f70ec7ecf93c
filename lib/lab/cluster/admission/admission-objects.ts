import type {
  CustomObjects,
  KubernetesObject,
  LabObjects,
  ServedKind,
} from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedAdmission, PlannedPolicy } from '#lib/lab/plan/planned-admission.ts';
import type { AdmissionMaterial } from './admission-object.ts';
import { auditResult } from './audit.ts';
import {
  constraintObject,
  constraintTemplate,
  gatekeeperConfig,
  ratifyObjects,
  ratifyProvider,
} from './gatekeeper-objects.ts';
import {
  imageValidatingPolicy,
  kyvernoConfigMap,
  kyvernoException,
  kyvernoPolicy,
} from './kyverno-objects.ts';
import {
  admissionPolicy,
  admissionPolicyBinding,
  connaisseurConfig,
  kubewardenPolicy,
  openshiftPolicy,
  portierisPolicy,
} from './other-objects.ts';
import {
  clusterImagePolicy,
  policyControllerConfigMap,
  trustRootObject,
} from './policy-controller-objects.ts';
import { type Decided, reportsOf } from './reports.ts';
import { endpointSlice, serviceObject, webhookConfiguration } from './webhook-objects.ts';

/** The objects of admission in one cluster; reports are made when somebody asks for them. */
export function admissionObjects(
  admission: PlannedAdmission,
  decided: () => readonly Decided[],
  material: AdmissionMaterial,
): LabObjects {
  const { cluster, engines, policies, webhooks, services } = admission;
  const has = (engine: PlannedPolicy['engine']) => engines.some((one) => one.engine === engine);
  const of = (engine: PlannedPolicy['engine']) =>
    policies.filter((policy) => policy.engine === engine);
  const configurations = (kind: string) =>
    webhooks
      .filter((webhook) => webhook.kind === kind)
      .map((webhook) => webhookConfiguration(cluster, webhook, material));
  const own = of('validating-admission-policy');
  const controller = engines.find(({ engine }) => engine === 'policy-controller');
  return {
    configmaps: [
      ...(has('kyverno') ? [kyvernoConfigMap(cluster)] : []),
      ...(controller ? [policyControllerConfigMap(cluster, controller)] : []),
      ...of('connaisseur').map((policy) => connaisseurConfig(cluster, policy, material)),
    ],
    services: services.map((service) => serviceObject(cluster, service)),
    endpointslices: services.map((service) => endpointSlice(cluster, service)),
    validatingwebhookconfigurations: configurations('ValidatingWebhookConfiguration'),
    mutatingwebhookconfigurations: configurations('MutatingWebhookConfiguration'),
    validatingadmissionpolicies: own.map((policy) => admissionPolicy(cluster, policy)),
    validatingadmissionpolicybindings: own
      .filter(({ mode }) => mode !== 'none')
      .map((policy) => admissionPolicyBinding(cluster, policy)),
    custom: [
      ...(has('kyverno') ? kyvernoKinds(admission, decided, material) : []),
      ...(has('gatekeeper') ? gatekeeperKinds(admission, decided, material) : []),
      ...(controller ? policyControllerKinds(admission, material) : []),
      ...otherKinds(admission, material),
    ],
  };
}

const served = (
  group: string,
  versions: ServedKind['versions'],
  kind: string,
  objects: CustomObjects['objects'],
  namespaced = false,
): CustomObjects => ({ group, versions, kind, plural: pluralOf(kind), namespaced, objects });

/** Plurals as the definitions of these kinds have them; constraints are called like their kind. */
const pluralOf = (kind: string): string => {
  const word = kind.toLowerCase();
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
};

function kyvernoKinds(
  admission: PlannedAdmission,
  decided: () => readonly Decided[],
  material: AdmissionMaterial,
): readonly CustomObjects[] {
  const { cluster, policies, exceptions, engines } = admission;
  const of = (kind: string) => policies.filter((policy) => policy.kind === kind);
  const rules = (kind: string) => of(kind).map((one) => kyvernoPolicy(cluster, one, material));
  const cel = (kind: string) =>
    of(kind).map((one) => imageValidatingPolicy(cluster, one, material));
  const except = (group: string): readonly KubernetesObject[] =>
    exceptions
      .filter((one) => one.group === group)
      .flatMap((one) => {
        const policy = policies.find(
          ({ engine, name }) => engine === 'kyverno' && name === one.policy,
        );
        return policy ? [kyvernoException(cluster, one, policy)] : [];
      });
  const isNew = engines.some(
    ({ engine, version }) => engine === 'kyverno' && version === 'v1.19.0',
  );
  const group = 'policies.kyverno.io';
  const celVersions: ServedKind['versions'] = ['v1beta1', 'v1', 'v1alpha1'];
  return [
    served('kyverno.io', ['v1', 'v2beta1'], 'ClusterPolicy', rules('ClusterPolicy')),
    served('kyverno.io', ['v1', 'v2beta1'], 'Policy', rules('Policy'), true),
    served('kyverno.io', ['v2', 'v2beta1'], 'PolicyException', except('kyverno.io'), true),
    ...(isNew
      ? [
          served(group, celVersions, 'ImageValidatingPolicy', cel('ImageValidatingPolicy')),
          served(
            group,
            ['v1beta1', 'v1'],
            'NamespacedImageValidatingPolicy',
            cel('NamespacedImageValidatingPolicy'),
            true,
          ),
          served(group, celVersions, 'PolicyException', except(group), true),
        ]
      : []),
    ...reportKinds(admission, decided),
  ];
}

function reportKinds(
  admission: PlannedAdmission,
  decided: () => readonly Decided[],
): readonly CustomObjects[] {
  let made: readonly KubernetesObject[] | undefined;
  const all = () => {
    made ??= decided().flatMap((one) => reportsOf(admission, one));
    return made;
  };
  const objects = {
    get count() {
      return all().length;
    },
    at: (index: number): KubernetesObject => {
      const report = all()[index];
      if (report === undefined) throw new RangeError(`there is no report ${index}`);
      return report;
    },
  };
  return admission.reports === 'openreports.io'
    ? [
        served('openreports.io', ['v1alpha1'], 'Report', objects, true),
        served('openreports.io', ['v1alpha1'], 'ClusterReport', []),
      ]
    : [
        served('wgpolicyk8s.io', ['v1alpha2'], 'PolicyReport', objects, true),
        served('wgpolicyk8s.io', ['v1alpha2'], 'ClusterPolicyReport', []),
      ];
}

function gatekeeperKinds(
  { cluster, engines, policies, webhooks }: PlannedAdmission,
  decided: () => readonly Decided[],
  { webhookCa }: AdmissionMaterial,
): readonly CustomObjects[] {
  const own = policies.filter(({ engine }) => engine === 'gatekeeper');
  const kinds = [...new Set(own.map(({ kind }) => kind))];
  const asksRatify = engines.some(({ ratify }) => ratify);
  const isAsked = webhooks.some(({ engine }) => engine === 'gatekeeper');
  return [
    served(
      'templates.gatekeeper.sh',
      ['v1', 'v1beta1', 'v1alpha1'],
      'ConstraintTemplate',
      kinds.map((kind) => constraintTemplate(cluster, kind)),
    ),
    ...kinds.map((kind) => ({
      group: 'constraints.gatekeeper.sh',
      versions: ['v1beta1', 'v1alpha1'] as const,
      kind,
      plural: kind.toLowerCase(),
      namespaced: false,
      objects: own
        .filter((policy) => policy.kind === kind)
        .map((policy) => constraintObject(cluster, policy, auditResult(policy, decided()))),
    })),
    served(
      'config.gatekeeper.sh',
      ['v1alpha1'],
      'Config',
      isAsked ? [gatekeeperConfig(cluster)] : [],
      true,
    ),
    ...(asksRatify
      ? [
          served('externaldata.gatekeeper.sh', ['v1beta1', 'v1alpha1'], 'Provider', [
            ratifyProvider(cluster, Buffer.from(webhookCa).toString('base64')),
          ]),
          ...ratifyObjects(cluster),
        ]
      : []),
  ];
}

function policyControllerKinds(
  { cluster, policies }: PlannedAdmission,
  material: AdmissionMaterial,
): readonly CustomObjects[] {
  const own = policies.filter(({ engine }) => engine === 'policy-controller');
  const group = 'policy.sigstore.dev';
  return [
    served(
      group,
      ['v1beta1', 'v1alpha1'],
      'ClusterImagePolicy',
      own.map((policy) => clusterImagePolicy(cluster, policy, material)),
    ),
    served(group, ['v1alpha1'], 'TrustRoot', [trustRootObject(cluster, material)]),
  ];
}

function otherKinds(
  { cluster, engines, policies }: PlannedAdmission,
  material: AdmissionMaterial,
): readonly CustomObjects[] {
  const of = (engine: PlannedPolicy['engine'], make: (policy: PlannedPolicy) => KubernetesObject) =>
    policies.filter((policy) => policy.engine === engine).map(make);
  const kinds = {
    portieris: () =>
      served(
        'portieris.cloud.ibm.com',
        ['v1'],
        'ImagePolicy',
        of('portieris', (policy) => portierisPolicy(cluster, policy)),
        true,
      ),
    kubewarden: () =>
      served(
        'policies.kubewarden.io',
        ['v1', 'v1alpha2'],
        'AdmissionPolicy',
        of('kubewarden', (policy) => kubewardenPolicy(cluster, policy, material)),
        true,
      ),
    openshift: () =>
      served(
        'config.openshift.io',
        ['v1'],
        'ImagePolicy',
        of('openshift', (policy) => openshiftPolicy(cluster, policy, material)),
        true,
      ),
  };
  return engines.flatMap(({ engine }) =>
    engine === 'portieris' || engine === 'kubewarden' || engine === 'openshift'
      ? [kinds[engine]()]
      : [],
  );
}
