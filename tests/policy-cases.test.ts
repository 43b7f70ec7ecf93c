// Kubernetes and policies, case by case, asked of a whole cluster: every engine has its own answer.
import { describe, expect, it } from 'vitest';
import { runningImage } from '#lib/inventory/running.ts';
import type { ContainerKind } from '#lib/model/workload.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { enforcing } from '#lib/policy/enforce.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import {
  aKyvernoPolicy,
  anAdmission,
  aRatifyConstraint,
  aSigstorePolicy,
  aWebhook,
  said,
  someIssuer,
} from './builders/admission.ts';
import { aPod, aSigner, aVerdict, someDigest, someFacts } from './builders/policy.ts';

const image = `ghcr.io/acme/shop@${someDigest}`;
const bad = `ghcr.io/acme/bad@${someDigest}`;
const pod = aPod(image);
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer);
const other = aSigner('https://github.com/other/shop/release.yaml@refs/heads/main', someIssuer);
const signed = someFacts([aVerdict(signer)]);
const unsigned = someFacts([]);
const unknown = someFacts([], { incomplete: 'the registry did not answer' });

/** Decisions of engines that run no image of their own mind: what each says, in short. */
const outcomes = (
  objects: readonly object[],
  facts: ImageFacts | undefined = unsigned,
  admitted: AdmittedObject = pod,
) =>
  anAdmission(objects)
    .decide(admitted, () => facts)
    .map(({ today }) => today);

describe('P01', () => {
  it.each(['ephemeral', 'init', 'sidecar', 'image-volume'] satisfies ContainerKind[])(
    'an unsigned image in a container of kind %s alone is refused',
    (kind) => {
      const mixed = { ...pod, containers: [...pod.containers, { name: 'x', kind, image: bad }] };
      const admission = anAdmission([aKyvernoPolicy('kyverno'), aSigstorePolicy('sigstore')]);
      const refused = admission
        .decide(mixed, (one) => (one === bad ? unsigned : signed))
        .filter(({ today }) => today === 'refuse');
      expect(refused.map((one) => `${one.engine} ${one.container} ${one.containerKind}`)).toEqual([
        `kyverno x ${kind}`,
        `policy-controller x ${kind}`,
      ]);
    },
  );
});

describe('P02', () => {
  it('an annotation that claims verification changes no decision, and is told as a claim', () => {
    const admission = anAdmission([aKyvernoPolicy('signed')]);
    const decisions = admission.decide(pod, () => unsigned);
    const question = { admitted: pod, decisions, reported: [], statusOf: () => undefined };
    const claims = [{ 'kyverno.io/verify-images': JSON.stringify({ [image]: 'pass' }) }];
    expect(decisions.map(({ today }) => today)).toEqual(['refuse']);
    expect(admission.disagreements(question)).toEqual([]);
    expect(admission.disagreements({ ...question, claims })).toMatchObject([
      { kind: 'passes-and-we-refute', why: expect.stringContaining('claims that it passed') },
    ]);
  });
});

describe('P03', () => {
  const service = { namespace: 'kyverno', name: 'kyverno-svc' };
  const served = (kind: string, apiVersion: string, metadata: object, more: object = {}) => ({
    apiVersion,
    kind,
    metadata: { uid: '1', name: 'kyverno-svc', namespace: 'kyverno', ...metadata },
    ...more,
  });
  const present = served('Service', 'v1', {});
  const slice = (ready: boolean) =>
    served(
      'EndpointSlice',
      'discovery.k8s.io/v1',
      { labels: { 'kubernetes.io/service-name': 'kyverno-svc' } },
      { endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }] },
    );
  it.each([
    ['Ignore', { failurePolicy: 'Ignore' }, [], 'failure-policy-ignore'],
    [
      'a selector of objects',
      { objectSelector: { matchLabels: { a: 'b' } } },
      [],
      'object-selector',
    ],
    ['no service', { clientConfig: { service } }, [slice(true)], 'service-missing'],
    ['no ready endpoint', { clientConfig: { service } }, [present, slice(false)], 'no-endpoints'],
  ])('%s is a way past a policy that enforces', (_, change, more, code) => {
    const { bypasses } = anAdmission(
      [aKyvernoPolicy('signed'), aWebhook('kyverno', change), ...more],
      { unreadable: [] },
    );
    expect(bypasses.map((one) => one.code)).toContain(code);
  });

  it('without a webhook nobody is asked, and what would be refused gets in', () => {
    const objects = [aKyvernoPolicy('signed', { metadata: { uid: '1' } })];
    const admission = anAdmission(objects, { unreadable: [] });
    expect(admission.bypasses.map((one) => one.code)).toContain('config-missing');
    expect(said(admission, pod, unsigned)).toEqual(['signed web: none, admit, refuse']);
    expect(admission.control().get('shop')).toEqual([
      { engine: 'kyverno', mode: 'none', why: 'no webhook configuration asks it about pods' },
    ]);
  });
});

describe('P04', () => {
  const exception = {
    apiVersion: 'kyverno.io/v2',
    kind: 'PolicyException',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: {
      match: { any: [{ resources: { kinds: ['Pod'], namespaces: ['shop'] } }] },
      exceptions: [{ policyName: 'signed', ruleNames: ['check'] }],
    },
  };
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'kyverno-admission-controller', namespace: 'kyverno' },
    spec: {
      template: {
        spec: {
          containers: [{ args: ['--enablePolicyException=true', '--exceptionNamespace=*'] }],
        },
      },
    },
  };
  const lax = { authorities: [{ static: { action: 'pass' } }] };
  it.each([
    ['a PolicyException', [aKyvernoPolicy('signed'), exception, controller], 'policy-exception'],
    [
      'skipImageReferences',
      [aKyvernoPolicy('signed', { verification: { skipImageReferences: ['ghcr.io/acme/shop*'] } })],
      'skip-image-references',
    ],
    ['static: pass', [aSigstorePolicy('signed', lax)], 'static-pass'],
    ['dryrun', aRatifyConstraint({ enforcementAction: 'dryrun' }), 'dry-run'],
  ])('%s lets in, is no control, and stands in the ledger', (_, objects, kind) => {
    const admission = anAdmission(objects);
    expect(outcomes(objects)).toEqual(['admit']);
    expect(admission.exceptions.map((one) => one.kind)).toContain(kind);
    const covers = admission.exceptions.find((one) => one.kind === kind)?.covers;
    const subject = { namespace: 'shop', labels: {}, mirror: false, containerKinds: [] };
    expect(covers?.({ ...subject, names: ['web'] }, image)).toBe(true);
  });

  it('an exception of which nobody knows whether it counts leaves today open', () => {
    expect(outcomes([aKyvernoPolicy('signed'), exception])).toEqual(['not-evaluated']);
  });

  it.each([
    ['v1.19.0', 'refuse'],
    ['v1.18.2', 'admit'],
  ])('an exception in CEL that has expired, under Kyverno %s: %s', (version, today) => {
    const objects = [
      {
        apiVersion: 'policies.kyverno.io/v1',
        kind: 'ImageValidatingPolicy',
        metadata: { name: 'never' },
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
            ],
          },
          validations: [{ expression: 'false' }],
        },
      },
      {
        apiVersion: 'policies.kyverno.io/v1',
        kind: 'PolicyException',
        metadata: { name: 'old', namespace: 'x' },
        spec: {
          policyRefs: [{ name: 'never', kind: 'ImageValidatingPolicy' }],
          expiresAt: '2026-01-01T00:00:00Z',
        },
      },
      controller,
    ];
    const engines = [{ engine: 'kyverno' as const, version, namespace: 'x', workload: 'x' }];
    const admission = anAdmission(objects, { engines });
    expect(admission.decide(pod, () => unsigned).map((one) => one.today)).toEqual([today]);
  });
});

describe('P05', () => {
  it('a config digest is never taken for the digest of a manifest', () => {
    expect(runningImage(someDigest)).toMatchObject({ state: 'local' });
    expect(runningImage(`docker-pullable://ghcr.io/acme/shop@${someDigest}`)).toMatchObject({
      state: 'digest',
      digest: someDigest,
    });
  });
});

describe('P06', () => {
  it('what runs keeps its own repository beside the declared one', () => {
    expect(runningImage(`mirror.example/acme/shop@${someDigest}`)).toEqual({
      state: 'digest',
      digest: someDigest,
      repository: 'mirror.example/acme/shop',
    });
  });
});

describe('P07', () => {
  const deep = aPod(`ghcr.io/acme/a/b@${someDigest}`);
  it('one star is within a segment for policy-controller, and any text for Kyverno', () => {
    const kyverno = aKyvernoPolicy('k', { verification: { imageReferences: ['ghcr.io/acme/*'] } });
    const sigstore = aSigstorePolicy('s', { images: [{ glob: 'ghcr.io/acme/*' }] });
    const matched = (object: object) =>
      anAdmission([object])
        .decide(deep, () => unsigned)
        .map(({ policy, rule }) => [policy.kind, rule]);
    expect(matched(kyverno)).toEqual([['ClusterPolicy', 'check']]);
    expect(matched(sigstore)).toEqual([['ConfigMap', 'no-match-policy']]);
  });
});

describe('P08', () => {
  it.each([
    ['docker.io/*', true, false],
    ['index.docker.io/library/*', false, true],
    ['docker.io/library/*', false, false],
  ])('%s names nginx for Kyverno: %s, for policy-controller: %s', (pattern, kyverno, sigstore) => {
    const nginx = aPod(`nginx@${someDigest}`);
    const named = (object: object, kind: string) =>
      anAdmission([object])
        .decide(nginx, () => unsigned)
        .some(({ policy }) => policy.kind === kind);
    const rule = aKyvernoPolicy('k', { verification: { imageReferences: [pattern] } });
    const policy = aSigstorePolicy('s', { images: [{ glob: pattern }] });
    expect(named(rule, 'ClusterPolicy')).toBe(kyverno);
    expect(named(policy, 'ClusterImagePolicy')).toBe(sigstore);
  });
});

describe('P09', () => {
  it('of two ClusterImagePolicies both must pass', () => {
    const strict = aSigstorePolicy('strict', {
      authorities: [{ keyless: { identities: [{ issuer: someIssuer, subject: 'nobody' }] } }],
    });
    expect(outcomes([aSigstorePolicy('signed'), strict], signed)).toEqual(['admit', 'refuse']);
  });
});

describe('P10', () => {
  const by = (subject: string) => ({
    keyless: { subject, issuer: someIssuer, rekor: { url: 'https://rekor.sigstore.dev' } },
  });
  const [ours, theirs] = [by('https://github.com/acme/*'), by('https://github.com/other/*')];
  it.each([
    ['one of two entries', [{ count: 1, entries: [ours, theirs] }], 'admit'],
    ['both of two entries', [{ entries: [ours, theirs] }], 'refuse'],
    ['two sets, of which one fails', [{ entries: [ours] }, { entries: [theirs] }], 'refuse'],
  ])('%s', (_, attestors, today) => {
    expect(outcomes([aKyvernoPolicy('k', { verification: { attestors } })], signed)).toEqual([
      today,
    ]);
  });
  it('both are met where both have signed', () => {
    const both = someFacts([aVerdict(signer), aVerdict(other)]);
    const verification = { attestors: [{ entries: [ours] }, { entries: [theirs] }] };
    expect(outcomes([aKyvernoPolicy('k', { verification })], both)).toEqual(['admit']);
  });
});

describe('P11', () => {
  const config = (noMatch: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-policy-controller', namespace: 'cosign-system' },
    data: { 'no-match-policy': noMatch },
  });
  it.each([
    ['deny', 'refuse'],
    ['allow', 'admit'],
    ['warn', 'warn'],
  ])('where no policy matches, %s means %s', (setting, today) => {
    const elsewhere = aSigstorePolicy('elsewhere', { images: [{ glob: 'quay.io/**' }] });
    expect(outcomes([elsewhere, config(setting)])).toEqual([today]);
  });
});

describe('P12', () => {
  it.each([
    ['Kyverno', aKyvernoPolicy('k')],
    ['policy-controller', aSigstorePolicy('s')],
  ])('what could not be looked at is an error under enforcement, no violation: %s', (_, object) => {
    for (const facts of [unknown, undefined])
      expect(anAdmission([object]).decide(pod, () => facts)).toMatchObject([
        { today: 'error', enforced: 'error' },
      ]);
  });

  it('and it stays one where a policy in audit mode is made to enforce', () => {
    const objects = [
      aKyvernoPolicy('k', { verification: { failureAction: 'Audit' as unknown as object } }),
    ];
    const [summary] = anAdmission(objects).policies;
    const flipped = anAdmission(enforcing(objects, summary ? [summary.reference] : []));
    expect(flipped.decide(pod, () => unknown)).toMatchObject([{ mode: 'enforce', today: 'error' }]);
    expect(flipped.decide(pod, () => unsigned)).toMatchObject([{ today: 'refuse' }]);
  });
});
