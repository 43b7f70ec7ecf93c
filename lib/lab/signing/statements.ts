import type { Digest } from '#lib/model/digest.ts';

/** Predicate types that the lab attaches. */
export const predicateTypes = {
  cosignSign: 'https://sigstore.dev/cosign/sign/v1',
  slsaProvenance: 'https://slsa.dev/provenance/v1',
  spdx: 'https://spdx.dev/Document',
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
