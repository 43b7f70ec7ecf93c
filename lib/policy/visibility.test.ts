import { describe, expect, it } from 'vitest';
import type { InstalledEngine } from '#lib/model/admission.ts';
import type { Engine } from '#lib/model/policy.ts';
import { anAdmission } from '#tests/builders/admission.ts';
import type { SoughtEvidence } from './engine-sight.ts';

const installed = (engine: Engine, version?: string): InstalledEngine => ({
  engine,
  namespace: 'x',
  workload: 'x',
  ...(version !== undefined && { version }),
});
const places = {
  sig: ['cosign-signature', 'signature-tag'],
  'sig in referrers': ['cosign-signature', 'referrers-api'],
  att: ['cosign-attestation', 'attestation-tag'],
  'att in referrers': ['cosign-attestation', 'referrers-api'],
  bundle: ['sigstore-bundle', 'referrers-api'],
  'bundle by tag': ['sigstore-bundle', 'referrers-tag'],
  notation: ['notation', 'referrers-api'],
  trust: ['content-trust', 'content-trust'],
  sbom: ['unsigned-attachment', 'sbom-tag'],
} as const;
const found = (
  engine: Engine,
  version: string | undefined,
  what: keyof typeof places,
  change: Partial<SoughtEvidence> = {},
  objects: readonly object[] = [],
) => {
  const [kind, place] = places[what];
  const [first] = anAdmission(objects, { engines: [installed(engine, version)] }).visibility({
    kind,
    place,
    referrersApi: true,
    signsWithKey: false,
    attests: false,
    ...change,
  });
  return first?.sees;
};

describe('which engines see evidence (verification 1, 3)', () => {
  it.each([
    ['kyverno', 'v1.15.2', 'sig', 'yes'],
    ['kyverno', undefined, 'sig', 'yes'],
    ['kyverno', 'v1.15.2', 'att', 'yes'],
    ['kyverno', 'v1.18.2', 'sig in referrers', 'unknown'],
    ['kyverno', 'v1.15.2', 'bundle', 'yes'],
    ['kyverno', 'v1.12.6', 'bundle', 'no'],
    ['kyverno', undefined, 'bundle', 'unknown'],
    ['kyverno', 'v1.19.0', 'bundle by tag', 'no'],
    ['kyverno', 'v1.18.1', 'bundle by tag', 'yes'],
    ['kyverno', 'v1.19.1', 'bundle by tag', 'unknown'],
    ['kyverno', 'v1.9.5', 'notation', 'no'],
    ['kyverno', 'v1.15.2', 'notation', 'yes'],
    ['kyverno', 'v1.15.2', 'trust', 'no'],
    ['kyverno', 'v1.15.2', 'sbom', 'no'],
    ['policy-controller', 'v0.12.0', 'sig', 'yes'],
    ['policy-controller', 'v0.15.1', 'sig in referrers', 'no'],
    ['policy-controller', 'v0.15.1', 'att in referrers', 'no'],
    ['policy-controller', 'v0.12.0', 'bundle', 'no'],
    ['policy-controller', 'v0.13.0', 'bundle', 'yes'],
    ['policy-controller', undefined, 'bundle', 'unknown'],
    ['policy-controller', 'v0.15.1', 'notation', 'no'],
    ['gatekeeper', 'v3.23.0', 'sig', 'unknown'],
    ['validating-admission-policy', undefined, 'sig', 'no'],
    ['connaisseur', 'v3.10.0', 'notation', 'yes'],
    ['connaisseur', 'v3.3.0', 'notation', 'unknown'],
    ['portieris', 'v0.14.2', 'sig', 'no'],
    ['portieris', 'v0.14.2', 'trust', 'yes'],
    ['kubewarden', undefined, 'sig', 'yes'],
    ['openshift', undefined, 'notation', 'no'],
  ] as const)('%s %s and %s: %s', (engine, version, what, sees) => {
    expect(found(engine, version, what)).toBe(sees);
  });

  it.each([
    [true, 'no'],
    [false, 'yes'],
    [undefined, 'unknown'],
  ])('policy-controller reads the fallback tag where no API is served: %s: %s', (api, sees) => {
    const change = { referrersApi: api };
    expect(found('policy-controller', 'v0.15.1', 'bundle by tag', change)).toBe(sees);
  });

  it('tells bundles that a key signed apart', () => {
    const change = { signsWithKey: true };
    expect(found('policy-controller', 'v0.15.1', 'bundle', change)).toBe('no');
    expect(found('kyverno', 'v1.19.0', 'bundle', change)).toBe('unknown');
  });

  it('takes account of settings: enable-oci11, verifiers of Ratify', () => {
    const oci11 = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config-policy-controller', namespace: 'cosign-system' },
      data: { 'enable-oci11': 'true' },
    };
    expect(found('policy-controller', 'v0.15.1', 'att in referrers', {}, [oci11])).toBe('yes');
    expect(found('policy-controller', 'v0.14.0', 'att in referrers', {}, [oci11])).toBe('no');
    const notation = {
      apiVersion: 'config.ratify.deislabs.io/v1beta1',
      kind: 'Verifier',
      metadata: { name: 'verifier-notation' },
      spec: { name: 'notation', artifactTypes: 'application/vnd.cncf.notary.signature' },
    };
    expect(found('gatekeeper', 'v3.23.0', 'notation', {}, [notation])).toBe('yes');
  });

  it('names each version of an engine once', () => {
    const engines = [
      installed('kyverno', 'v1.15.2'),
      installed('kyverno', 'v1.15.2'),
      installed('kyverno', 'v1.18.1'),
    ];
    const sights = anAdmission([], { engines }).visibility({
      kind: 'cosign-signature',
      place: 'signature-tag',
      referrersApi: true,
      signsWithKey: false,
      attests: false,
    });
    expect(sights.map(({ version }) => version)).toEqual(['v1.15.2', 'v1.18.1']);
  });
});
