import type { RuleDecision } from '#lib/model/policy.ts';
import type { Admission, AdmissionInput } from '#lib/policy/admission.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { FactsOf, ImageFacts } from '#lib/policy/facts.ts';
import { openAdmission } from '#lib/policy/open-admission.ts';

/** Lists of webhooks that were not read: nothing is said of who is asked. */
export const noWebhooks: readonly string[] = [
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
];

/** Admission of a cluster with these objects; webhooks count only where they are asked for. */
export const anAdmission = (
  objects: readonly unknown[],
  changes: Partial<AdmissionInput> = {},
): Admission =>
  openAdmission({
    cluster: 'prod',
    objects,
    namespaces: [{ name: 'shop', labels: { 'policy.sigstore.dev/include': 'true' } }],
    engines: [],
    unreadable: noWebhooks,
    now: new Date('2026-11-21T12:00:00Z'),
    ...changes,
  });

/** Decisions in short: `policy/rule container: mode, today, enforced`. */
export const said = (
  admission: Admission,
  admitted: AdmittedObject,
  facts: ImageFacts | FactsOf | undefined,
  only?: ReadonlySet<string>,
): readonly string[] =>
  admission
    .decide(admitted, typeof facts === 'function' ? facts : () => facts, only && { only })
    .map(inShort);

const inShort = ({ policy, container, mode, today, enforced }: RuleDecision): string =>
  `${policy.name} ${container}: ${mode}, ${today}, ${enforced}`;

/** A ClusterPolicy of Kyverno that asks for the signature of one identity. */
export const aKyvernoPolicy = (
  name: string,
  { verification = {}, rule = {}, spec = {}, metadata = {} }: Readonly<Record<string, object>> = {},
) => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name, creationTimestamp: '2026-11-01T00:00:00Z', ...metadata },
  spec: {
    rules: [
      {
        name: 'check',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        verifyImages: [
          {
            imageReferences: ['ghcr.io/acme/*'],
            failureAction: 'Enforce',
            attestors: [{ entries: [{ keyless: keylessIdentity }] }],
            ...verification,
          },
        ],
        ...rule,
      },
    ],
    ...spec,
  },
});

export const someIssuer = 'https://token.actions.githubusercontent.com';
const keylessIdentity = {
  subject: 'https://github.com/acme/*',
  issuer: someIssuer,
  rekor: { url: 'https://rekor.sigstore.dev' },
};

/** A ClusterImagePolicy of policy-controller. */
export const aSigstorePolicy = (name: string, spec: object = {}) => ({
  apiVersion: 'policy.sigstore.dev/v1beta1',
  kind: 'ClusterImagePolicy',
  metadata: { name },
  spec: {
    images: [{ glob: 'ghcr.io/acme/**' }],
    authorities: [
      {
        name: 'ci',
        keyless: { identities: [{ issuer: someIssuer, subjectRegExp: 'github.com/acme/' }] },
      },
    ],
    ...spec,
  },
});

/** A webhook configuration of an engine, with one webhook that is asked about pods. */
export const aWebhook = (engine: 'kyverno' | 'policy-controller' | 'gatekeeper', change = {}) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: webhookNames[engine] },
  webhooks: [
    {
      name: webhookNames[engine],
      clientConfig: { url: 'https://engine.example' },
      rules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pods', 'pods/ephemeralcontainers'],
        },
      ],
      timeoutSeconds: 20,
      ...change,
    },
  ],
});

const webhookNames = {
  kyverno: 'kyverno-resource-validating-webhook-cfg',
  'policy-controller': 'policy.sigstore.dev',
  gatekeeper: 'gatekeeper-validating-webhook-configuration',
} as const;

/** A constraint whose template asks Ratify, and that template. */
export const aRatifyConstraint = (spec: object = {}, status?: object) => [
  {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: 'ratifyverification' },
    spec: {
      crd: { spec: { names: { kind: 'RatifyVerification' } } },
      targets: [
        {
          target: 'admission.k8s.gatekeeper.sh',
          rego: 'package ratify\nanswer := external_data({"provider": "ratify", "keys": []})\nviolation[{"msg": msg}] { answer.system_error != "" ; answer.errors }',
        },
      ],
    },
  },
  {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'RatifyVerification',
    metadata: { name: 'signed' },
    spec,
    ...(status && { status }),
  },
];
