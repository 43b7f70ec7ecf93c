import { describe, expect, it } from 'vitest';
import {
  aPolicy,
  attestor,
  decide,
  image,
  issuer,
  signed,
  today,
  unsigned,
  validating,
  verified,
} from '#tests/builders/image-policy.ts';
import { aPod, aSigner, aVerdict, someFacts } from '#tests/builders/policy.ts';

describe('ImageValidatingPolicy', () => {
  it('admits what its attestor signed, and refuses what it did not', () => {
    expect(today(aPolicy())).toBe('admit');
    expect(decide(aPolicy(), aPod(image), { [image]: unsigned })).toMatchObject([
      { mode: 'enforce', today: 'refuse', why: 'validations[0] does not hold' },
    ]);
    const other = someFacts([aVerdict(aSigner('https://github.com/other/x', issuer))]);
    expect(today(aPolicy(), aPod(image), { [image]: other })).toBe('refuse');
  });

  it('says error where nobody could look', () => {
    expect(today(aPolicy(), aPod(image), {})).toBe('error');
    const incomplete = someFacts([], { incomplete: 'the registry did not answer' });
    expect(today(aPolicy(), aPod(image), { [image]: incomplete })).toBe('error');
  });

  it.each([
    ['verifyImageSignatures(images.containers[0], [attestors.a, attestors.b]) == 1', 'admit'],
    ['verifyImageSignatures(images.containers[0], [attestors.a, attestors.b]) > 1', 'refuse'],
    ['verifyImageSignatures("quay.io/other/x", [attestors.a]) == 0', 'admit'],
    ['variables.found > 0', 'admit'],
    ['size(images.initContainers) == 0 && images.containers.size() == 1', 'admit'],
    ['has(images.unheard)', 'refuse'],
    ['images.containers.all(i, parseImageReference(i).registry() == "ghcr.io")', 'admit'],
    ['images.containers.all(i, parseImageReference(i).containsDigest())', 'admit'],
    ['object.metadata.name == "web" && request.operation == "CREATE"', 'admit'],
    ['namespaceObject.metadata.name == "shop" && oldObject == null', 'admit'],
    ['request.userInfo.username == "system"', 'not-evaluated'],
    ['object.spec.hostNetwork == false', 'not-evaluated'],
    [
      'extractPayload(images.containers[0], attestations.sbom).format == "CycloneDX"',
      'not-evaluated',
    ],
    ['getImageData(images.containers[0]).config.user == "root"', 'not-evaluated'],
    ['resource.Get("v1", "secrets", "a", "b").data == "x"', 'not-evaluated'],
    ['verifyAttestationSignatures(images.containers[0], "unheard", [attestors.a]) > 0', 'error'],
    ['"text"', 'error'],
  ])('evaluates %s: %s', (expression, outcome) => {
    const policy = validating(expression, {
      attestors: [attestor(), { ...attestor({ issuer, subject: 'https://else' }), name: 'b' }],
      attestations: [{ name: 'sbom', intoto: { type: 'https://spdx.dev/Document' } }],
      variables: [
        { name: 'found', expression: 'verifyImageSignatures(images.containers[0], [attestors.a])' },
      ],
      validationConfigurations: { required: false },
    });
    expect(today(policy)).toBe(outcome);
  });

  describe('of several containers', () => {
    const other = image.replace('/b@', '/c@');
    const pod = aPod(image, {
      containers: [
        { name: 'web', kind: 'main', image },
        { name: 'log', kind: 'main', image: other },
      ],
    });

    it('tells which is to blame', () => {
      expect(decide(aPolicy(), pod, { [image]: signed, [other]: unsigned })).toMatchObject([
        { container: 'web', today: 'admit' },
        { container: 'log', today: 'refuse' },
      ]);
    });

    it('refuses beside one that could not be looked at', () => {
      expect(decide(aPolicy(), pod, { [other]: unsigned })).toMatchObject([
        { container: 'web', today: 'error' },
        { container: 'log', today: 'refuse' },
      ]);
    });

    it('blames all of them for what they are together', () => {
      const one = validating('size(images.containers) == 1');
      expect(decide(one, pod, {}).map((decision) => decision.today)).toEqual(['refuse', 'refuse']);
      const two = validating('size(object.spec.containers) == 2');
      expect(today(two, pod, {})).toBe('admit');
    });

    it('looks at those alone that it chooses', () => {
      const policy = aPolicy({ matchImageReferences: [{ glob: 'ghcr.io/a/b*' }] });
      expect(decide(policy, pod, { [image]: signed })).toMatchObject([{ container: 'web' }]);
    });

    it('says nothing of mounted images', () => {
      const mounted = { name: 'data', kind: 'image-volume', image: other } as const;
      const decisions = decide(aPolicy(), {
        ...pod,
        containers: [...aPod(image).containers, mounted],
      });
      expect(decisions).toMatchObject([{ container: 'web', today: 'admit' }]);
    });
  });

  it('says nothing about images that it does not choose, unless it asks for more than images', () => {
    const pod = aPod('quay.io/a/b');
    expect(decide(aPolicy(), pod)).toEqual([]);
    const validations = [
      { expression: verified },
      { expression: 'object.spec.hostNetwork == false' },
    ];
    expect(decide(aPolicy({ validations }), pod)).toMatchObject([{ today: 'not-evaluated' }]);
    expect(decide(validating('size(images.containers) > 0'), pod)).toMatchObject([
      { today: 'refuse' },
    ]);
  });

  it.each([
    ['ref.startsWith("ghcr.io/")', 'admit'],
    ['ref.startsWith("quay.io/")', undefined],
    ['parseImageReference(ref).registry() == "ghcr.io"', 'admit'],
    ['nobody(ref)', 'not-evaluated'],
  ])('chooses images by %s: %s', (expression, outcome) => {
    expect(today(aPolicy({ matchImageReferences: [{ expression }] }))).toBe(outcome);
  });

  it.each([
    ['object.metadata.labels.app == "shop"', 'refuse'],
    ['object.metadata.labels.app == "other"', undefined],
    ['object.metadata.annotations["a"] == "b"', 'not-evaluated'],
    ['object.metadata.labels.team == "x"', 'error'],
  ])('under the condition %s: %s', (expression, outcome) => {
    const policy = aPolicy({ matchConditions: [{ name: 'c', expression }] });
    const pod = aPod(image, { labels: { app: 'shop' } });
    expect(today(policy, pod, { [image]: unsigned })).toBe(outcome);
  });

  it('is left out where a condition fails and its failure policy lets it', () => {
    const matchConditions = [{ name: 'c', expression: 'object.metadata.labels.team == "x"' }];
    const policy = aPolicy({ matchConditions, failurePolicy: 'Ignore' });
    expect(decide(policy, aPod(image, { labels: { app: 'x' } }), { [image]: unsigned })).toEqual(
      [],
    );
  });

  it('refuses a tag where it adds no digest and demands one', () => {
    const validationConfigurations = { mutateDigest: false };
    const policy = aPolicy({ validationConfigurations });
    expect(decide(policy, aPod('ghcr.io/a/b:v1'))).toMatchObject([{ today: 'refuse' }]);
    const audited = aPolicy({ validationConfigurations, validationActions: ['Audit'] });
    expect(decide(audited, aPod('ghcr.io/a/b:v1'))).toMatchObject([
      { mode: 'audit', today: 'admit', enforced: 'refuse' },
    ]);
  });

  it('shows validations the digest that it adds', () => {
    const policy = validating('images.containers.all(i, parseImageReference(i).containsDigest())');
    expect(today(policy, aPod('ghcr.io/a/b:v1'), { 'ghcr.io/a/b:v1': signed })).toBe('admit');
    expect(today(aPolicy(), aPod('ghcr.io/a/b:v1'), { 'ghcr.io/a/b:v1': signed })).toBe('admit');
  });

  it('reaches controllers of pods unless it names none', () => {
    const pod = aPod(image, { group: 'apps', kind: 'Deployment' });
    expect(decide(aPolicy(), pod)).toHaveLength(1);
    expect(decide(aPolicy({ autogen: { podControllers: { controllers: [] } } }), pod)).toEqual([]);
    const labelled = {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      objectSelector: { matchLabels: { app: 'shop' } },
    };
    expect(
      decide(aPolicy({ matchConstraints: labelled }), { ...pod, labels: { app: 'shop' } }),
    ).toEqual([]);
  });

  it('reads pods out of what makes them', () => {
    const pod = aPod(image, { group: 'batch', kind: 'CronJob' });
    const policy = validating('object.spec.containers.all(c, c.image.startsWith("ghcr.io/a/"))');
    expect(today(policy, pod)).toBe('admit');
    const rules = [{ apiGroups: ['batch'], apiVersions: ['v1'], resources: ['cronjobs'] }];
    const own = validating('object.spec.jobTemplate.spec.template.spec.containers.size() == 1', {
      matchConstraints: { resourceRules: rules },
    });
    expect(today(own, pod)).toBe('admit');
  });

  it('stays in its namespace where it has one', () => {
    const kind = 'NamespacedImageValidatingPolicy';
    expect(decide(aPolicy({}, kind, 'shop'))).toHaveLength(1);
    expect(decide(aPolicy({}, kind, 'other'))).toEqual([]);
  });

  it('warns of versions that check what no policy verified', () => {
    expect(decide(validating('true'))).toMatchObject([
      { today: 'admit', engineMayDiffer: expect.stringContaining('required') },
    ]);
    expect(decide(aPolicy())[0]?.engineMayDiffer).toBeUndefined();
  });

  it('knows defects of a version', () => {
    const policy = aPolicy({ attestations: [{ name: 'a', intoto: { type: 'x' } }] });
    const differs = (version: string) =>
      decide(policy, aPod(image), { [image]: signed }, version)[0]?.engineMayDiffer;
    expect(differs('v1.19.0')).toContain('/16678');
    expect(differs('v1.19.1')).toBeUndefined();
  });

  it('names what of it is not evaluated, and nothing else', () => {
    expect(aPolicy().summary?.unevaluated).toEqual([]);
    const policy = validating(
      'extractPayload(ref, attestations.a).x == globalContext.Get("a", "b")',
      {
        matchConditions: [{ name: 'c', expression: 'has(object.metadata.labels) && !broken(' }],
      },
    );
    expect(policy.summary?.unevaluated).toEqual([
      expect.stringContaining('matchConditions c: the expression is not understood here'),
      'validations[0]: the function extractPayload is not evaluated here',
      'validations[0]: ref is not known here',
      'validations[0]: the function globalContext.Get is not evaluated here',
    ]);
  });
});
