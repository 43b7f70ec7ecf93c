import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConnaisseur } from './connaisseur/read-connaisseur.ts';
import { readPolicy } from './read-policy.ts';
import { readReport } from './reports/read-report.ts';
import { readWebhooks } from './webhooks/read-webhooks.ts';

const object = (apiVersion: string, kind: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: {
    name: kind.toLowerCase(),
    labels: { a: 'b' },
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec,
});
const selector = { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] };

const documents = {
  'constraint-template': {
    ...object('templates.gatekeeper.sh/v1', 'ConstraintTemplate', {
      crd: { spec: { names: { kind: 'Signed' }, validation: { openAPIV3Schema: {} } } },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', rego: 'package a', libs: ['package b'] }],
    }),
    metadata: { name: 'signed' },
  },
  constraint: object('constraints.gatekeeper.sh/v1beta1', 'Signed', {
    enforcementAction: 'scoped',
    scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name: '*' }] }],
    match: { kinds: [{ apiGroups: [''], kinds: ['Pod'] }], namespaceSelector: selector },
  }),
  'gatekeeper-config': object('config.gatekeeper.sh/v1alpha1', 'Config', {
    match: [{ excludedNamespaces: ['kube-*'], processes: ['*'] }],
  }),
  'gatekeeper-provider': object('externaldata.gatekeeper.sh/v1beta1', 'Provider', {
    url: 'https://ratify',
    timeout: 3,
  }),
  ratify: object('config.ratify.deislabs.io/v1beta1', 'KeyManagementProvider', {
    type: 'inline',
    parameters: { contentType: 'key', value: '-----BEGIN PUBLIC KEY-----' },
  }),
  'ratify-executor': object('config.ratify.sh/v2alpha1', 'Executor', {
    scopes: ['ghcr.io'],
    stores: [{ type: 'registry-store' }],
    verifiers: [{ name: 'a', type: 'cosign' }],
    policyEnforcer: {
      type: 'threshold-policy',
      parameters: { policy: { threshold: 1, rules: [{ verifierName: 'a' }] } },
    },
  }),
  'admission-policy': object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', {
    matchConstraints: { namespaceSelector: selector, resourceRules: [{ resources: ['pods'] }] },
    validations: [{ expression: 'true' }],
  }),
  'admission-policy-binding': object(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    { policyName: 'a', validationActions: ['Deny'] },
  ),
  'kubewarden-policy': object('policies.kubewarden.io/v1', 'ClusterAdmissionPolicy', {
    module: 'verify-image-signatures',
    settings: { signatures: [{ image: '*' }] },
  }),
  'portieris-policy': object('portieris.cloud.ibm.com/v1', 'ClusterImagePolicy', {
    repositories: [{ name: '*', policy: { trust: { enabled: true, signerSecrets: [] } } }],
  }),
  'openshift-policy': object('config.openshift.io/v1', 'ClusterImagePolicy', {
    scopes: ['quay.io'],
    policy: { rootOfTrust: { policyType: 'PublicKey', publicKey: { keyData: 'QQ==' } } },
  }),
};

/** Puts a value somewhere into a document, or takes something out of it. */
function changed(document: unknown, steps: readonly number[], value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof document !== 'object' || document === null) return value;
  const entries = Object.entries(document);
  if (entries.length === 0) return value;
  const [key = ''] = entries[step % entries.length] ?? [];
  const inner = changed((document as Record<string, unknown>)[key], rest, value);
  return Array.isArray(document)
    ? document.with(Number(key), inner)
    : { ...document, [key]: inner };
}

const value = fc.oneof(fc.anything(), fc.constantFrom(undefined, null, '', '*', [], {}, -1));
const steps = fc.array(fc.nat(12), { maxLength: 7 });

describe('readers of engines', () => {
  it.each(Object.entries(documents))('reads a %s by its group and kind', (type, document) => {
    expect(readPolicy('prod', document)).toMatchObject({
      kind: 'read',
      value: { content: { type } },
    });
  });

  it('tells an object that nobody reads by its name', () => {
    expect(readPolicy('prod', object('example.org/v1', 'Thing', {}))).toMatchObject({
      kind: 'unread',
      reference: { kind: 'Thing', name: 'thing' },
    });
  });

  it('never throws, whatever one field of a document holds', () => {
    const webhook = {
      ...object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {}),
      webhooks: [
        { name: 'a', clientConfig: { service: {} }, rules: [{}], objectSelector: selector },
      ],
    };
    const report = {
      ...object('wgpolicyk8s.io/v1alpha2', 'PolicyReport', {}),
      results: [{ policy: 'a', result: 'fail', timestamp: { seconds: 1 }, properties: { a: 'b' } }],
      summary: { fail: 1 },
    };
    const connaisseur = {
      application: {
        validators: [{ name: 'default', type: 'cosign', trustRoots: [{ name: 'a' }] }],
        policy: [{ pattern: '*' }],
      },
    };
    const all = [...Object.values(documents), webhook, report, connaisseur];
    fc.assert(
      fc.property(fc.nat(all.length - 1), steps, value, (index, path, put) => {
        const document = changed(all[index], path, put);
        for (const read of [readPolicy, readReport, readWebhooks]) {
          expect(['read', 'refused', 'unread']).toContain(read('prod', document).kind);
        }
        expect(['read', 'refused']).toContain(readConnaisseur(document).kind);
      }),
      { numRuns: 2_000 },
    );
  });
});
