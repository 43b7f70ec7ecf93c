import { describe, expect, it } from 'vitest';
import type { EngineResult } from '#lib/model/engine-report.ts';
import type { AdmissionInput, OpinionQuestion } from '#lib/policy/admission.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import {
  aKyvernoPolicy,
  anAdmission,
  aRatifyConstraint,
  someIssuer,
} from '#tests/builders/admission.ts';
import { aPod, aSigner, aVerdict, someDigest, someFacts } from '#tests/builders/policy.ts';

const image = `ghcr.io/acme/shop@${someDigest}`;
const pod = aPod(image);
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer);
const signed = someFacts([aVerdict(signer)]);
const unsigned = someFacts([]);
const at = '2026-11-21T11:30:00Z';

const report = (
  name: string,
  result: EngineResult | undefined,
  {
    policy = 'signed',
    rule = 'check',
    message = '',
    when = at,
    kind = 'Pod',
    source = 'kyverno',
  } = {},
) => ({
  apiVersion: 'wgpolicyk8s.io/v1alpha2',
  kind: 'PolicyReport',
  metadata: { name: `of-${name}`, namespace: 'shop' },
  scope: { apiVersion: 'v1', kind, name, namespace: 'shop' },
  results: [
    {
      source,
      policy,
      rule,
      message,
      ...(result && { result }),
      timestamp: { seconds: Date.parse(when) / 1000, nanos: 0 },
    },
  ],
});

interface Case {
  readonly facts?: ImageFacts | undefined;
  readonly policy?: Parameters<typeof aKyvernoPolicy>[1];
  readonly question?: Partial<OpinionQuestion>;
  readonly input?: Partial<AdmissionInput>;
  readonly more?: readonly object[];
}
function opinions(reports: readonly object[], given: Case = {}) {
  const { policy, question, input, more = [] } = given;
  const facts = 'facts' in given ? given.facts : unsigned;
  const admission = anAdmission([aKyvernoPolicy('signed', policy), ...reports, ...more], input);
  return admission.disagreements({
    admitted: pod,
    decisions: admission.decide(pod, () => facts),
    reported: admission.reportsAbout('Pod', 'shop', 'web'),
    statusOf: () => 'unsigned',
    ...question,
  });
}
const kinds = (...args: Parameters<typeof opinions>) => opinions(...args).map(({ kind }) => kind);
const claim = (text: object) => ({
  claims: [{ 'kyverno.io/verify-images': JSON.stringify(text) }],
});

describe('a second opinion', () => {
  it.each([
    ['passes and we refute', 'pass', unsigned, ['passes-and-we-refute']],
    ['fails and we prove', 'fail', signed, ['fails-and-we-prove']],
    ['passes and we could not look', 'pass', undefined, ['passes-and-we-could-not-check']],
    [
      'passes and we saw a part',
      'pass',
      someFacts([], { incomplete: 'the registry did not answer' }),
      ['passes-and-we-could-not-check'],
    ],
    ['agrees to pass', 'pass', signed, []],
    ['agrees to fail', 'fail', unsigned, []],
    ['skips what an exception covers', 'skip', unsigned, []],
    ['could not look itself', 'error', signed, []],
  ] as const)('the engine %s', (_, result, facts, expected) => {
    expect(kinds([report('web', result)], { facts })).toEqual(expected);
  });

  it('says whose word stands against whose', () => {
    const message = 'verified image signatures';
    expect(opinions([report('web', 'pass', { message })])).toEqual([
      {
        kind: 'passes-and-we-refute',
        engine: 'kyverno',
        policy: 'signed',
        rule: 'check',
        container: 'web',
        image,
        engineSays: 'pass',
        engineAt: '2026-11-21T11:30:00.000Z',
        weSay: 'refuse',
        status: 'unsigned',
        why: 'the engine says pass: verified image signatures; we say: there is no signature',
      },
    ]);
  });

  it('a pass under a policy that asks for no signature verified nothing', () => {
    const verification = { attestors: [], required: false };
    const policy = { verification };
    expect(kinds([report('web', 'pass')], { policy })).toEqual(['verified-nothing']);
    expect(kinds([report('web', 'pass', { policy: 'labels' })], { facts: signed })).toEqual([]);
  });

  it('an engine that reports about others and not about this one is silent', () => {
    expect(kinds([report('other', 'pass')])).toEqual(['silent']);
    expect(kinds([])).toEqual([]);
    expect(kinds([report('other', 'pass', { policy: 'labels' })])).toEqual([]);
  });

  it('a report that is older than the pod, or much older than our check, is stale', () => {
    const createdAt = '2026-11-21T11:45:00Z';
    const late = { checkedAt: '2026-11-21T14:00:00Z' };
    const fail = [report('web', 'fail')];
    expect(kinds(fail, { facts: signed, question: { createdAt } })).toEqual(['stale']);
    expect(kinds(fail, { facts: signed, question: late })).toEqual(['stale']);
    const soon = { checkedAt: '2026-11-21T13:00:00Z' };
    expect(kinds(fail, { facts: signed, question: soon })).toEqual(['fails-and-we-prove']);
  });

  it('a green that we refute is never hidden behind its age', () => {
    const [found] = opinions([report('web', 'pass')], {
      question: { createdAt: '2026-11-21T11:45:00Z' },
    });
    expect(found).toMatchObject({
      kind: 'passes-and-we-refute',
      why: expect.stringContaining('is older than the pod'),
    });
  });

  it('the newest result counts, and of one time the worse one', () => {
    const before = report('web', 'fail', { when: '2026-11-20T11:30:00Z' });
    expect(kinds([report('web', 'pass'), before], { facts: signed })).toEqual([]);
    expect(kinds([report('web', 'pass'), report('web', 'fail')], { facts: signed })).toEqual([
      'fails-and-we-prove',
    ]);
  });

  it('rules for controllers are those of pods', () => {
    const made = report('web', 'pass', { rule: 'autogen-check' });
    expect(kinds([made])).toEqual(['passes-and-we-refute']);
    expect(kinds([report('web', 'pass', { rule: 'other' })])).toEqual(['silent']);
  });

  it('a failure that names the image of one container is about that container', () => {
    const two = {
      ...pod,
      containers: [
        ...pod.containers,
        { name: 'side', kind: 'main' as const, image: `ghcr.io/acme/side@${someDigest}` },
      ],
    };
    const admission = anAdmission([
      aKyvernoPolicy('signed'),
      report('web', 'fail', { message: 'failed to verify ghcr.io/acme/side: no signatures' }),
    ]);
    const found = admission.disagreements({
      admitted: two,
      decisions: admission.decide(two, () => signed),
      reported: admission.reportsAbout('Pod', 'shop', 'web'),
      statusOf: () => 'verified',
    });
    expect(found.map(({ container }) => container)).toEqual(['side']);
  });

  it('a failure about one container says nothing of the others', () => {
    const two = {
      ...pod,
      containers: [
        ...pod.containers,
        { name: 'bad', kind: 'main' as const, image: 'ghcr.io/acme/bad' },
      ],
    };
    const admission = anAdmission([aKyvernoPolicy('signed'), report('web', 'fail')]);
    const found = admission.disagreements({
      admitted: two,
      decisions: admission.decide(two, (one) => (one === image ? signed : unsigned)),
      reported: admission.reportsAbout('Pod', 'shop', 'web'),
      statusOf: () => 'verified',
    });
    expect(found).toEqual([]);
  });

  it('P02 a forged annotation is a claim: refuted, it is told and changes no decision', () => {
    const forged = claim({ [image]: 'pass' });
    const [found] = opinions([], { question: forged });
    expect(found).toMatchObject({
      kind: 'passes-and-we-refute',
      engineSays: 'pass',
      weSay: 'refuse',
      why: expect.stringContaining('kyverno.io/verify-images'),
    });
    expect(kinds([], { facts: signed, question: forged })).toEqual([]);
    expect(kinds([], { question: claim({ [image]: 'skip' }) })).toEqual([]);
    expect(kinds([], { question: claim({ 'ghcr.io/acme/other:v1': 'pass' }) })).toEqual([]);
    expect(kinds([], { question: { claims: [{ 'kyverno.io/verify-images': '{' }] } })).toEqual([]);
    // What the report says already is not told twice.
    expect(kinds([report('web', 'pass')], { question: forged })).toEqual(['passes-and-we-refute']);
  });

  it('P02 claims that name their policy are about that policy', () => {
    const scoped = (policy: string) => ({
      claims: [
        {
          'kyverno.io/verify-images-scoped': JSON.stringify({
            version: 1,
            policies: { [policy]: { check: { [image]: 'pass' } } },
          }),
        },
      ],
    });
    expect(kinds([], { question: scoped('signed') })).toEqual(['passes-and-we-refute']);
    expect(kinds([], { question: scoped('other') })).toEqual([]);
  });

  it('suspects a defect that the decision names, with its source', () => {
    const attestations = [{ type: 'https://slsa.dev/provenance/v1' }];
    const attested = aVerdict(signer, {
      kind: 'cosign-attestation',
      proves: 'attested',
      predicateType: 'https://slsa.dev/provenance/v1',
    });
    const [found] = opinions([report('web', 'fail')], {
      facts: someFacts([attested]),
      policy: { verification: { attestors: [], attestations } },
    });
    expect(found).toMatchObject({
      kind: 'defect-suspected',
      source: 'https://github.com/kyverno/kyverno/issues/17125',
    });
  });

  it.each([
    ['v1.19.0', 'defect-suspected'],
    ['v1.18.1', 'fails-and-we-prove'],
    [undefined, 'fails-and-we-prove'],
  ])('suspects a defect of the version that runs: %s: %s', (version, kind) => {
    const reference = { group: 'policies.kyverno.io', kind: 'ImageValidatingPolicy' };
    const engines = [
      { engine: 'kyverno' as const, namespace: 'x', workload: 'x', ...(version && { version }) },
    ];
    const admission = anAdmission([aKyvernoPolicy('signed')], { engines });
    const decisions = admission
      .decide(pod, () => signed)
      .map((one) => ({
        ...one,
        policy: { ...one.policy, ...reference },
      }));
    const found = admission.disagreements({
      admitted: pod,
      decisions,
      reported: [{ engine: 'kyverno', policy: 'signed', result: 'fail', message: '', at }],
      statusOf: () => 'verified',
    });
    expect(found.map((one) => one.kind)).toEqual([kind]);
  });

  it('takes a constraint without a violation for no word at all', () => {
    const violations = [{ kind: 'Pod', name: 'other', namespace: 'shop', message: 'unsigned' }];
    const admission = anAdmission(
      aRatifyConstraint({}, { auditTimestamp: at, totalViolations: 30, violations }),
    );
    const found = admission.disagreements({
      admitted: pod,
      decisions: admission.decide(pod, () => unsigned),
      reported: [],
      statusOf: () => 'unsigned',
    });
    expect(found).toEqual([]);
    const [{ reference }] = admission.policies as [(typeof admission.policies)[number]];
    expect(admission.reported(reference)).toEqual({
      counts: { fail: 30 },
      notes: ['1 of 30 kept by the engine'],
    });
  });
});
