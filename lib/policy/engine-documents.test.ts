import { describe, expect, it } from 'vitest';
import {
  policyMode,
  readAdmissionPolicy,
  readBinding,
} from './admission-policy/read-admission-policy.ts';
import { readConnaisseur } from './connaisseur/read-connaisseur.ts';
import { readKubewarden } from './kubewarden/read-kubewarden.ts';
import { readOpenshiftPolicy } from './openshift/read-image-policy.ts';
import { readPortierisPolicy } from './portieris/read-image-policy.ts';
import { readExecutor } from './ratify/read-executor.ts';
import { readRatify } from './ratify/read-ratify.ts';

const object = (apiVersion: string, kind: string, spec: unknown) => ({
  apiVersion,
  kind,
  metadata: { name: 'one' },
  spec,
});
const refusal = (path: string) => ({ kind: 'refused', problems: [{ path }] });

describe('ValidatingAdmissionPolicy', () => {
  const api = 'admissionregistration.k8s.io/v1';
  const policy = (spec: object) =>
    readAdmissionPolicy('prod', object(api, 'ValidatingAdmissionPolicy', spec));
  const binding = (validationActions: string[], policyName = 'one') =>
    readBinding(
      'prod',
      object(api, 'ValidatingAdmissionPolicyBinding', { policyName, validationActions }),
    );

  it.each([
    [['Deny'], 'enforce'],
    [['Deny', 'Audit'], 'enforce'],
    [['Warn', 'Audit'], 'warn'],
    [['Audit'], 'audit'],
  ])('works with actions %j: %s', (actions, mode) => {
    expect(binding(actions)).toMatchObject({ kind: 'read', value: { mode } });
  });

  it.each([[[]], [['Deny', 'Warn']], [['Refuse']]])('refuses actions %j', (actions) => {
    expect(binding(actions)).toMatchObject({ kind: 'refused' });
  });

  it('P04 stops nothing without a binding', () => {
    const read = policy({ validations: [{ expression: 'true' }] });
    const other = binding(['Deny'], 'other');
    const own = binding(['Warn']);
    if (read.kind !== 'read' || other.kind !== 'read' || own.kind !== 'read') throw new TypeError();
    expect(policyMode(read.value, [other.value])).toEqual({
      mode: 'none',
      why: 'no ValidatingAdmissionPolicyBinding names one',
    });
    expect(policyMode(read.value, [other.value, own.value])).toEqual({ mode: 'warn' });
  });

  it('refuses a policy that says nothing', () => {
    expect(policy({ validations: [] })).toMatchObject(refusal('spec.validations'));
  });
});

describe('Ratify', () => {
  const one = (kind: string, spec: object) =>
    readRatify('prod', object('config.ratify.deislabs.io/v1beta1', kind, spec));

  it('reads verifiers with the types that they take', () => {
    const spec = { name: 'cosign', artifactTypes: 'a/b, c/d', parameters: { key: 1 } };
    expect(one('Verifier', spec)).toMatchObject({
      value: { plugin: 'cosign', artifactTypes: ['a/b', 'c/d'], parameters: { key: 1 } },
    });
  });

  it.each([
    ['Verifier', {}, 'spec.name'],
    ['CertificateStore', {}, 'spec.provider'],
    ['KeyManagementProvider', { provider: 'inline' }, 'spec.type'],
    [
      'CertificateStore',
      { provider: 'inline', parameters: { value: 'no PEM' } },
      'spec.parameters.value',
    ],
    [
      'KeyManagementProvider',
      {
        type: 'inline',
        parameters: { value: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      },
      'spec.parameters.value',
    ],
  ])('refuses a %s of %j', (kind, spec, path) => {
    expect(one(kind, spec)).toMatchObject(refusal(path));
  });

  const executor = (change: object) =>
    readExecutor(
      'prod',
      object('config.ratify.sh/v2alpha1', 'Executor', {
        scopes: ['ghcr.io'],
        stores: [{ type: 'registry-store' }],
        verifiers: [{ name: 'cosign', type: 'cosign' }],
        ...change,
      }),
    );
  const policy = (verifierName: string) => ({
    policyEnforcer: {
      type: 'threshold-policy',
      parameters: { policy: { rules: [{ rules: [{ verifierName }] }] } },
    },
  });

  it('reads an executor whose rules name its verifiers', () => {
    expect(executor(policy('cosign'))).toMatchObject({ value: { scopes: ['ghcr.io'] } });
  });

  it.each([
    [{ scopes: [] }, 'spec.scopes'],
    [{ stores: [{ type: 'other' }] }, 'spec.stores[0].type'],
    [{ verifiers: [{ name: 'a', type: 'other' }] }, 'spec.verifiers[0].type'],
    [policy('notation'), 'spec.policyEnforcer.parameters.policy'],
  ])('refuses an executor with %j', (change, path) => {
    expect(executor(change)).toMatchObject(refusal(path));
  });
});

describe('kinds that several engines share', () => {
  const repositories = [
    { name: 'icr.io/*', policy: { simple: { requirements: [{ type: 'signedBy' }] } } },
    { name: '*', policy: {} },
  ];
  const openshift = {
    scopes: ['quay.io/acme'],
    policy: { rootOfTrust: { policyType: 'PublicKey', publicKey: { keyData: 'QUFB' } } },
  };

  it.each(['portieris.cloud.ibm.com/v1', 'securityenforcement.admission.cloud.ibm.com/v1beta1'])(
    'reads a ClusterImagePolicy of %s as one of Portieris',
    (api) => {
      expect(
        readPortierisPolicy('prod', object(api, 'ClusterImagePolicy', { repositories })),
      ).toMatchObject({
        value: { repositories: [{ demands: ['simple-signing'] }, { name: '*', demands: [] }] },
      });
    },
  );

  it('reads a ClusterImagePolicy of OpenShift as one of OpenShift', () => {
    expect(
      readOpenshiftPolicy(
        'prod',
        object('config.openshift.io/v1', 'ClusterImagePolicy', openshift),
      ),
    ).toMatchObject({ value: { scopes: ['quay.io/acme'], matchPolicy: 'MatchRepoDigestOrExact' } });
  });

  it('takes none of another group', () => {
    const sigstore = object('policy.sigstore.dev/v1beta1', 'ClusterImagePolicy', { repositories });
    expect(readPortierisPolicy('prod', sigstore)).toMatchObject(refusal('apiVersion'));
    expect(readOpenshiftPolicy('prod', sigstore)).toMatchObject(refusal('apiVersion'));
  });

  it('refuses a root of trust that is not the one it names', () => {
    const policy = { rootOfTrust: { ...openshift.policy.rootOfTrust, policyType: 'PKI' } };
    expect(
      readOpenshiftPolicy(
        'prod',
        object('config.openshift.io/v1', 'ImagePolicy', { ...openshift, policy }),
      ),
    ).toMatchObject(refusal('spec.policy.rootOfTrust.pki'));
  });
});

describe('Kubewarden', () => {
  const read = (kind: string, spec: object, status?: object) =>
    readKubewarden('prod', { ...object('policies.kubewarden.io/v1', kind, spec), status });
  const module = 'registry://ghcr.io/kubewarden/policies/verify-image-signatures:v1';

  it('reads modes, and images of the module that verifies', () => {
    const settings = { signatures: [{ image: 'ghcr.io/acme/*' }] };
    expect(read('ClusterAdmissionPolicy', { module, settings, mode: 'monitor' })).toMatchObject({
      value: { mode: 'audit', verifies: true, images: ['ghcr.io/acme/*'] },
    });
    expect(read('AdmissionPolicyGroup', { policies: { a: { module } } })).toMatchObject({
      value: { mode: 'enforce', verifies: true },
    });
  });

  it('says that a policy that is not loaded stops nothing yet', () => {
    expect(read('AdmissionPolicy', { module }, { policyStatus: 'pending' })).toMatchObject({
      value: { inactive: expect.stringContaining('pending') },
    });
  });

  it('refuses a policy without a module', () => {
    expect(read('AdmissionPolicy', {})).toMatchObject(refusal('spec.module'));
  });
});

describe('Connaisseur', () => {
  const application = {
    validators: [
      { name: 'allow', type: 'static', approve: true },
      { name: 'default', type: 'cosign', trustRoots: [{ name: 'default', key: 'PEM' }] },
    ],
    policy: [{ pattern: '*:*' }, { pattern: 'quay.io/*:*', validator: 'allow' }],
    features: { detectionMode: true, namespacedValidation: { mode: 'validate' } },
  };

  it.each([
    ['values of its chart', { application }],
    ['the bare configuration', application],
    [
      'its ConfigMap',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'connaisseur-app-config' },
        data: { 'config.yaml': JSON.stringify(application) },
      },
    ],
  ])('reads %s', (_, document) => {
    expect(readConnaisseur(document)).toMatchObject({
      value: {
        mode: 'audit',
        namespaces: 'only-validate',
        rules: [
          { pattern: '*:*', kind: 'cosign' },
          { pattern: 'quay.io/*:*', kind: 'static', approves: true },
        ],
      },
    });
  });

  it('refuses a rule whose validator is not there', () => {
    const policy = [{ pattern: '*:*', validator: 'gone' }];
    expect(readConnaisseur({ application: { ...application, policy } })).toMatchObject(
      refusal('application.policy[0].validator'),
    );
  });

  it('refuses YAML that unfolds without end', () => {
    const text = 'a: &a [1]\nb: [*a, *a]\nvalidators: *a';
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { 'config.yaml': text },
    };
    expect(readConnaisseur(map)).toMatchObject(refusal('data.config.yaml'));
  });
});
