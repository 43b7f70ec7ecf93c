import type { PlannedService, PlannedWebhook } from './planned-admission.ts';

const nameLabel = 'kubernetes.io/metadata.name';
const expression = (key: string, operator: string, values?: readonly string[]) => ({
  matchExpressions: [{ key, operator, ...(values !== undefined && { values }) }],
});

/** Selects every namespace but these. */
const allBut = (...namespaces: string[]) => expression(nameLabel, 'NotIn', namespaces);

/** Labels by which namespaces take part or stay out. */
export const namespaceMarks = {
  optIn: 'policy.sigstore.dev/include',
  ignore: 'admission.gatekeeper.sh/ignore',
  connaisseur: 'securesystemsengineering.connaisseur/webhook',
} as const;
const optedIn = expression(namespaceMarks.optIn, 'In', ['true']);

const sound = {
  failurePolicy: 'Fail',
  timeoutSeconds: 15,
  ca: 'good',
  operations: ['CREATE', 'UPDATE'],
  ephemeral: true,
} as const satisfies Partial<PlannedWebhook>;

const kyverno = {
  ...sound,
  engine: 'kyverno',
  service: { namespace: 'kyverno', name: 'kyverno-svc' },
  namespaceSelector: allBut('kube-system', 'kyverno'),
} as const;
const kyvernoPair = (more: Partial<PlannedWebhook>): readonly PlannedWebhook[] => [
  {
    ...kyverno,
    kind: 'ValidatingWebhookConfiguration',
    configuration: 'kyverno-resource-validating-webhook-cfg',
    name: 'validate.kyverno.svc-fail',
    ...more,
  },
  {
    ...kyverno,
    kind: 'MutatingWebhookConfiguration',
    configuration: 'kyverno-resource-mutating-webhook-cfg',
    name: 'mutate.kyverno.svc-fail',
    ...more,
  },
];
const kyvernoService: PlannedService = { namespace: 'kyverno', name: 'kyverno-svc', ready: 3 };

const policyController = {
  ...sound,
  engine: 'policy-controller',
  service: { namespace: 'cosign-system', name: 'webhook' },
  timeoutSeconds: 25,
  namespaceSelector: optedIn,
} as const;
const policyControllerPair = (more: Partial<PlannedWebhook>): readonly PlannedWebhook[] => [
  {
    ...policyController,
    kind: 'ValidatingWebhookConfiguration',
    configuration: 'policy.sigstore.dev',
    name: 'policy.sigstore.dev',
    ...more,
  },
  {
    ...policyController,
    kind: 'MutatingWebhookConfiguration',
    configuration: 'policy.sigstore.dev',
    name: 'policy.sigstore.dev',
    ...more,
  },
];
const policyControllerService: PlannedService = {
  namespace: 'cosign-system',
  name: 'webhook',
  ready: 2,
};

/** Sound ones of Kyverno, and Gatekeeper's as it is installed: it ignores failures, and waits 3 s. */
export const firstWebhooks: readonly PlannedWebhook[] = [
  ...kyvernoPair({}),
  {
    ...sound,
    engine: 'gatekeeper',
    kind: 'ValidatingWebhookConfiguration',
    configuration: 'gatekeeper-validating-webhook-configuration',
    name: 'validation.gatekeeper.sh',
    service: { namespace: 'gatekeeper-system', name: 'gatekeeper-webhook-service' },
    failurePolicy: 'Ignore',
    timeoutSeconds: 3,
    namespaceSelector: {
      matchExpressions: [
        { key: namespaceMarks.ignore, operator: 'DoesNotExist' },
        { key: nameLabel, operator: 'NotIn', values: ['gatekeeper-system'] },
      ],
    },
  },
];
/** The services of the first cluster's webhooks, as far as they are there. */
export const firstServices: readonly PlannedService[] = [
  kyvernoService,
  { namespace: 'gatekeeper-system', name: 'gatekeeper-webhook-service', ready: 3 },
  { namespace: 'gatekeeper-system', name: 'ratify', ready: 1 },
];

/** Kyverno is asked under a condition and not about ephemeral containers; a certificate has run out. */
export const secondWebhooks: readonly PlannedWebhook[] = [
  ...kyvernoPair({
    ephemeral: false,
    matchCondition: "request.userInfo.username != 'ci-deployer'",
  }),
  ...policyControllerPair({ ca: 'expired' }),
];
/** The services of the second cluster's webhooks, as far as they are there. */
export const secondServices: readonly PlannedService[] = [kyvernoService, policyControllerService];

/** A missing service, one without endpoints, bundles of certificates that are none. */
export const thirdWebhooks: readonly PlannedWebhook[] = [
  ...policyControllerPair({}),
  {
    ...sound,
    engine: 'portieris',
    kind: 'MutatingWebhookConfiguration',
    configuration: 'image-admission-config',
    name: 'trust.hooks.securityenforcement.admission.cloud.ibm.com',
    service: { namespace: 'portieris', name: 'portieris' },
    ca: 'missing',
    namespaceSelector: allBut('kube-system', 'portieris'),
  },
  {
    ...sound,
    engine: 'connaisseur',
    kind: 'MutatingWebhookConfiguration',
    configuration: 'connaisseur-webhook',
    name: 'connaisseur-svc.connaisseur.svc',
    service: { namespace: 'connaisseur', name: 'connaisseur-svc' },
    failurePolicy: 'Ignore',
    operations: ['CREATE'],
    ephemeral: false,
    matchPolicy: 'Exact',
    objectLabel: 'acme.example/skip-verification',
    namespaceSelector: expression(namespaceMarks.connaisseur, 'In', ['validate']),
  },
  {
    ...sound,
    engine: 'kubewarden',
    kind: 'ValidatingWebhookConfiguration',
    configuration: 'namespaced-notifications-verify-images',
    name: 'namespaced-notifications-verify-images.kubewarden.admission',
    service: { namespace: 'kubewarden', name: 'policy-server-default' },
    ca: 'unreadable',
    namespaceSelector: expression(nameLabel, 'In', ['notifications']),
  },
];
/** The services of the third cluster's webhooks, as far as they are there. */
export const thirdServices: readonly PlannedService[] = [
  policyControllerService,
  { namespace: 'connaisseur', name: 'connaisseur-svc', ready: 0 },
  { namespace: 'kubewarden', name: 'policy-server-default', ready: 1 },
];
