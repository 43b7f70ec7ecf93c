import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  aKyvernoPolicy,
  anAdmission,
  aRatifyConstraint,
  aSigstorePolicy,
} from '#tests/builders/admission.ts';
import { aPod, someDigest, someFacts } from '#tests/builders/policy.ts';
import { enforcePatch, enforcing } from './enforce.ts';
import { unifiedDiff } from './unified-diff.ts';

const object = (apiVersion: string, kind: string, spec: object, metadata = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'signed', ...metadata },
  spec,
});
const group = 'admissionregistration.k8s.io/v1';
const policy = object(group, 'ValidatingAdmissionPolicy', {
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], operations: ['CREATE'], resources: ['pods'] }],
  },
  validations: [{ expression: 'true' }],
});
const audit = (verification = {}, spec = {}) =>
  aKyvernoPolicy('signed', {
    verification: { failureAction: 'Audit', ...verification },
    spec,
  });
const older = aKyvernoPolicy('signed', {
  verification: { failureAction: undefined as unknown as object },
  spec: {
    validationFailureAction: 'Audit' as unknown as object,
    validationFailureActionOverrides: [{ action: 'Audit', namespaces: ['shop'] }],
  },
});
const imagePolicy = object('policies.kyverno.io/v1', 'ImageValidatingPolicy', {
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], operations: ['CREATE'], resources: ['pods'] }],
  },
  validations: [{ expression: 'true' }],
  validationActions: ['Audit'],
});

describe('enforcing', () => {
  it.each([
    ['a ClusterPolicy with actions of its rules', [audit()]],
    ['a ClusterPolicy with an action of its own', [older]],
    ['an ImageValidatingPolicy', [imagePolicy]],
    ['a ClusterImagePolicy', [aSigstorePolicy('signed', { mode: 'warn' })]],
    ['a constraint in dryrun', aRatifyConstraint({ enforcementAction: 'dryrun' })],
    [
      'a constraint with scopes',
      aRatifyConstraint({
        enforcementAction: 'scoped',
        scopedEnforcementActions: [
          { action: 'warn', enforcementPoints: [{ name: 'validation.gatekeeper.sh' }] },
        ],
      }),
    ],
    [
      'a ValidatingAdmissionPolicy, by its binding',
      [
        policy,
        object(group, 'ValidatingAdmissionPolicyBinding', {
          policyName: 'signed',
          validationActions: ['Warn', 'Audit'],
        }),
      ],
    ],
    [
      'a policy of Kubewarden',
      [
        object('policies.kubewarden.io/v1', 'ClusterAdmissionPolicy', {
          module: 'registry/verify-image-signatures:v1',
          mode: 'monitor',
          rules: [{ resources: ['pods'] }],
        }),
      ],
    ],
  ])('makes %s enforce, and nothing else', (_, objects) => {
    const admission = anAdmission(objects);
    const [summary] = admission.policies;
    expect(summary?.mode).not.toBe('enforce');
    const untouched = structuredClone(objects);
    const changed = enforcing(objects, [summary!.reference]);
    expect(objects).toEqual(untouched);
    expect(anAdmission(changed as object[]).policies[0]?.mode).toBe('enforce');
    expect(changed.filter((one, index) => one !== objects[index])).toHaveLength(1);
    expect(enforcing(changed, [summary!.reference])).toEqual(changed);
    expect(enforcing(objects, [])).toEqual(objects);
  });

  it.each([
    ['actions of its rules', audit()],
    ['an action of its own', older],
  ])('makes a ClusterPolicy with %s enforce in chosen namespaces alone', (_, document) => {
    const { policies } = anAdmission([document]);
    const changed = enforcing([document], [policies[0]!.reference], { namespaces: ['shop'] });
    const today = (namespace: string) =>
      anAdmission(changed as object[])
        .decide(aPod(`ghcr.io/acme/a@${someDigest}`, { namespace }), () => someFacts([]))
        .map((one) => one.today);
    expect(today('shop')).toEqual(['refuse']);
    expect(today('other')).toEqual(['admit']);
  });
});

describe('enforcePatch', () => {
  it('writes a command that a shell takes as it is meant, and the difference', () => {
    const document = audit({ comment: "it's $(touch /tmp/x) `id` \u202e" }, {});
    const patch = enforcePatch({
      ...document,
      metadata: { name: 'a', namespace: "b'; true" },
    });
    const words = execFileSync('sh', [
      '-c',
      `kubectl() { printf '%s\\n' "$@"; }; ${patch?.command}`,
    ])
      .toString()
      .split('\n');
    expect(words).toEqual([
      'patch',
      "--namespace=b'; true",
      '--type=merge',
      expect.stringContaining('--patch={"spec":{"rules":['),
      '--',
      'clusterpolicy.v1.kyverno.io/a',
      '',
    ]);
    const sent = JSON.parse(words[3]?.slice('--patch='.length) ?? '');
    expect(sent.spec.rules[0].verifyImages[0]).toMatchObject({
      failureAction: 'Enforce',
      comment: "it's $(touch /tmp/x) `id` \u202e",
    });
    expect(patch?.command).not.toContain('\u202e');
    expect(patch?.diff).toMatch(/^-\s+failureAction: Audit\n\+\s+failureAction: Enforce$/m);
  });

  it('has nothing to say of what enforces, and of what it does not know', () => {
    expect(enforcePatch(aKyvernoPolicy('signed'))).toBeUndefined();
    expect(enforcePatch(aSigstorePolicy('signed'))).toBeUndefined();
    expect(enforcePatch({ apiVersion: 'v1', kind: 'Secret', spec: {} })).toBeUndefined();
    expect(enforcePatch('nothing')).toBeUndefined();
    const crooked = object('constraints.gatekeeper.sh/v1', 'X; id', { enforcementAction: 'warn' });
    expect(enforcePatch(crooked)).toBeUndefined();
  });
});

describe('unifiedDiff', () => {
  it.each([
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
    [
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      [1, 2, 30, 4, 5, 6, 7, 8, 9, 10, 12],
    ],
    [[], [1, 2]],
    [
      [1, 2, 3, 4],
      [4, 3, 2, 1, 0],
    ],
  ])('is what patch(1) needs to make the one of the other: %j', (before, after) => {
    const [old, young] = [stringify(before), stringify(after)];
    const dir = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-diff-'));
    try {
      const file = path.join(dir, 'x.yaml');
      writeFileSync(file, old);
      const diff = unifiedDiff('x.yaml', old, young);
      if (diff === '') return expect(old).toBe(young);
      execFileSync('git', ['apply', '--unsafe-paths', '-'], { input: diff, cwd: dir });
      expect(execFileSync('cat', [file]).toString()).toBe(young);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
