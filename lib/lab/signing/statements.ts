import type { Digest } from '#lib/model/digest.ts';

/** Predicate types that the lab attaches. */
export const predicateTypes = {
  cosignSign: 'https://sigstore.dev/cosign/sign/v1',
  slsaProvenance: 'https://slsa.dev/provenance/v1',
  spdx: 'https://spdx.dev/Document',
  cycloneDx: 'https://cyclonedx.org/bom',
  vulnerabilities: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  openVex: 'https://openvex.dev/ns/v0.2.0',
  verificationSummary: 'https://slsa.dev/verification_summary/v1',
} as const;

/** An in-toto statement, v1, as the bytes that are signed. */
export function statementAbout(
  subject: { readonly name: string; readonly digest: Digest },
  predicateType: string,
  predicate: unknown,
  annotations?: Readonly<Record<string, string>>,
): Buffer {
  return Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        {
          name: subject.name,
          digest: { sha256: subject.digest.slice('sha256:'.length) },
          ...(annotations !== undefined && { annotations }),
        },
      ],
      predicateType,
      predicate,
    }),
  );
}

/** A SLSA provenance v1 predicate for a build of `source` by `workflow`. */
export const slsaProvenance = (source: string, workflow: string) => ({
  buildDefinition: {
    buildType: 'https://actions.github.io/buildtypes/workflow/v1',
    externalParameters: {
      workflow: { ref: 'refs/heads/main', repository: source, path: workflow },
    },
    resolvedDependencies: [{ uri: `git+${source}@refs/heads/main` }],
  },
  runDetails: {
    builder: { id: 'https://github.com/actions/runner/github-hosted' },
    metadata: { invocationId: `${source}/actions/runs/7310642915/attempts/1` },
  },
});

/** A small SPDX document as predicate. */
export const spdxDocument = (name: string, packages: readonly string[]) => ({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name,
  documentNamespace: `https://spdx.acme.example/${name}`,
  packages: packages.map((text, index) => ({
    SPDXID: `SPDXRef-Package-${index}`,
    name: text.split('@')[0],
    versionInfo: text.split('@')[1],
    downloadLocation: 'NOASSERTION',
  })),
});

/** A small CycloneDX document as predicate. */
export const cycloneDxDocument = (name: string, components: readonly string[]) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    timestamp: '2026-11-02T08:00:00Z',
    tools: { components: [{ type: 'application', name: 'trivy', version: '0.67.0' }] },
    component: { type: 'container', name },
  },
  components: components.map((text) => ({
    type: 'library',
    name: text.split('@')[0],
    version: text.split('@')[1],
  })),
});

/** A vulnerability scan as `cosign attest --type vuln` wraps a report of Trivy. */
export const vulnerabilityReport = (severities: readonly string[]) => ({
  invocation: { uri: 'https://ci.acme.example/scan/118', builder: { id: 'acme-scanner' } },
  scanner: {
    uri: 'pkg:github/aquasecurity/trivy@0.67.0',
    version: '0.67.0',
    db: { lastUpdate: '2026-11-02T06:12:00Z' },
    result: {
      Results: [
        {
          Target: 'debian 13',
          Vulnerabilities: severities.map((Severity, index) => ({
            VulnerabilityID: `CVE-2026-${10_000 + index}`,
            Severity,
          })),
        },
      ],
    },
  },
  metadata: { scanStartedOn: '2026-11-02T08:00:00Z', scanFinishedOn: '2026-11-02T08:01:00Z' },
});

/** An OpenVEX document about two vulnerabilities of an image. */
export const openVexDocument = (name: string) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': `https://vex.acme.example/${name}`,
  author: 'Acme Product Security',
  timestamp: '2026-11-02T09:00:00Z',
  version: 1,
  statements: [
    { vulnerability: { name: 'CVE-2026-10001' }, status: 'not_affected' },
    { vulnerability: { name: 'CVE-2026-10002' }, status: 'under_investigation' },
  ],
});

/** A SLSA verification summary of an image. */
export const verificationSummary = (resourceUri: string) => ({
  verifier: { id: 'https://admission.acme.example/verifier' },
  timeVerified: '2026-11-02T09:05:00Z',
  resourceUri,
  policy: { uri: 'https://admission.acme.example/policy/release' },
  verificationResult: 'PASSED',
  verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
});
