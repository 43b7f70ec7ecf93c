import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import type { JsonValue } from '#lib/verify/json.ts';
import { summariseAttestation } from './summarise.ts';

const types = [
  'https://slsa.dev/provenance/v0.2',
  'https://slsa.dev/provenance/v1',
  'https://spdx.dev/Document/v2.3',
  'https://cyclonedx.org/bom',
  'https://cosign.sigstore.dev/attestation/vuln/v1',
  'https://in-toto.io/attestation/vulns/v0.2',
  'https://openvex.dev/ns/v0.2.0',
  'https://slsa.dev/verification_summary/v1',
  'https://in-toto.io/Link/v1',
  'https://cosign.sigstore.dev/attestation/v1',
  'https://example.org/anything',
];

const cases: readonly (readonly [string, string, JsonValue, object])[] = [
  [
    'SLSA v0.2',
    'https://slsa.dev/provenance/v0.2',
    {
      builder: { id: 'https://github.com/Attestations/GitHubHostedActions@v1' },
      buildType: 'https://github.com/Attestations/GitHubActionsWorkflow@v1',
      invocation: {
        configSource: {
          uri: 'git+https://github.com/acme/app@refs/heads/main',
          digest: { sha1: '0a1b' },
          entryPoint: 'release.yml',
        },
        parameters: { inputs: { push: true }, level: 3 },
      },
      metadata: {
        buildInvocationId: '73-1',
        buildStartedOn: '2026-11-02T08:00:00Z',
        buildFinishedOn: '2026-11-02T08:05:00Z',
      },
    },
    {
      kind: 'provenance',
      version: 'v0.2',
      builder: 'https://github.com/Attestations/GitHubHostedActions@v1',
      source: 'git+https://github.com/acme/app@refs/heads/main',
      commit: '0a1b',
      entryPoint: 'release.yml',
      parameters: {
        total: 2,
        shown: [
          { name: 'inputs', value: '{"push":true}' },
          { name: 'level', value: '3' },
        ],
      },
      invocation: '73-1',
      startedAt: '2026-11-02T08:00:00Z',
      finishedAt: '2026-11-02T08:05:00Z',
    },
  ],
  [
    'SLSA v1 of a GitHub workflow',
    'https://slsa.dev/provenance/v1',
    {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: {
            ref: 'refs/heads/main',
            repository: 'https://github.com/acme/app',
            path: '.github/workflows/release.yml',
          },
        },
        resolvedDependencies: [
          { uri: 'git+https://github.com/other/lib', digest: { gitCommit: 'ffff' } },
          {
            uri: 'git+https://github.com/acme/app@refs/heads/main',
            digest: { gitCommit: 'c0ffee' },
          },
        ],
      },
      runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
    },
    {
      kind: 'provenance',
      version: 'v1',
      source: 'https://github.com/acme/app',
      commit: 'c0ffee',
      entryPoint: '.github/workflows/release.yml',
      builder: 'https://github.com/actions/runner/github-hosted',
      parameters: { total: 1 },
    },
  ],
  [
    'SPDX 2.3',
    'https://spdx.dev/Document',
    {
      spdxVersion: 'SPDX-2.3',
      name: 'app',
      packages: [{ name: 'a' }, { name: 'b' }],
      creationInfo: {
        created: '2026-11-02T08:00:00Z',
        creators: ['Organization: Acme', 'Tool: syft-1.2.0'],
      },
    },
    {
      kind: 'sbom',
      format: 'SPDX',
      version: '2.3',
      name: 'app',
      components: 2,
      tools: ['syft-1.2.0'],
      createdAt: '2026-11-02T08:00:00Z',
    },
  ],
  [
    'SPDX as text in Data',
    'https://spdx.dev/Document',
    {
      Data: 'SPDXVersion: SPDX-2.2\nDocumentName: app\nCreator: Tool: tern\nPackageName: a\nPackageName: b\n',
    },
    { kind: 'sbom', format: 'SPDX', version: '2.2', components: 2, tools: ['tern'], name: 'app' },
  ],
  [
    'SPDX 3',
    'https://spdx.dev/Document/v3.0.1',
    {
      '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
      '@graph': [
        { type: 'CreationInfo', specVersion: '3.0.1', created: '2026-11-02T08:00:00Z' },
        { type: 'Tool', name: 'sbom-tool' },
        { type: 'software_Package', name: 'a' },
      ],
    },
    { kind: 'sbom', format: 'SPDX', version: '3.0.1', components: 1, tools: ['sbom-tool'] },
  ],
  [
    'CycloneDX with components in components',
    'https://cyclonedx.org/bom/v1.6',
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: {
        timestamp: '2026-11-02T08:00:00Z',
        tools: { components: [{ name: 'trivy', version: '0.60' }] },
        component: { name: 'app' },
      },
      components: [{ name: 'a', components: [{ name: 'b' }] }, { name: 'c' }],
    },
    {
      kind: 'sbom',
      format: 'CycloneDX',
      version: '1.6',
      name: 'app',
      components: 3,
      tools: ['trivy 0.60'],
    },
  ],
  [
    'a Trivy scan',
    'https://cosign.sigstore.dev/attestation/vuln/v1',
    {
      scanner: {
        uri: 'pkg:github/aquasecurity/trivy@0.60.0',
        version: '0.60.0',
        db: { lastUpdate: '2026-11-01T00:00:00Z' },
        result: {
          Results: [
            { Vulnerabilities: [{ Severity: 'CRITICAL' }, { Severity: 'LOW' }] },
            { Vulnerabilities: [{ Severity: 'LOW' }, { Severity: 'BAD' }] },
          ],
        },
      },
      metadata: { scanStartedOn: '2026-11-02T08:00:00Z', scanFinishedOn: '2026-11-02T08:01:00Z' },
    },
    {
      kind: 'vulnerability-scan',
      scanner: 'pkg:github/aquasecurity/trivy@0.60.0',
      total: 4,
      bySeverity: { critical: 1, low: 2, other: 1 },
      finishedAt: '2026-11-02T08:01:00Z',
      databaseUpdatedAt: '2026-11-01T00:00:00Z',
    },
  ],
  [
    'a Grype scan',
    'https://cosign.sigstore.dev/attestation/vuln/v1',
    { scanner: { result: { matches: [{ vulnerability: { severity: 'High' } }] } } },
    { total: 1, bySeverity: { high: 1 } },
  ],
  [
    'a SARIF scan',
    'https://cosign.sigstore.dev/attestation/vuln/v1',
    { scanner: { result: { runs: [{ results: [{ level: 'error' }, {}] }] } } },
    { total: 2, bySeverity: { error: 1, warning: 1 } },
  ],
  [
    'a scan of a form nobody knows, without a count',
    'https://cosign.sigstore.dev/attestation/vuln/v1',
    { scanner: { uri: 'own', result: { found: 3 } } },
    { kind: 'vulnerability-scan', scanner: 'own', bySeverity: {} },
  ],
  [
    'OpenVEX',
    'https://openvex.dev/ns/v0.2.0',
    {
      author: 'Acme Security',
      timestamp: '2026-11-02T08:00:00Z',
      statements: [{ status: 'not_affected' }, { status: 'fixed' }, { status: 'fixed' }, {}],
    },
    {
      kind: 'vex',
      author: 'Acme Security',
      statements: 4,
      byStatus: { not_affected: 1, fixed: 2, other: 1 },
    },
  ],
  [
    'a verification summary',
    'https://slsa.dev/verification_summary/v1',
    {
      verifier: { id: 'https://acme.example/verifier' },
      policy: { uri: 'https://acme.example/policy' },
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
    },
    {
      kind: 'verification-summary',
      verifier: 'https://acme.example/verifier',
      policy: 'https://acme.example/policy',
      result: 'PASSED',
      levels: ['SLSA_BUILD_LEVEL_3'],
    },
  ],
  [
    'a link',
    'https://in-toto.io/Link/v1',
    { name: 'build', command: ['make', 'all'], materials: { a: {} }, products: [{}, {}] },
    { kind: 'link', step: 'build', command: 'make all', materials: 1, products: 2 },
  ],
  [
    'a custom one',
    'https://cosign.sigstore.dev/attestation/v1',
    { Data: '{"tested":true}', Timestamp: '2026-11-02T08:00:00Z' },
    { kind: 'custom', text: '{"tested":true}', createdAt: '2026-11-02T08:00:00Z' },
  ],
  [
    'a custom one that is a bare text',
    'https://cosign.sigstore.dev/attestation/v1',
    'tested by hand',
    { kind: 'custom', text: 'tested by hand' },
  ],
  [
    'an unknown one',
    'https://example.org/anything',
    { b: 1, a: 2 },
    { kind: 'other', members: ['b', 'a'] },
  ],
];

describe('the summary of an attestation', () => {
  it.each(cases)('reads %s', (_, type, predicate, expected) => {
    expect(summariseAttestation(type, predicate)).toMatchObject(expected);
  });

  it.each(types.filter((type) => !/attestation\/v1$/.test(type)))(
    'says so when a predicate of %s is of no form that it promises',
    (type) => {
      expect(summariseAttestation(type, [1, 2]).kind).toBe('malformed');
      expect(summariseAttestation(type, undefined).kind).toBe('malformed');
    },
  );

  it('does not take one type for another by its beginning', () => {
    expect(summariseAttestation('https://slsa.dev/provenance/v1evil', {}).kind).toBe('other');
    expect(summariseAttestation('xhttps://slsa.dev/provenance/v1', {}).kind).toBe('other');
  });

  it('cuts what is long, and leaves no half of a character', () => {
    const summary = summariseAttestation('https://openvex.dev/ns', {
      author: `${'x'.repeat(limits.attestationText - 2)}😀😀`,
    });
    if (summary.kind !== 'vex') throw new TypeError('not the summary of a VEX document');
    expect(summary.author?.length).toBeLessThanOrEqual(limits.attestationText);
    expect(summary.author?.isWellFormed()).toBe(true);
  });

  it('is bounded and total, whatever the predicate is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.oneof(fc.jsonValue({ maxDepth: 6 }), spiced),
        (type, predicate) => {
          const summary = summariseAttestation(type, predicate as JsonValue);
          const size = JSON.stringify(summary).length;
          expect(size).toBeLessThan(
            6 * limits.attestationText * (2 * limits.attestationItems + 12),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** Predicates that have the right names in the wrong shapes. */
const names = [
  ...['builder', 'id', 'invocation', 'configSource', 'uri', 'digest', 'sha1', 'parameters'],
  ...['buildDefinition', 'externalParameters', 'resolvedDependencies', 'runDetails', 'workflow'],
  ...['spdxVersion', 'packages', 'creationInfo', 'creators', 'Data', '@graph', 'type', 'name'],
  ...['specVersion', 'components', 'metadata', 'tools', 'scanner', 'result', 'Results', 'runs'],
  ...['Vulnerabilities', 'matches', 'severity', 'statements', 'status', 'materials', 'command'],
];
const spiced = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ maxLength: 2_000 }),
    fc.constantFrom('SPDX-2.3', 'git+https://x', 'CRITICAL', null, true, 7),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
  ),
})).value;
