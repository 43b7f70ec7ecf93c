import { beforeAll, describe, expect, it } from 'vitest';
import type { Bypass, BypassCode, BypassSubject } from '#lib/model/bypass.ts';
import type { PolicySummary } from '#lib/model/policy.ts';
import { aCertificate } from '#tests/builders/certificate.ts';
import type { AdmissionSurface } from './admission-surface.ts';
import { type ControlQuestion, controlCoverage } from './control-coverage.ts';
import { findBypasses } from './find-bypasses.ts';
import { readWebhooks } from './read-webhooks.ts';

let caBundle = '';
beforeAll(async () => {
  const { certificate } = await aCertificate('kyverno-svc.kyverno.svc');
  caBundle = Buffer.from(certificate).toString('base64');
});

const rules = [
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['pods', 'pods/ephemeralcontainers'],
  },
];
const service = { namespace: 'kyverno', name: 'kyverno-svc' };

/** A webhook of Kyverno that leaves nothing to wish for, but for the change. */
function configuration(change: object = {}, name = 'kyverno-resource-validating-webhook-cfg') {
  const read = readWebhooks('prod', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'validate.kyverno.svc-fail',
        clientConfig: { service, caBundle },
        rules,
        failurePolicy: 'Fail',
        timeoutSeconds: 15,
        ...change,
      },
    ],
  });
  if (read.kind !== 'read') throw new TypeError(JSON.stringify(read.problems));
  return read.value;
}

const policy = (change: Partial<PolicySummary> = {}): PolicySummary => ({
  reference: {
    cluster: 'prod',
    group: 'kyverno.io',
    version: 'v1',
    kind: 'ClusterPolicy',
    name: 'signed',
  },
  engine: 'kyverno',
  mode: 'enforce',
  verifies: true,
  images: ['*'],
  authorities: [],
  unevaluated: [],
  ...change,
});

const surface = (change: Partial<AdmissionSurface> = {}): AdmissionSurface => ({
  webhooks: [configuration()],
  services: [service],
  endpoints: [{ namespace: 'kyverno', service: 'kyverno-svc', ready: 2 }],
  namespaces: [{ name: 'shop', labels: {} }],
  policies: [policy()],
  exceptions: [],
  exemptions: [],
  now: new Date(),
  ...change,
});

const subject: BypassSubject = {
  namespace: 'shop',
  labels: { app: 'web' },
  createdAt: '2026-01-01T00:00:00Z',
  mirror: false,
  containerKinds: ['main'],
};
const find = (change: Partial<AdmissionSurface>, code: BypassCode): Bypass | undefined =>
  findBypasses(surface(change)).find((one) => one.code === code);

describe('findBypasses', () => {
  it('finds nothing but static pods where everything is as it should be', () => {
    const found = findBypasses(surface());
    expect(found.map(({ code }) => code)).toEqual(['static-pod']);
    expect(found.map(({ affects }) => affects(subject))).toEqual([false]);
    expect(found.map(({ affects }) => affects({ ...subject, mirror: true }))).toEqual([true]);
  });

  it.each<[BypassCode, object, Bypass['effect']]>([
    ['failure-policy-ignore', { failurePolicy: 'Ignore' }, 'passes'],
    ['timeout-short', { timeoutSeconds: 3 }, 'blocks'],
    ['timeout-short', { timeoutSeconds: 3, failurePolicy: 'Ignore' }, 'passes'],
    ['ca-missing', { clientConfig: { service } }, 'blocks'],
    ['ca-unreadable', { clientConfig: { service, caBundle: 'AAAA' } }, 'blocks'],
    ['match-policy-exact', { matchPolicy: 'Exact' }, 'passes'],
    ['match-condition', { matchConditions: [{ name: 'not-ci', expression: 'true' }] }, 'passes'],
    ['rules-lack-update', { rules: [{ ...rules[0], operations: ['CREATE'] }] }, 'passes'],
    ['rules-lack-create', { rules: [{ ...rules[0], operations: ['UPDATE'] }] }, 'passes'],
  ])('P03 finds %s in a webhook with %j', (code, change, effect) => {
    const found = find({ webhooks: [configuration(change)] }, code);
    expect(found).toMatchObject({ code, effect, engine: 'kyverno' });
    expect(found?.affects(subject)).toBe(true);
    expect(find({}, code)).toBeUndefined();
  });

  it.each<[BypassCode, Partial<AdmissionSurface>]>([
    ['no-endpoints', { endpoints: [{ namespace: 'kyverno', service: 'kyverno-svc', ready: 0 }] }],
    ['no-endpoints', { endpoints: [{ namespace: 'other', service: 'kyverno-svc', ready: 2 }] }],
    ['service-missing', { services: [{ namespace: 'other', name: 'kyverno-svc' }] }],
    ['ca-expired', { now: new Date(Date.now() + 7_200_000) }],
  ])('P03 finds %s, which lets pods pass under Ignore and nobody under Fail', (code, change) => {
    const ignoring = [configuration({ failurePolicy: 'Ignore' })];
    expect(find(change, code)?.effect).toBe('blocks');
    expect(find({ ...change, webhooks: ignoring }, code)?.effect).toBe('passes');
  });

  it('P03 finds config-missing where policies enforce and nobody asks about pods', () => {
    const aboutOthers = configuration({ rules: [{ ...rules[0], resources: ['configmaps'] }] });
    expect(find({ webhooks: [] }, 'config-missing')?.affects(subject)).toBe(true);
    expect(find({ webhooks: [aboutOthers] }, 'config-missing')).toBeDefined();
    expect(find({ webhooks: [], policies: [] }, 'config-missing')).toBeUndefined();
    const own = [policy({ engine: 'validating-admission-policy' })];
    expect(find({ webhooks: [], policies: own }, 'config-missing')).toBeUndefined();
  });

  it('says nothing of what could not be read', () => {
    const { webhooks: _, services: _s, endpoints: _e, ...rest } = surface();
    expect(findBypasses(rest).map(({ code }) => code)).toEqual(['static-pod']);
  });

  it('P01 finds that nobody is asked about ephemeral containers', () => {
    const podsOnly = [configuration({ rules: [{ ...rules[0], resources: ['pods', '*'] }] })];
    const found = find({ webhooks: podsOnly }, 'rules-lack-ephemeral-containers');
    expect(found?.affects(subject)).toBe(false);
    expect(found?.affects({ ...subject, containerKinds: ['main', 'ephemeral'] })).toBe(true);
    const every = [configuration({ rules: [{ ...rules[0], resources: ['*/*'] }] })];
    expect(find({ webhooks: every }, 'rules-lack-ephemeral-containers')).toBeUndefined();
  });

  it('P03 finds objects that an object selector leaves out, by their own labels', () => {
    const objectSelector = { matchLabels: { verify: 'yes' } };
    const found = find({ webhooks: [configuration({ objectSelector })] }, 'object-selector');
    expect(found?.affects(subject)).toBe(true);
    expect(found?.affects({ ...subject, labels: { verify: 'yes' } })).toBe(false);
  });

  it('finds namespaces that no webhook selects, and no other', () => {
    const namespaceSelector = {
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
      ],
    };
    const namespaces = ['shop', 'kube-system'].map((name) => ({ name, labels: {} }));
    const some = { webhooks: [configuration({ namespaceSelector })], namespaces };
    const found = find(some, 'namespace-exempt');
    expect(found?.name).toBe('kube-system');
    expect(found?.affects(subject)).toBe(false);
    expect(found?.affects({ ...subject, namespace: 'kube-system' })).toBe(true);
    const both = { ...some, webhooks: [...some.webhooks, configuration()] };
    expect(find(both, 'namespace-exempt')).toBeUndefined();
  });

  it('finds namespaces that settings of the engine leave out', () => {
    const exemptions = [
      { engine: 'kyverno', namespace: 'shop', why: 'resourceFilters leave it out' },
    ] as const;
    expect(find({ exemptions }, 'namespace-exempt')?.affects(subject)).toBe(true);
  });

  it.each([
    ['audit', true],
    ['warn', true],
    ['none', true],
    ['enforce', false],
  ] as const)('P04 counts a policy that is in mode %s as not enforced: %s', (mode, expected) => {
    const policies = [policy({ mode })];
    expect(find({ policies }, 'not-enforced') !== undefined).toBe(expected);
  });

  it('P04 finds whom an exception covers', () => {
    const { reference } = policy();
    const covers = ({ namespace }: BypassSubject) => namespace === 'shop';
    const exceptions = [{ reference, engine: 'kyverno', why: 'excepted', covers }] as const;
    const found = find({ exceptions }, 'exception');
    expect(found?.affects(subject)).toBe(true);
    expect(found?.affects({ ...subject, namespace: 'other' })).toBe(false);
  });

  it('finds pods that are older than a policy', () => {
    const policies = [policy({ createdAt: '2026-06-01T00:00:00Z' })];
    const found = find({ policies }, 'pods-older-than-policy');
    expect(found?.affects(subject)).toBe(true);
    expect(found?.affects({ ...subject, createdAt: '2026-07-01T00:00:00Z' })).toBe(false);
  });
});

describe('readWebhooks', () => {
  it.each([
    ['kyverno-resource-mutating-webhook-cfg', 'kyverno'],
    ['policy.sigstore.dev', 'policy-controller'],
    ['gatekeeper-validating-webhook-configuration', 'gatekeeper'],
    ['connaisseur-webhook', 'connaisseur'],
    ['image-admission-config', 'portieris'],
    ['clusterwide-signed.kubewarden.admission', 'kubewarden'],
    ['istiod-default-validator', undefined],
  ])('knows whose %s is: %s', (name, engine) => {
    const own = { clientConfig: {}, name: 'hook.example.org' };
    expect(configuration(own, name).engine).toBe(engine);
  });
});

describe('controlCoverage', () => {
  const question = (change: Partial<ControlQuestion> = {}): ControlQuestion => ({
    namespaces: [{ name: 'shop', labels: {} }],
    webhooks: [configuration()],
    exemptions: [],
    engines: ['kyverno'],
    policies: [{ summary: policy({ mode: 'audit' }) }, { summary: policy() }],
    ...change,
  });
  const away = policy({ reference: { ...policy().reference, namespace: 'other' } });

  it('takes the strongest mode that reaches a namespace', () => {
    expect(controlCoverage(question())).toEqual([
      { namespace: 'shop', engine: 'kyverno', mode: 'enforce' },
    ]);
  });

  it.each<[string, Partial<ControlQuestion>, string]>([
    ['no policy', { policies: [] }, 'no policy reaches'],
    ['a policy of another namespace', { policies: [{ summary: away }] }, 'no policy reaches'],
    [
      'a policy that reaches elsewhere',
      { policies: [{ summary: policy(), reaches: () => false }] },
      'no policy reaches',
    ],
    ['no webhook', { webhooks: [] }, 'no webhook configuration'],
    [
      'an exemption',
      { exemptions: [{ engine: 'kyverno', namespace: 'shop', why: 'left out' }] },
      'left out',
    ],
    [
      'a policy that does nothing',
      { policies: [{ summary: policy({ mode: 'none' }) }] },
      'nothing',
    ],
  ])('says why nothing is controlled with %s', (_, change, why) => {
    expect(controlCoverage(question(change))).toMatchObject([
      { mode: 'none', why: expect.stringContaining(why) },
    ]);
  });

  it('lets settings of an engine reach beyond the namespace in which they lie', () => {
    const reference = { ...policy().reference, kind: 'ConfigMap', namespace: 'other' };
    const policies = [{ summary: policy({ reference }) }];
    expect(controlCoverage(question({ policies }))).toMatchObject([{ mode: 'enforce' }]);
  });

  it('asks no webhook of an engine that has none', () => {
    const policies = [{ summary: policy({ engine: 'openshift' }) }];
    expect(
      controlCoverage(question({ engines: ['openshift'], webhooks: [], policies })),
    ).toMatchObject([{ mode: 'enforce' }]);
  });
});
