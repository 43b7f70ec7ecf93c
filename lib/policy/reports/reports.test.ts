import { describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import { readAnnotationClaims } from './annotation-claims.ts';
import { readReport } from './read-report.ts';

const report = (apiVersion: string, kind: string, content: object) => ({
  apiVersion,
  kind,
  metadata: { name: 'r', namespace: 'shop' },
  ...content,
});
const result = { source: 'kyverno', policy: 'signed', rule: 'images', result: 'fail' };
const scope = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u1' };

describe('readReport', () => {
  it.each([
    ['wgpolicyk8s.io/v1alpha2', 'PolicyReport', { scope, results: [result] }],
    ['wgpolicyk8s.io/v1beta1', 'ClusterPolicyReport', { scope, results: [result] }],
    [
      'wgpolicyk8s.io/v1alpha1',
      'PolicyReport',
      { scope, results: [{ ...result, result: undefined, status: 'fail' }] },
    ],
    [
      'openreports.io/v1alpha1',
      'Report',
      { source: 'kyverno', scope, results: [{ ...result, source: undefined }] },
    ],
    ['reports.kyverno.io/v1', 'EphemeralReport', { spec: { owner: scope, results: [result] } }],
    ['kyverno.io/v1alpha2', 'AdmissionReport', { spec: { owner: scope, results: [result] } }],
  ])('reads %s %s', (apiVersion, kind, content) => {
    const document = JSON.parse(JSON.stringify(report(apiVersion, kind, content)));
    expect(readReport('prod', document)).toMatchObject({
      kind: 'read',
      value: { total: 1, notes: [], results: [{ ...result, resources: [scope] }] },
    });
  });

  it('says where the summary counts otherwise', () => {
    const content = { results: [result], summary: { pass: 3, fail: 1 } };
    expect(
      readReport('prod', report('wgpolicyk8s.io/v1alpha2', 'PolicyReport', content)),
    ).toMatchObject({ value: { notes: ['the summary counts 3 pass, and the results hold 0'] } });
  });

  it.each([
    [{ seconds: 1679565894, nanos: 0 }, '2023-03-23T10:04:54.000Z'],
    [{ seconds: 1628548814, nanos: -879126275 }, '2021-08-09T22:40:13.121Z'],
    [{ seconds: 1e300 }, undefined],
  ])('reads the time %j as %s', (timestamp, at) => {
    const content = { results: [{ ...result, timestamp }] };
    const read = readReport('prod', report('wgpolicyk8s.io/v1alpha2', 'PolicyReport', content));
    if (read.kind !== 'read') throw new TypeError();
    expect(read.value.results[0]?.at).toBe(at);
  });

  it('makes no result of a word that it does not know, and cuts what is too long', () => {
    const odd = { ...result, result: 'fine', message: '<b>'.repeat(5_000) };
    const read = readReport(
      'prod',
      report('wgpolicyk8s.io/v1alpha2', 'PolicyReport', { results: [odd] }),
    );
    if (read.kind !== 'read') throw new TypeError();
    expect(read.value.results[0]?.result).toBe('unstated');
    expect(read.value.results[0]?.message.length).toBe(limits.displayText + 1);
  });

  it('refuses what is no report', () => {
    expect(readReport('prod', report('apps/v1', 'Deployment', {}))).toMatchObject({
      kind: 'refused',
      problems: [{ path: 'kind' }],
    });
  });
});

describe('readAnnotationClaims', () => {
  it('P02 reads what annotations claim, as claims', () => {
    const annotations = {
      'kyverno.io/verify-images': '{"ghcr.io/acme/web@sha256:a":"pass"}',
      'kyverno.io/verify-images-scoped':
        '{"version":1,"policies":{"shop/signed":{"images":{"ghcr.io/acme/web":"skip"}}}}',
    };
    expect(readAnnotationClaims(annotations)).toEqual({
      problems: [],
      claims: [
        {
          annotation: 'kyverno.io/verify-images',
          image: 'ghcr.io/acme/web@sha256:a',
          status: 'pass',
        },
        {
          annotation: 'kyverno.io/verify-images-scoped',
          policy: 'shop/signed',
          rule: 'images',
          image: 'ghcr.io/acme/web',
          status: 'skip',
        },
      ],
    });
  });

  it.each(['', 'true', '[]', '{"a":{}}', '{'])(
    'tells what is not what Kyverno writes: %s',
    (text) => {
      expect(readAnnotationClaims({ 'kyverno.io/verify-images': text })).toMatchObject({
        claims: [],
        problems: [expect.stringContaining('kyverno.io/verify-images')],
      });
    },
  );
});
