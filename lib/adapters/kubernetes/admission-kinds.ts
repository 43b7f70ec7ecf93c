/** One API group whose objects decide at admission, or tell what was decided. */
export interface AdmissionGroup {
  readonly name: string;
  /** Versions that readers know, the one to read first; another one only where none of them is served. */
  readonly versions: readonly string[];
  /** Kinds that are wanted; absent: every kind of the group. */
  readonly only?: readonly string[];
  /** Kinds that decide nothing and are many. */
  readonly except?: readonly string[];
  /** What engines reported: read last, since it is the most. */
  readonly reports?: true;
}

/** Every API group that is read. A group that is not installed is normal. */
export const admissionGroups: readonly AdmissionGroup[] = [
  {
    name: 'admissionregistration.k8s.io',
    versions: ['v1', 'v1beta1', 'v1alpha1'],
    only: [
      'ValidatingWebhookConfiguration',
      'MutatingWebhookConfiguration',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ],
  },
  {
    name: 'kyverno.io',
    versions: ['v1', 'v2', 'v2beta1', 'v2alpha1'],
    // Work in progress of the engine, and what its policy reports sum up.
    except: [
      'UpdateRequest',
      'GenerateRequest',
      'AdmissionReport',
      'ClusterAdmissionReport',
      'BackgroundScanReport',
      'ClusterBackgroundScanReport',
    ],
  },
  { name: 'policies.kyverno.io', versions: ['v1', 'v1beta1', 'v1alpha1'] },
  { name: 'policy.sigstore.dev', versions: ['v1beta1', 'v1alpha1'] },
  { name: 'templates.gatekeeper.sh', versions: ['v1', 'v1beta1', 'v1alpha1'] },
  { name: 'constraints.gatekeeper.sh', versions: ['v1beta1', 'v1alpha1'] },
  { name: 'config.gatekeeper.sh', versions: ['v1alpha1'] },
  { name: 'externaldata.gatekeeper.sh', versions: ['v1', 'v1beta1', 'v1alpha1'] },
  { name: 'config.ratify.deislabs.io', versions: ['v1beta1', 'v1alpha1'] },
  { name: 'config.ratify.sh', versions: ['v2alpha1'] },
  { name: 'config.ratify.dev', versions: ['v2alpha1'] },
  { name: 'portieris.cloud.ibm.com', versions: ['v1'] },
  { name: 'securityenforcement.admission.cloud.ibm.com', versions: ['v1beta1'] },
  { name: 'policies.kubewarden.io', versions: ['v1', 'v1alpha2'] },
  {
    name: 'config.openshift.io',
    versions: ['v1', 'v1alpha1'],
    only: ['ClusterImagePolicy', 'ImagePolicy'],
  },
  {
    name: 'wgpolicyk8s.io',
    versions: ['v1beta2', 'v1beta1', 'v1alpha2', 'v1alpha1'],
    reports: true,
  },
  { name: 'reports.x-k8s.io', versions: ['v1beta2', 'v1beta1'], reports: true },
  { name: 'openreports.io', versions: ['v1alpha1'], reports: true },
];

const byName = new Map(admissionGroups.map((group) => [group.name, group]));

/** The group of that name, where it is one that is read. */
export const admissionGroup = (name: string): AdmissionGroup | undefined => byName.get(name);

/** Whether objects of a kind of the group are read. */
export const isWantedKind = ({ only, except }: AdmissionGroup, kind: string): boolean =>
  (only === undefined || only.includes(kind)) && except?.includes(kind) !== true;

/** A ConfigMap that an engine obeys, by what shows that the engine is there. Others are never read. */
export const engineConfigMaps: readonly {
  readonly name: string;
  /** Group that is served where the engine is installed. */
  readonly group?: string;
  /** Part of the name of the service that its webhook asks, for an engine without kinds of its own. */
  readonly service?: string;
}[] = [
  { name: 'kyverno', group: 'kyverno.io' },
  { name: 'config-policy-controller', group: 'policy.sigstore.dev' },
  { name: 'config-sigstore-keys', group: 'policy.sigstore.dev' },
  { name: 'connaisseur-app-config', service: 'connaisseur' },
];

const namespacedKinds: ReadonlySet<string> = new Set([
  'AdmissionPolicy',
  'AdmissionPolicyGroup',
  'ConfigMap',
  'EndpointSlice',
  'ImagePolicy',
  'Policy',
  'PolicyException',
  'PolicyReport',
  'Report',
  'Service',
]);

/** Whether objects of an admission kind belong to a namespace, where no API server says so. */
export const isNamespacedKind = (kind: string): boolean =>
  kind.startsWith('Namespaced') || namespacedKinds.has(kind);
