import { describe, expect, it } from 'vitest';
import { aPod, readAs, someDigest } from '#tests/builders/policy.ts';
import { defaultKyvernoConfiguration } from './configuration.ts';
import { decideImagePolicies } from './decide-image-policies.ts';

const signed = 'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)';
const aPolicy = (spec: object, kind = 'ImageValidatingPolicy', namespace?: string) =>
  readAs('image-validating-policy', {
    apiVersion: 'policies.kyverno.io/v1',
    kind,
    metadata: { name: 'signed', ...(namespace !== undefined && { namespace }) },
    spec: {
      matchConstraints: { resourceRules: [{ resources: ['pods'] }] },
      matchImageReferences: [{ glob: 'ghcr.io/*' }],
      validations: [{ expression: signed }],
      ...spec,
    },
  });
const decide = (policy: ReturnType<typeof aPolicy>, pod = aPod(`ghcr.io/a/b@${someDigest}`)) =>
  decideImagePolicies(
    [policy],
    [],
    { cluster: 'prod', configuration: defaultKyvernoConfiguration },
    pod,
  );

describe('ImageValidatingPolicy', () => {
  it('never guesses what an expression says', () => {
    expect(decide(aPolicy({}))).toMatchObject([{ mode: 'enforce', today: 'not-evaluated' }]);
  });

  it('says nothing about images that it does not choose, unless it asks for more than images', () => {
    const pod = aPod('quay.io/a/b');
    expect(decide(aPolicy({}), pod)).toEqual([]);
    const validations = [
      { expression: signed },
      { expression: 'object.spec.hostNetwork == false' },
    ];
    expect(decide(aPolicy({ validations }), pod)).toMatchObject([{ today: 'not-evaluated' }]);
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

  it('reaches controllers of pods unless it names none', () => {
    const pod = aPod(`ghcr.io/a/b@${someDigest}`, { group: 'apps', kind: 'Deployment' });
    expect(decide(aPolicy({}), pod)).toHaveLength(1);
    expect(decide(aPolicy({ autogen: { podControllers: { controllers: [] } } }), pod)).toEqual([]);
  });

  it('stays in its namespace where it has one', () => {
    const kind = 'NamespacedImageValidatingPolicy';
    expect(decide(aPolicy({}, kind, 'shop'))).toHaveLength(1);
    expect(decide(aPolicy({}, kind, 'other'))).toEqual([]);
  });
});
