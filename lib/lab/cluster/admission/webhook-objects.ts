import type { KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedService, PlannedWebhook } from '#lib/lab/plan/planned-admission.ts';
import { type AdmissionMaterial, metadataOf } from './admission-object.ts';

/** A webhook configuration with its one webhook. */
export function webhookConfiguration(
  cluster: string,
  webhook: PlannedWebhook,
  { webhookCa }: AdmissionMaterial,
): KubernetesObject {
  const { objectLabel, matchCondition, matchPolicy = 'Equivalent', kind } = webhook;
  const bundles = {
    good: webhookCa,
    expired: expiredCa,
    unreadable: 'no certificate at all',
    missing: '',
  };
  const caBundle = Buffer.from(bundles[webhook.ca]).toString('base64');
  return {
    metadata: metadataOf(cluster, kind, { name: webhook.configuration }),
    webhooks: [
      {
        name: webhook.name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: webhook.failurePolicy,
        timeoutSeconds: webhook.timeoutSeconds,
        matchPolicy,
        clientConfig: {
          service: { ...webhook.service, path: '/validate', port: 443 },
          ...(caBundle !== '' && { caBundle }),
        },
        namespaceSelector: webhook.namespaceSelector,
        objectSelector:
          objectLabel === undefined
            ? {}
            : { matchExpressions: [{ key: objectLabel, operator: 'DoesNotExist' }] },
        ...(matchCondition !== undefined && {
          matchConditions: [{ name: 'not-the-deployer', expression: matchCondition }],
        }),
        rules: rulesOf(webhook),
        ...(kind === 'MutatingWebhookConfiguration' && { reinvocationPolicy: 'IfNeeded' }),
      },
    ],
  };
}

const rulesOf = ({ operations, ephemeral }: PlannedWebhook) => [
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations,
    resources: ['pods', ...(ephemeral ? ['pods/ephemeralcontainers'] : [])],
    scope: 'Namespaced',
  },
  {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    operations,
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    scope: 'Namespaced',
  },
  {
    apiGroups: ['batch'],
    apiVersions: ['v1'],
    operations,
    resources: ['jobs', 'cronjobs'],
    scope: 'Namespaced',
  },
];

/** A service that webhooks name. */
export const serviceObject = (cluster: string, service: PlannedService): KubernetesObject => ({
  metadata: metadataOf(cluster, 'Service', service),
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.14.20',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 9443 }],
    selector: { 'app.kubernetes.io/name': service.name },
  },
});

/** The EndpointSlice of a service: what is not ready is listed as such. */
export const endpointSlice = (
  cluster: string,
  { namespace, name, ready }: PlannedService,
): KubernetesObject => ({
  metadata: metadataOf(
    cluster,
    'EndpointSlice',
    { namespace, name: `${name}-x7k2m` },
    {
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    },
  ),
  addressType: 'IPv4',
  ports: [{ name: 'https', port: 9443, protocol: 'TCP' }],
  endpoints: Array.from({ length: Math.max(1, ready) }, (_, index) => ({
    addresses: [`10.244.1.${10 + index}`],
    conditions: { ready: ready > 0, serving: ready > 0, terminating: false },
  })),
});

/** A self-signed certificate of nobody, valid through the year 2025. */
const expiredCa = `-----BEGIN CERTIFICATE-----
MIIBTjCB9AIBATAKBggqhkjOPQQDAjAzMQ0wCwYDVQQKDARBY21lMSIwIAYDVQQD
DBl3ZWJob29rLmNvc2lnbi1zeXN0ZW0uc3ZjMB4XDTI1MDEwMTAwMDAwMFoXDTI2
MDEwMTAwMDAwMFowMzENMAsGA1UECgwEQWNtZTEiMCAGA1UEAwwZd2ViaG9vay5j
b3NpZ24tc3lzdGVtLnN2YzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAsqkieh
Fg4upalsVs5BDmonxvhXE30T+0Vq+XNhHsTer4/DTjHAKJMyk57W7EAgRCFYpSg2
FMx4eXyqMlwjZpgwCgYIKoZIzj0EAwIDSQAwRgIhAJ9Y47qYilKs2LQET2WXKB9y
U7tlIzXI+rC1V025A3J+AiEAuzJbK6dq0q0Gt4m6F/7sy0NMnKLI0rYsZdv89EDu
RTc=
-----END CERTIFICATE-----
`;
