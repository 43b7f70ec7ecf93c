import { describe, expect, it } from 'vitest';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { aPod, readAs, someDigest } from '#tests/builders/policy.ts';
import { decideAdmissionPolicy } from './decide-admission-policy.ts';

const image = `ghcr.io/a/b@${someDigest}`;
const pods = {
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  ],
};
const aPolicy = (spec: object = {}) =>
  readAs('admission-policy', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'pinned' },
    spec: {
      matchConstraints: pods,
      validations: [
        { expression: 'object.spec.containers.all(c, c.image.contains("@"))', message: 'pin it' },
      ],
      ...spec,
    },
  });
const aBinding = (validationActions: readonly string[] = ['Deny'], spec: object = {}) =>
  readAs('admission-policy-binding', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'one' },
    spec: { policyName: 'pinned', validationActions, ...spec },
  });
const decide = (
  policy: ReturnType<typeof aPolicy>,
  pod: AdmittedObject,
  ...bindings: readonly ReturnType<typeof aBinding>[]
) => decideAdmissionPolicy(policy, bindings, pod);
const saying = (expression: string, more: object = {}) =>
  aPolicy({ validations: [{ expression }], ...more });

describe('ValidatingAdmissionPolicy', () => {
  it('refuses what its expressions refuse, in the words of the policy', () => {
    expect(decide(aPolicy(), aPod(image), aBinding())).toMatchObject([{ today: 'admit' }]);
    expect(decide(aPolicy(), aPod('ghcr.io/a/b:v1'), aBinding())).toMatchObject([
      {
        mode: 'enforce',
        today: 'refuse',
        enforced: 'refuse',
        why: 'validations[0] does not hold: pin it',
      },
    ]);
  });

  it.each([
    [['Deny'], 'enforce', 'refuse'],
    [['Warn', 'Audit'], 'warn', 'warn'],
    [['Audit'], 'audit', 'admit'],
  ])('works with actions %j: %s, %s', (actions, mode, today) => {
    expect(decide(aPolicy(), aPod('a'), aBinding(actions))).toMatchObject([
      { mode, today, enforced: 'refuse' },
    ]);
  });

  it('stops nothing without a binding that is about the object, and takes the strictest that is', () => {
    const elsewhere = aBinding(['Deny'], {
      matchResources: { namespaceSelector: { matchLabels: { team: 'x' } } },
    });
    const none = { mode: 'none', today: 'admit', enforced: 'refuse' };
    expect(decide(aPolicy(), aPod('a'))).toMatchObject([none]);
    expect(decide(aPolicy(), aPod('a'), elsewhere)).toMatchObject([none]);
    expect(decide(aPolicy(), aPod('a'), elsewhere, aBinding(['Audit']), aBinding())).toMatchObject([
      { mode: 'enforce', today: 'refuse' },
    ]);
    const { namespaceLabels: _, ...unread } = aPod('a');
    expect(decide(aPolicy(), unread, elsewhere)).toMatchObject([
      { mode: 'enforce', today: 'error' },
    ]);
  });

  it.each([
    [{ resources: ['deployments'], apiGroups: ['apps'] }, false],
    [{ resources: ['*'], apiGroups: ['*'] }, true],
    [{ resources: ['pods'], operations: ['UPDATE'] }, false],
    [{ resources: ['pods'], resourceNames: ['other'] }, false],
    [{ resources: ['pods'], scope: 'Cluster' }, false],
    [{ resources: ['pods/ephemeralcontainers'] }, false],
  ])('is about what %j names: %s', (change, reached) => {
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], ...change };
    const policy = aPolicy({ matchConstraints: { resourceRules: [rule] } });
    expect(decide(policy, aPod('a'), aBinding())).toHaveLength(reached ? 1 : 0);
    const excluding = { resourceRules: [{ ...rule, resources: ['*'], operations: ['*'] }] };
    const excluded = aPolicy({
      matchConstraints: { ...excluding, excludeResourceRules: pods.resourceRules },
    });
    expect(decide(excluded, aPod('a'), aBinding())).toEqual([]);
  });

  it('heeds labels of the object', () => {
    const objectSelector = { matchLabels: { app: 'shop' } };
    const policy = aPolicy({ matchConstraints: { ...pods, objectSelector } });
    expect(decide(policy, aPod('a'), aBinding())).toEqual([]);
    expect(decide(policy, aPod('a', { labels: { app: 'shop' } }), aBinding())).toHaveLength(1);
  });

  it.each([
    'object.spec.containers.all(c, has(c.securityContext) && c.securityContext.runAsNonRoot)',
    '!has(object.spec.hostNetwork) || object.spec.hostNetwork == false',
    '!object.spec.?hostPID.orValue(false)',
    'object.spec.volumes.all(v, !has(v.hostPath))',
    'has(object.metadata.annotations)',
    'request.userInfo.username.startsWith("system:")',
    'authorizer.group("").resource("pods").check("get").allowed()',
    'params.image == "x"',
    'quantity("1") == quantity("1")',
  ])('never takes what is not kept for absent: %s', (expression) => {
    const policy = saying(expression, { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } });
    expect(decide(policy, aPod(image), aBinding())).toMatchObject([
      { today: 'not-evaluated', enforced: 'not-evaluated' },
    ]);
  });

  it('knows no parameters', () => {
    const params = aBinding(['Deny'], { paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } });
    expect(decide(saying('false'), aPod(image), params)).toMatchObject([
      { today: 'not-evaluated' },
    ]);
    expect(decide(saying('params == null'), aPod(image), aBinding())).toMatchObject([
      { today: 'admit' },
    ]);
  });

  it.each([
    ['Fail', ['Deny'], 'error', 'error'],
    ['Fail', ['Warn'], 'warn', 'error'],
    ['Fail', ['Audit'], 'admit', 'error'],
    ['Ignore', ['Deny'], 'admit', 'admit'],
  ])('with %s and %j, an expression that fails: %s', (failurePolicy, actions, today, enforced) => {
    const policy = saying('object.metadata.labels.team == "x"', { failurePolicy });
    const pod = aPod(image, { labels: { app: 'x' } });
    expect(decide(policy, pod, aBinding(actions))).toMatchObject([{ today, enforced }]);
  });

  it.each([
    ['request.namespace == "shop"', 'Fail', 'refuse'],
    ['request.namespace == "other"', 'Fail', 'admit'],
    ['object.metadata.labels.team == "x"', 'Fail', 'error'],
    ['object.metadata.labels.team == "x"', 'Ignore', 'admit'],
    ['has(object.metadata.annotations)', 'Fail', 'not-evaluated'],
  ])('under the condition %s and %s: %s', (expression, failurePolicy, today) => {
    const matchConditions = [{ name: 'c', expression }];
    const policy = saying('false', { matchConditions, failurePolicy });
    const pod = aPod(image, { labels: { app: 'x' } });
    expect(decide(policy, pod, aBinding())).toMatchObject([{ today }]);
  });

  it('names what it does not evaluate, and nothing else', () => {
    const policy = saying('quantity("1") == quantity("2") || params.x == 1 || [1].all(y, y > 0)', {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [{ name: 'c', expression: 'authorizer.serviceAccount("a", "b") != null' }],
    });
    expect(policy.summary?.unevaluated).toEqual([
      'matchConditions c: the function authorizer.serviceAccount is not evaluated here',
      'validations[0]: the function quantity is not evaluated here',
      'validations[0]: params is not known here',
    ]);
    expect(aPolicy().summary?.unevaluated).toEqual([]);
  });

  it('reads variables, and pods in what makes them', () => {
    const rules = [
      { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] },
    ];
    const policy = saying('variables.images.all(i, i.startsWith("ghcr.io/"))', {
      matchConstraints: { resourceRules: rules },
      variables: [
        { name: 'images', expression: 'object.spec.template.spec.containers.map(c, c.image)' },
      ],
    });
    const deployment = aPod(image, { group: 'apps', kind: 'Deployment' });
    expect(decide(policy, deployment, aBinding())).toMatchObject([{ today: 'admit' }]);
    expect(decide(policy, { ...deployment, group: 'other' }, aBinding())).toEqual([]);
  });

  it('tells which container is to blame, or blames all for what they are together', () => {
    const containers = [
      { name: 'web', kind: 'main', image },
      { name: 'log', kind: 'main', image: 'ghcr.io/a/log:v1' },
    ] as const;
    const pod = aPod(image, { containers });
    const said = (policy: ReturnType<typeof aPolicy>) =>
      decide(policy, pod, aBinding()).map(({ today }) => today);
    expect(said(aPolicy())).toEqual(['admit', 'refuse']);
    expect(said(saying('object.spec.containers.size() < 2'))).toEqual(['refuse', 'refuse']);
  });
});
