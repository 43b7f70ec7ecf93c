import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedPolicies, policySeeds } from '#tests/builders/policy-documents.ts';
import { readPolicy } from './read-policy.ts';

const named = (apiVersion: string, kind: string, name = 'one') => ({
  apiVersion,
  kind,
  metadata: { name },
});

describe('readPolicy', () => {
  it.each([
    ['Portieris', 'portieris.cloud.ibm.com/v1'],
    ['OpenShift', 'config.openshift.io/v1'],
  ])('never takes the ClusterImagePolicy of %s for one of policy-controller', (_, apiVersion) => {
    const reading = readPolicy('prod', {
      ...named(apiVersion, 'ClusterImagePolicy'),
      spec: { images: [{ glob: '**' }], authorities: [{ static: { action: 'pass' } }] },
    });
    const content = reading.kind === 'read' ? reading.value.content : undefined;
    expect(content).not.toMatchObject({ type: 'cluster-image-policy' });
  });

  it.each([
    ['an object of a group that nobody knows', named('example.org/v1', 'Policy')],
    ['a ConfigMap of somebody else', named('v1', 'ConfigMap')],
    [
      'a kind of Kyverno that decides nothing about images',
      named('kyverno.io/v2', 'CleanupPolicy'),
    ],
  ])('tells %s by its name', (_, document) => {
    expect(readPolicy('prod', document)).toMatchObject({
      kind: 'unread',
      reference: { name: 'one' },
      problem: { message: expect.stringContaining('one') },
    });
  });

  it.each([
    ['no object', 7],
    ['nothing', undefined],
    ['an object without a name', { apiVersion: 'kyverno.io/v1', kind: 'Policy' }],
  ])('refuses %s', (_, document) => {
    expect(readPolicy('prod', document)).toMatchObject({ kind: 'refused' });
  });

  it.each(policySeeds.map((seed) => [`${seed.kind} ${seed.metadata.name}`, seed] as const))(
    'reads %s',
    (_, seed) => {
      expect(readPolicy('prod', seed)).toMatchObject({ kind: 'read' });
    },
  );

  it('answers whatever one field is changed to', () => {
    fc.assert(
      fc.property(changedPolicies, (document) => {
        expect(['read', 'refused', 'unread']).toContain(readPolicy('prod', document).kind);
      }),
      { numRuns: 500 },
    );
  });
});
