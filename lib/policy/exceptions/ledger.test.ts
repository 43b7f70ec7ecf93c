import { describe, expect, it } from 'vitest';
import type { BypassSubject } from '#lib/model/bypass.ts';
import type { LedgerEntry } from '#lib/policy/admission.ts';
import {
  aKyvernoPolicy,
  anAdmission,
  aRatifyConstraint,
  aSigstorePolicy,
  aWebhook,
  noWebhooks,
} from '#tests/builders/admission.ts';

const web: BypassSubject = {
  namespace: 'shop',
  labels: { app: 'web' },
  mirror: false,
  containerKinds: ['main'],
  kind: 'Deployment',
  names: ['web', 'web-1'],
};
const image = 'ghcr.io/acme/shop:v1';
const [shop, other] = [
  { name: 'shop', labels: { team: 'shop' } },
  { name: 'other', labels: {} },
];
const namespaces = [shop, other];
const exceptions = (objects: readonly object[], served = false) =>
  anAdmission(objects, { namespaces, unreadable: served ? [] : noWebhooks }).exceptions;
const only = (objects: readonly object[], kind: LedgerEntry['kind'], served = false) => {
  const found = exceptions(objects, served).filter((one) => one.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
};

const ruleException = (
  match: object,
  { metadata = {}, rules = ['check'], policy = 'signed' } = {},
) => ({
  apiVersion: 'kyverno.io/v2',
  kind: 'PolicyException',
  metadata: { name: 'web', namespace: 'exceptions', ...metadata },
  spec: { match, exceptions: [{ policyName: policy, ruleNames: rules }] },
});
const resources = (more: object = {}) => ({
  any: [{ resources: { kinds: ['Pod', 'Deployment'], ...more } }],
});
const config = (name: string, data: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'engines' },
  data,
});
const admissionController = (...args: readonly string[]) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'kyverno-admission-controller', namespace: 'kyverno' },
  spec: { template: { spec: { containers: [{ args }] } } },
});

describe('the exception ledger', () => {
  it('P04 has PolicyExceptions of rules, with whom they cover', () => {
    const entry = only(
      [
        aKyvernoPolicy('signed'),
        ruleException(resources({ namespaces: ['shop'], names: ['web*'] }), {
          metadata: {
            creationTimestamp: '2026-01-01T00:00:00Z',
            labels: { 'acme.example/owner': 'shop' },
            annotations: { 'valid-until': '2026-03-01' },
          },
        }),
      ],
      'policy-exception',
    );
    expect(entry).toMatchObject({
      engine: 'kyverno',
      policy: { name: 'signed' },
      owner: 'shop',
      expiresAt: '2026-03-01T23:59:59.000Z',
      createdAt: '2026-01-01T00:00:00Z',
      tooBroad: false,
      notHonoured: 'nobody knows whether the engine honours exceptions',
    });
    expect(entry.covers(web, image)).toBe(true);
    expect(entry.covers({ ...web, namespace: 'other' }, image)).toBe(false);
    expect(entry.covers({ ...web, names: ['api'] }, image)).toBe(false);
  });

  it.each([
    [['--enablePolicyException=false'], 'the engine honours no exceptions'],
    [
      ['--enablePolicyException=true', '--exceptionNamespace=security'],
      'the engine honours exceptions of another namespace only',
    ],
    [['--enablePolicyException=true', '--exceptionNamespace=exceptions'], undefined],
    [['--enablePolicyException=true', '--exceptionNamespace=*'], undefined],
    [['--exceptionNamespace=*'], 'nobody knows whether the engine honours exceptions'],
    [['--enablePolicyException=true'], 'nobody knows whether the engine honours exceptions'],
  ])('P04 says whether Kyverno honours exceptions: %j', (args, why) => {
    const objects = [
      aKyvernoPolicy('signed'),
      ruleException(resources()),
      admissionController(...args),
    ];
    const entry = only(objects, 'policy-exception');
    expect(entry.notHonoured).toBe(why);
    const bypassed = anAdmission(objects).bypasses.some(({ code }) => code === 'exception');
    expect(bypassed).toBe(why === undefined || why.startsWith('nobody'));
  });

  it('P04 without a namespace Kyverno honours none since 1.13', () => {
    const objects = [
      aKyvernoPolicy('signed'),
      ruleException(resources()),
      admissionController('--enablePolicyException=true'),
    ];
    const notHonoured = (version: string) => {
      const engines = [{ engine: 'kyverno' as const, version, namespace: 'x', workload: 'x' }];
      return anAdmission(objects, { engines }).exceptions.map((one) => one.notHonoured);
    };
    expect(notHonoured('v1.13.0')).toEqual(['the engine honours no exceptions']);
    expect(notHonoured('v1.12.6')).toEqual(['nobody knows whether the engine honours exceptions']);
  });

  it.each([
    [resources(), true],
    [resources({ namespaces: ['*'] }), true],
    [resources({ namespaces: ['shop'] }), false],
    [resources({ selector: { matchLabels: { app: 'web' } } }), false],
    [{ any: [...resources({ names: ['web'] }).any, ...resources().any] }, true],
  ])('an exception of rules that names nothing is too broad: %j', (match, tooBroad) => {
    const entry = only([aKyvernoPolicy('signed'), ruleException(match)], 'policy-exception');
    expect(entry.tooBroad).toBe(tooBroad);
  });

  it('an exception from a policy that is not there covers nobody, and is told', () => {
    const entry = only([ruleException(resources(), { policy: 'gone' })], 'policy-exception');
    expect(entry.why).toContain('which is not there');
    expect(entry.covers(web, image)).toBe(false);
  });

  it('P04 has PolicyExceptions from policies in CEL, also expired ones', () => {
    const objects = [
      {
        apiVersion: 'policies.kyverno.io/v1',
        kind: 'ImageValidatingPolicy',
        metadata: { name: 'signed' },
        spec: {
          attestors: [{ name: 'a', cosign: { key: { data: '' } } }],
          validations: [
            {
              expression:
                'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)',
            },
          ],
        },
      },
      {
        apiVersion: 'policies.kyverno.io/v1',
        kind: 'PolicyException',
        metadata: { name: 'shop', namespace: 'x' },
        spec: {
          policyRefs: [{ name: 'signed', kind: 'ImageValidatingPolicy' }],
          images: ['ghcr.io/acme/*'],
          properties: { owner: 'shop' },
          expiresAt: '2026-01-01T00:00:00Z',
        },
      },
    ];
    const entry = only(objects, 'policy-exception');
    expect(entry).toMatchObject({ owner: 'shop', expiresAt: '2026-01-01T00:00:00.000Z' });
    expect(entry.covers(web, image)).toBe(true);
    expect(entry.covers(web, 'docker.io/acme/shop')).toBe(false);
  });

  it('P04 has skipImageReferences', () => {
    const entry = only(
      [aKyvernoPolicy('signed', { verification: { skipImageReferences: ['ghcr.io/acme/shop*'] } })],
      'skip-image-references',
    );
    expect(entry).toMatchObject({ tooBroad: false, policy: { name: 'signed' } });
    expect(entry.covers(web, image)).toBe(true);
    expect(entry.covers(web, 'ghcr.io/acme/other')).toBe(false);
    expect(entry.covers(web, 'quay.io/acme/shop')).toBe(false);
  });

  it('P04 has static passes', () => {
    const policy = aSigstorePolicy('lax', {
      authorities: [{ static: { action: 'pass' } }],
      images: [{ glob: 'ghcr.io/**' }],
    });
    const entry = only([policy], 'static-pass');
    expect(entry).toMatchObject({ tooBroad: true, why: expect.stringContaining('static: pass') });
    expect(entry.covers(web, image)).toBe(true);
    expect(entry.covers(web, 'quay.io/acme/shop')).toBe(false);
  });

  it('P04 has constraints in dryrun that are about images', () => {
    const entry = only(
      aRatifyConstraint({ enforcementAction: 'dryrun', match: { namespaces: ['shop'] } }),
      'dry-run',
    );
    expect(entry.covers(web)).toBe(true);
    expect(entry.covers({ ...web, namespace: 'other' })).toBe(false);
    expect(exceptions(aRatifyConstraint({ enforcementAction: 'deny' }))).toEqual([]);
  });

  it('P04 has trust policies of Notation with the level skip', () => {
    const trustPolicies = [
      {
        name: 'lax',
        registryScopes: ['ghcr.io/acme/shop'],
        signatureVerification: { level: 'skip' },
      },
      { name: 'strict', registryScopes: ['*'], signatureVerification: { level: 'strict' } },
    ];
    const entry = only(
      [
        {
          apiVersion: 'config.ratify.deislabs.io/v1beta1',
          kind: 'Verifier',
          metadata: { name: 'verifier-notation' },
          spec: {
            name: 'notation',
            artifactTypes: 'application/vnd.cncf.notary.signature',
            parameters: { trustPolicyDoc: { version: '1.0', trustPolicies } },
          },
        },
      ],
      'notation-skip',
    );
    expect(entry).toMatchObject({ engine: 'gatekeeper', tooBroad: false });
    expect(entry.covers(web, image)).toBe(true);
    expect(entry.covers(web, 'ghcr.io/acme/other')).toBe(false);
  });

  it('has namespaces that filters and webhooks leave out, with their owners', () => {
    const filtered = only(
      [
        aKyvernoPolicy('signed'),
        config('kyverno', { resourceFilters: '[*/*,shop,*][Pod,other,one]' }),
      ],
      'exempt-namespace',
    );
    expect(filtered).toMatchObject({ owner: 'shop', scope: 'the namespace shop' });
    expect(filtered.covers(web)).toBe(true);
    const unselected = only(
      [aWebhook('kyverno', { namespaceSelector: { matchLabels: { team: 'shop' } } })],
      'exempt-namespace',
      true,
    );
    expect(unselected).toMatchObject({ scope: 'the namespace other' });
  });

  it('has namespaces that did not opt in, and images that no policy names', () => {
    const objects = [
      aSigstorePolicy('signed'),
      config('config-policy-controller', { 'no-match-policy': 'allow' }),
    ];
    const [noMatch, ...notOptedIn] = exceptions(objects);
    expect(notOptedIn.map(({ kind, scope }) => `${kind}: ${scope}`)).toEqual([
      'not-opted-in: the namespace shop',
      'not-opted-in: the namespace other',
    ]);
    expect(noMatch).toMatchObject({ kind: 'no-match-allow', tooBroad: true });
    expect(noMatch?.covers(web, image)).toBe(false);
    expect(noMatch?.covers(web, 'quay.io/acme/shop')).toBe(true);
  });

  it('has webhooks that let pods in when they fail', () => {
    const entry = only(
      [aWebhook('gatekeeper', { failurePolicy: 'Ignore' })],
      'failure-policy-ignore',
      true,
    );
    expect(entry.covers(web)).toBe(true);
    expect(exceptions([aWebhook('gatekeeper')], true)).toEqual([]);
  });
});
