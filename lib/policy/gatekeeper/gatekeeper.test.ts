import { describe, expect, it } from 'vitest';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { readConstraint } from './constraint.ts';
import { type ConstraintTemplate, readConstraintTemplate } from './constraint-template.ts';
import { decideConstraint } from './decide.ts';
import { fitsGlob } from './match.ts';
import { libraryRules, regoDigest } from './recognised-rules.ts';
import { isExempt, readConfig } from './settings.ts';
import { violationsReport } from './violations-report.ts';

/** A rule of our own; what a rule of the library says is put beside it, found by its digest. */
const rego = 'package own\n\nviolation[{"msg": "no # digest"}] { input.pinned == false }\n';
const ruleOf = (kind: string, digest: string) => libraryRules[`${kind} ${digest}`]!;
const imageDigests = ruleOf(
  'K8sImageDigests',
  'ae5da7e66bccf3c48be923a9d7c62790f3575925990982a4f4404d766084adcf',
);

const templateDocument = (text: string, kind = 'K8sImageDigests') => ({
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: kind.toLowerCase() },
  spec: {
    crd: { spec: { names: { kind } } },
    targets: [{ target: 'admission.k8s.gatekeeper.sh', rego: text }],
  },
});
const readOf = <T>(read: { kind: string; value?: T; problems?: unknown }): T => {
  if (read.value === undefined) throw new TypeError(JSON.stringify(read.problems));
  return read.value;
};
const template = (text = rego) => readOf(readConstraintTemplate('prod', templateDocument(text)));
const constraintDocument = (spec: object = {}, status?: object) => ({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind: 'K8sImageDigests',
  metadata: { name: 'pinned' },
  spec,
  ...(status && { status }),
});
const constraint = (spec: object = {}, status?: object) =>
  readOf(readConstraint('prod', constraintDocument(spec, status)));

const pod = (change: Partial<AdmittedObject> = {}): AdmittedObject => ({
  group: '',
  kind: 'Pod',
  namespace: 'shop',
  name: 'web',
  labels: { app: 'web' },
  namespaceLabels: { env: 'prod' },
  containers: [
    { name: 'web', kind: 'main', image: 'nginx:1' },
    { name: 'pinned', kind: 'main', image: `nginx@sha256:${'a'.repeat(64)}` },
  ],
  ...change,
});

describe('readConstraintTemplate', () => {
  it('names the providers that rego asks, and the failures that it never looks at', () => {
    const asking = `package x
      answer := external_data({"provider": "ratify", "keys": images}) # not its system_error
      violation[{"msg": msg}] { count(answer.errors) > 0 }`;
    expect(template(asking)).toMatchObject({
      languages: ['Rego'],
      providers: ['ratify'],
      unheededFailures: ['system_error'],
    });
    expect(template(asking)).not.toHaveProperty('rule');
  });

  it.each([
    ['a name that is not its kind', { metadata: { name: 'other' } }, 'metadata.name'],
    [
      'no target',
      { spec: { crd: { spec: { names: { kind: 'A' } } }, targets: [] } },
      'spec.targets',
    ],
  ])('refuses %s', (_, change, path) => {
    expect(readConstraintTemplate('prod', { ...templateDocument(rego), ...change })).toMatchObject({
      kind: 'refused',
      problems: [{ path }],
    });
  });
});

describe('readConstraint', () => {
  const scoped = (...actions: [string, string][]) => ({
    enforcementAction: 'scoped',
    scopedEnforcementActions: actions.map(([action, name]) => ({
      action,
      enforcementPoints: [{ name }],
    })),
  });

  it.each([
    [{}, 'enforce'],
    [{ enforcementAction: '' }, 'enforce'],
    [{ enforcementAction: 'warn' }, 'warn'],
    [{ enforcementAction: 'dryrun' }, 'audit'],
    [{ enforcementAction: 'foo' }, 'audit'],
    [scoped(['deny', 'validation.gatekeeper.sh']), 'enforce'],
    [scoped(['deny', 'vap.k8s.io']), 'enforce'],
    [scoped(['warn', '*']), 'warn'],
    [scoped(['deny', 'audit.gatekeeper.sh']), 'audit'],
    [scoped(['deny', 'audit.gatekeeper.sh'], ['warn', 'validation.gatekeeper.sh']), 'warn'],
    [scoped(['deny', 'gator.gatekeeper.sh']), 'none'],
  ])('P04 reads %j as %s', (spec, mode) => {
    expect(constraint(spec).mode).toBe(mode);
  });

  it('says how many violations the engine kept', () => {
    const violation = {
      kind: 'Pod',
      version: 'v1',
      namespace: 'shop',
      name: 'web',
      message: 'bad',
    };
    const read = constraint({}, { totalViolations: 153, violations: [violation] });
    expect(violationsReport(read)).toMatchObject({
      total: 153,
      notes: ['1 of 153 kept by the engine'],
      results: [{ source: 'gatekeeper', policy: 'pinned', result: 'fail', message: 'bad' }],
    });
  });

  it('names the field that is wrong', () => {
    const document = constraintDocument({ match: { kinds: 'Pod' } });
    expect(readConstraint('prod', document)).toMatchObject({
      problems: [{ path: 'spec.match.kinds' }],
    });
  });
});

describe('decideConstraint', () => {
  const known = { ...template(), rule: imageDigests };
  const decide = (spec: object, object = pod(), used: ConstraintTemplate = known) =>
    decideConstraint({ constraint: constraint(spec), template: used, object });

  it.each([
    ['deny', 'refuse'],
    ['warn', 'warn'],
    ['dryrun', 'admit'],
  ])('under %s does today: %s', (enforcementAction, today) => {
    expect(decide({ enforcementAction })).toMatchObject([
      { container: 'web', today, enforced: 'refuse', why: expect.stringContaining('no digest') },
      { container: 'pinned', today: 'admit', enforced: 'admit' },
    ]);
  });

  it('knows a rule by every word of it, not by its comments or layout', () => {
    expect(regoDigest([`# the same\n${rego.replaceAll(' ', '  ')}`])).toBe(regoDigest([rego]));
    expect(regoDigest([rego.replace('false', 'true')])).not.toBe(regoDigest([rego]));
    expect(regoDigest([rego.replace('no # digest', 'no # other')])).not.toBe(regoDigest([rego]));
    expect(regoDigest([rego, rego])).not.toBe(regoDigest([rego]));
  });

  it('evaluates nothing of rego that it does not know', () => {
    expect(decide({}, pod(), template())[0]).toMatchObject({
      today: 'not-evaluated',
      enforced: 'not-evaluated',
    });
  });

  it('knows that dryrun stops nothing even where nobody runs the rego', () => {
    const [decision] = decide({ enforcementAction: 'dryrun' }, pod(), template());
    expect(decision).toMatchObject({ today: 'admit', enforced: 'not-evaluated' });
  });

  it('P01 sees that an early template lets ephemeral containers and image volumes pass', () => {
    const containers = (['init', 'ephemeral', 'image-volume'] as const).map((kind) => ({
      name: kind,
      kind,
      image: 'nginx:1',
    }));
    expect(decide({}, pod({ containers })).map(({ enforced }) => enforced)).toEqual([
      'refuse',
      'admit',
      'admit',
    ]);
  });

  it('finds no fault with an object whose pods it never sees', () => {
    const deployment = pod({ group: 'apps', kind: 'Deployment' });
    expect(decide({}, deployment)[0]).toMatchObject({ enforced: 'admit' });
  });

  it.each([
    [{ kinds: [{ apiGroups: [''], kinds: ['Pod'] }] }, true],
    [{ kinds: [{ apiGroups: ['apps'], kinds: ['*'] }] }, false],
    [{ namespaces: ['sh*'] }, true],
    [{ namespaces: ['default'] }, false],
    [{ excludedNamespaces: ['*op'] }, false],
    [{ scope: 'Cluster' }, false],
    [{ scope: 'Namespaced' }, true],
    [{ labelSelector: { matchLabels: { app: 'api' } } }, false],
    [{ namespaceSelector: { matchLabels: { env: 'prod' } } }, true],
    [{ namespaceSelector: { matchLabels: { env: 'test' } } }, false],
    [{ name: 'web' }, true],
    [{ name: 'api-*' }, false],
    [{ source: 'Generated' }, false],
  ])('with match %j is about the pod: %s', (match, expected) => {
    expect(decide({ match }).length > 0).toBe(expected);
  });

  it('leaves it open where labels of the namespace decide and nobody knows them', () => {
    const { namespaceLabels: _, ...object } = pod();
    const match = { namespaceSelector: { matchLabels: { env: 'prod' } } };
    expect(decide({ match }, object)[0]).toMatchObject({ today: 'not-evaluated' });
  });

  it('leaves it open where parameters are not what the rule reads', () => {
    const rule = { ...imageDigests, lists: ['exemptImages'] };
    const odd = { parameters: { exemptImages: 'nginx' } };
    expect(decide(odd, pod(), { ...known, rule })[0]).toMatchObject({ enforced: 'not-evaluated' });
  });
});

describe('rules of the library', () => {
  const [repos, tags] = [{ repos: ['ghcr.io/acme/'] }, { tags: ['latest'] }];
  const keys = {
    repos: ['K8sAllowedRepos', 'fae270002c44a7df8ad5c718ef23af2d68aa6c066eef6132d123b3a3cbc638c4'],
    images: [
      'K8sAllowedReposv2',
      '4cb3952752a27e7be7e2430193f6c24d5dc2e4fc10f873946aaa94a190fc3e1f',
    ],
    banned: [
      'K8sDisallowedRepos',
      '897d84018abf387bc8326ed3b9900022cfbb8edc4d111831d0a6fd0b13dd517e',
    ],
    tags: ['K8sDisallowedTags', 'b8cf158e79d4faece62a09b3dad5ae11dc2ddaa59574e5db62d4dfa0569dfd9a'],
    tagsBefore: [
      'K8sDisallowedTags',
      '654c21d5e10586c4987cc09624683addce151c91a2fe38f24a646693048b74fd',
    ],
  } as const;

  it.each([
    ['repos', repos, 'ghcr.io/acme/web:1', false],
    ['repos', repos, 'ghcr.io/acme-evil/web:1', true],
    ['repos', {}, 'nginx', false],
    ['repos', { repos: [] }, 'nginx', true],
    ['images', { allowedImages: ['ghcr.io/acme/*', 'nginx:1'] }, 'ghcr.io/acme/a/b', false],
    ['images', { allowedImages: ['ghcr.io/acme/*', 'nginx:1'] }, 'nginx:10', true],
    ['banned', { repos: ['k8s.gcr.io/'] }, 'k8s.gcr.io/pause:3', true],
    ['banned', { repos: ['k8s.gcr.io/'] }, 'registry.k8s.io/pause:3', false],
    ['tags', tags, 'nginx:latest', true],
    ['tags', tags, 'nginx:1', false],
    ['tags', tags, 'nginx', true],
    ['tags', tags, 'localhost:5000/nginx', true],
    ['tagsBefore', tags, 'localhost:5000/nginx', false],
    ['tags', { ...tags, exemptImages: ['nginx:*'] }, 'nginx:latest', false],
  ] as const)('%s with %j find fault with %s: %s', (name, parameters, image, expected) => {
    const [kind, digest] = keys[name];
    const fault = ruleOf(kind, digest).faultOf(image, parameters);
    expect(fault !== undefined).toBe(expected);
  });
});

describe('globs and exemptions', () => {
  it.each([
    ['kube-*', 'kube-system', true],
    ['*-system', 'kube-system', true],
    ['*ube*', 'kube-system', true],
    ['kube*tem', 'kube-system', false],
    ['kube', 'kube-system', false],
  ])('%s on %s: %s', (glob, text, expected) => {
    expect(fitsGlob(glob, text)).toBe(expected);
  });

  it('knows namespaces that the webhook leaves out', () => {
    const config = readOf(
      readConfig('prod', {
        apiVersion: 'config.gatekeeper.sh/v1alpha1',
        kind: 'Config',
        metadata: { name: 'config' },
        spec: { match: [{ excludedNamespaces: ['kube-*'], processes: ['audit'] }] },
      }),
    );
    expect(isExempt(config, 'audit', 'kube-system')).toBe(true);
    expect(isExempt(config, 'webhook', 'kube-system')).toBe(false);
  });
});
