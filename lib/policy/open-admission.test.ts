import { describe, expect, it } from 'vitest';
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
import { policyKey } from './decisions/decider.ts';

const image = `ghcr.io/acme/shop@${someDigest}`;
const pod = aPod(image);
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer);
const signed = someFacts([aVerdict(signer)]);
const unsigned = someFacts([]);

const binding = (actions: readonly string[], matchResources = {}) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'pinned' },
  spec: { policyName: 'pinned', validationActions: actions, matchResources },
});
const pinned = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'pinned' },
  spec: {
    matchConstraints: {
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
    validations: [{ expression: 'object.spec.containers.all(c, c.image.contains("@"))' }],
  },
};

describe('openAdmission', () => {
  it('asks every engine about every container', () => {
    const admission = anAdmission([
      aKyvernoPolicy('kyverno'),
      aSigstorePolicy('sigstore'),
      ...aRatifyConstraint({ enforcementAction: 'dryrun' }),
      pinned,
      binding(['Deny']),
    ]);
    expect(said(admission, pod, unsigned)).toEqual([
      'kyverno web: enforce, refuse, refuse',
      'sigstore web: enforce, refuse, refuse',
      'signed web: audit, admit, not-evaluated',
      'pinned web: enforce, admit, admit',
    ]);
    expect(said(admission, pod, signed).slice(0, 2)).toEqual([
      'kyverno web: enforce, admit, admit',
      'sigstore web: enforce, admit, admit',
    ]);
    expect(admission.unread).toEqual([]);
  });

  it('remembers a decision only for the facts and the namespace for which it was made', () => {
    const admission = anAdmission([
      aKyvernoPolicy('signed', {
        rule: {
          match: {
            any: [{ resources: { kinds: ['Pod'], selector: { matchLabels: { app: 'web' } } } }],
          },
        },
      }),
    ]);
    const web = { ...pod, labels: { app: 'web' } };
    expect(said(admission, web, unsigned)).toEqual(['signed web: enforce, refuse, refuse']);
    expect(said(admission, web, signed)).toEqual(['signed web: enforce, admit, admit']);
    expect(said(admission, web, undefined)).toEqual(['signed web: enforce, error, error']);
    expect(said(admission, { ...web, labels: { app: 'other' } }, unsigned)).toEqual([]);
    expect(said(admission, web, unsigned)).toEqual(['signed web: enforce, refuse, refuse']);
  });

  it('asks some policies alone', () => {
    const admission = anAdmission([
      aKyvernoPolicy('one'),
      aKyvernoPolicy('two'),
      aSigstorePolicy('sigstore'),
      ...aRatifyConstraint(),
    ]);
    for (const { reference } of admission.policies)
      expect(said(admission, pod, unsigned, new Set([policyKey(reference)]))).toEqual(
        said(admission, pod, unsigned).filter((one) => one.startsWith(`${reference.name} `)),
      );
  });

  it('takes whom no webhook selects for admitted today, and says what would be', () => {
    const shopOnly = { namespaceSelector: { matchLabels: { shop: 'yes' } } };
    const objects = [
      aKyvernoPolicy('kyverno'),
      aSigstorePolicy('sigstore'),
      aWebhook('kyverno', shopOnly),
    ];
    const admission = anAdmission(objects, { unreadable: [] });
    const shop = { ...pod, namespaceLabels: { shop: 'yes' } };
    expect(said(admission, pod, unsigned)).toEqual([
      'kyverno web: none, admit, refuse',
      'sigstore web: none, admit, refuse',
    ]);
    expect(said(admission, shop, unsigned)[0]).toBe('kyverno web: enforce, refuse, refuse');
    const { namespaceLabels: _, ...unknown } = pod;
    expect(said(admission, unknown, unsigned)[0]).toBe(
      'kyverno web: enforce, not-evaluated, refuse',
    );
    expect(admission.bypasses.map(({ engine, code }) => `${engine} ${code}`)).toContain(
      'policy-controller config-missing',
    );
  });

  it.each([
    [[], 'none'],
    [[binding(['Deny'])], 'enforce'],
    [[binding(['Warn', 'Audit'])], 'warn'],
    [[binding(['Audit'])], 'audit'],
  ])('gives a ValidatingAdmissionPolicy the mode of its bindings: %#', (bindings, mode) => {
    const admission = anAdmission([pinned, ...bindings]);
    expect(admission.policies[0]).toMatchObject({ mode, verifies: false });
    const tagged = aPod('ghcr.io/acme/shop:v1');
    expect(admission.decide(tagged, () => unsigned)).toMatchObject([{ mode, enforced: 'refuse' }]);
  });

  it('tells what it does not read, and goes on', () => {
    const admission = anAdmission([
      { apiVersion: 'policy.example/v1', kind: 'Strange', metadata: { name: 'x' } },
      { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name: 'y' }, spec: 1 },
      'no object',
      aKyvernoPolicy('signed'),
    ]);
    expect(admission.unread.map(({ reference }) => reference.name)).toEqual(['x', 'y', '?']);
    expect(admission.policies).toHaveLength(1);
  });

  it('says for every namespace what each engine does there, and why not', () => {
    const admission = anAdmission(
      [
        aKyvernoPolicy('signed', {
          rule: { match: { any: [{ resources: { kinds: ['Pod'], namespaces: ['shop'] } }] } },
          verification: { failureAction: undefined as unknown as object },
          spec: {
            validationFailureActionOverrides: [{ action: 'Enforce', namespaces: ['shop'] }],
          },
        }),
        pinned,
        binding(['Deny']),
      ],
      { namespaces: ['shop', 'other'].map((name) => ({ name, labels: {} })) },
    );
    const table = admission.control();
    expect(table.get('shop')).toEqual([
      { engine: 'kyverno', mode: 'enforce' },
      {
        engine: 'validating-admission-policy',
        mode: 'none',
        why: 'none of its policies asks for signatures',
      },
    ]);
    expect(table.get('other')?.[0]).toEqual({
      engine: 'kyverno',
      mode: 'none',
      why: 'no policy reaches this namespace',
    });
  });

  it.each([
    ['ClusterImagePolicy', aSigstorePolicy('signed'), ['enforce', 'none']],
    [
      'Kubewarden',
      {
        apiVersion: 'policies.kubewarden.io/v1',
        kind: 'ClusterAdmissionPolicy',
        metadata: { name: 'signed' },
        spec: {
          module: 'registry/verify-image-signatures:v1',
          rules: [{ resources: ['pods'] }],
          namespaceSelector: { matchLabels: { 'policy.sigstore.dev/include': 'true' } },
        },
      },
      ['enforce', 'none'],
    ],
    [
      'Portieris',
      {
        apiVersion: 'portieris.cloud.ibm.com/v1',
        kind: 'ImagePolicy',
        metadata: { name: 'signed', namespace: 'shop' },
        spec: { repositories: [{ name: '*', policy: { trust: { enabled: true } } }] },
      },
      ['enforce', 'none'],
    ],
    [
      'Gatekeeper, of the template that asks nobody',
      { ...aRatifyConstraint()[1], kind: 'K8sAllowedRepos' },
      ['none', 'none'],
    ],
  ])('is no green where a policy of %s does not reach', (_, policy, modes) => {
    const namespaces = [
      { name: 'shop', labels: { 'policy.sigstore.dev/include': 'true' } },
      { name: 'other', labels: {} },
    ];
    const table = anAdmission([policy], { namespaces }).control();
    expect(['shop', 'other'].map((one) => table.get(one)?.[0]?.mode)).toEqual(modes);
  });
});
