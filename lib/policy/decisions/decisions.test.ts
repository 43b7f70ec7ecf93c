import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import {
  aKyvernoPolicy,
  anAdmission,
  aRatifyConstraint,
  aSigstorePolicy,
  aWebhook,
  said,
  someIssuer,
} from '#tests/builders/admission.ts';
import { aPod, aSigner, aVerdict, someDigest, someFacts } from '#tests/builders/policy.ts';

const resources = (more: object) => ({ any: [{ resources: { kinds: ['Pod'], ...more } }] });
const prod = { matchLabels: { env: 'prod' } };
const config = (name: string, data: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'engines' },
  data,
});
const constraint = (name: string, match: object) => ({
  ...aRatifyConstraint()[1],
  metadata: { name },
  spec: { match },
});

/** Policies each of which looks at something else of an object. */
const objects = [
  aKyvernoPolicy('by-label', { rule: { match: resources({ selector: prod }) } }),
  aKyvernoPolicy('by-name', { rule: { match: resources({ names: ['web*', 'api'] }) } }),
  aKyvernoPolicy('by-space', { rule: { match: resources({ namespaceSelector: prod }) } }),
  aKyvernoPolicy('but-some', {
    rule: {
      match: resources({}),
      exclude: resources({ namespaces: ['shop'], selector: { matchLabels: { app: 'web' } } }),
    },
  }),
  aKyvernoPolicy('overridden', {
    verification: { failureAction: undefined as unknown as object },
    spec: { validationFailureActionOverrides: [{ action: 'Enforce', namespaceSelector: prod }] },
  }),
  aKyvernoPolicy('with-preconditions', {
    rule: {
      match: resources({}),
      preconditions: {
        all: [{ key: '{{ request.object.metadata.name }}', operator: 'Equals', value: 'web' }],
      },
    },
  }),
  {
    apiVersion: 'kyverno.io/v2',
    kind: 'PolicyException',
    metadata: { name: 'x', namespace: 'shop' },
    spec: {
      match: resources({ names: ['web-2'] }),
      exceptions: [{ policyName: 'but-some', ruleNames: ['*'] }],
    },
  },
  config('kyverno', { resourceFilters: '[Pod,other,web-1]' }),
  aSigstorePolicy('sigstore', {
    match: [{ group: '', version: 'v1', resource: 'pods', selector: prod }],
  }),
  ...aRatifyConstraint(),
  constraint('of-label', { labelSelector: { matchLabels: { app: 'web' } } }),
  constraint('of-name', { name: 'web*' }),
  constraint('of-space', { namespaceSelector: prod }),
  {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ImageValidatingPolicy',
    metadata: { name: 'cel' },
    spec: {
      matchConstraints: {
        objectSelector: prod,
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      matchImageReferences: [{ glob: 'ghcr.io/acme/*' }],
      attestors: [
        {
          name: 'a',
          cosign: {
            keyless: { identities: [{ issuer: someIssuer, subjectRegExp: 'acme' }] },
          },
        },
      ],
      validations: [
        {
          expression:
            'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)',
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'named' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      validations: [{ expression: 'object.metadata.name != "web"' }],
    },
  },
];
const gate = aWebhook('kyverno', {
  objectSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
});

const signed = someFacts([
  aVerdict(aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer)),
]);
const facts = [signed, someFacts([]), undefined];
const label = fc.record(
  { app: fc.constantFrom('web', 'api'), env: fc.constantFrom('prod', 'test') },
  { requiredKeys: [] },
);
const admitted: fc.Arbitrary<AdmittedObject> = fc
  .record({
    of: fc.constantFrom({ group: '', kind: 'Pod' }, { group: 'apps', kind: 'Deployment' }),
    namespace: fc.constantFrom('shop', 'other'),
    name: fc.constantFrom('web', 'web-1', 'web-2', 'api', 'db'),
    labels: label,
    namespaceLabels: fc.option(label, { nil: undefined }),
    images: fc.array(
      fc.constantFrom(
        `ghcr.io/acme/shop@${someDigest}`,
        'ghcr.io/acme/shop:v1',
        'quay.io/other/x:v1',
      ),
      { minLength: 1, maxLength: 2 },
    ),
  })
  .map(({ of, images, namespaceLabels, labels, ...rest }) => ({
    ...rest,
    ...of,
    labels: labels as Record<string, string>,
    ...(namespaceLabels && { namespaceLabels: namespaceLabels as Record<string, string> }),
    containers: images.map((image, at) => ({ name: `c${at}`, kind: 'main', image })),
  }));

describe('what is remembered', () => {
  it.each([
    ['asked by nobody known', objects, undefined],
    ['asked through a webhook', [...objects, gate], { unreadable: [] }],
  ])('is what would be said anew: %s', (_, all, input) => {
    const shared = anAdmission(all, input);
    fc.assert(
      fc.property(admitted, fc.constantFrom(...facts), (object, known) => {
        const fresh = anAdmission(all, input);
        expect(shared.decide(object, () => known)).toEqual(fresh.decide(object, () => known));
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

describe('what is not evaluated', () => {
  const pod = aPod(`ghcr.io/acme/shop@${someDigest}`);
  const portieris = (name: string, namespace?: string) => ({
    apiVersion: 'portieris.cloud.ibm.com/v1',
    kind: namespace === undefined ? 'ClusterImagePolicy' : 'ImagePolicy',
    metadata: { name, ...(namespace && { namespace }) },
    spec: { repositories: [{ name: 'ghcr.io/*', policy: { trust: { enabled: true } } }] },
  });
  const openshift = (scope: string) => ({
    apiVersion: 'config.openshift.io/v1',
    kind: 'ClusterImagePolicy',
    metadata: { name: 'nodes' },
    spec: {
      scopes: [scope],
      policy: { rootOfTrust: { policyType: 'PublicKey', publicKey: { keyData: 'a2V5' } } },
    },
  });
  const kubewarden = (mode: string, resource = 'pods') => ({
    apiVersion: 'policies.kubewarden.io/v1',
    kind: 'ClusterAdmissionPolicy',
    metadata: { name: 'module' },
    spec: { mode, module: 'verify-image-signatures:v1', rules: [{ resources: [resource] }] },
  });
  const connaisseur = (pattern: string, detection = false) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'connaisseur-app-config', namespace: 'connaisseur' },
    data: {
      'config.yaml': JSON.stringify({
        validators: [{ name: 'default', type: 'cosign' }],
        policy: [{ pattern, validator: 'default' }],
        features: { detectionMode: detection },
      }),
    },
  });
  it.each([
    [[portieris('all')], ['all web: enforce, not-evaluated, not-evaluated']],
    [
      [portieris('all'), portieris('own', 'shop')],
      ['own web: enforce, not-evaluated, not-evaluated'],
    ],
    [[openshift('ghcr.io/acme')], ['nodes web: enforce, not-evaluated, not-evaluated']],
    [[openshift('ghcr.io/ac')], []],
    [[openshift('*.io')], ['nodes web: enforce, not-evaluated, not-evaluated']],
    [[kubewarden('protect')], ['module web: enforce, not-evaluated, not-evaluated']],
    [[kubewarden('monitor')], ['module web: audit, admit, not-evaluated']],
    [[kubewarden('protect', 'services')], []],
    [
      [connaisseur('ghcr.io/acme/*')],
      ['connaisseur-app-config web: enforce, not-evaluated, not-evaluated'],
    ],
    [[connaisseur('*', true)], ['connaisseur-app-config web: audit, admit, not-evaluated']],
    [[connaisseur('quay.io/*')], []],
  ])('is told of every container that it reaches: %#', (policies, expected) => {
    const admission = anAdmission(policies);
    expect(admission.unread).toEqual([]);
    expect(said(admission, pod, someFacts([]))).toEqual(expected);
  });
});
