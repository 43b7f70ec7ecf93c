import fc from 'fast-check';

const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZxAfzrQG1EbWyCI8LiSB7YgSFXoI
FNGTyQGKHFc6/H8TQumT9VLS78pUwtv3w7EfKoyFZoP32KrO7nzUy2q6Cw==
-----END PUBLIC KEY-----`;
const keyless = {
  issuer: 'https://issuer',
  subject: 'https://subject/*',
  rekor: { url: 'https://rekor' },
};

/** One document of each kind, with every field that a reader looks at. */
export const policySeeds = [
  {
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name: 'cip', labels: { a: 'b' }, annotations: {}, uid: 'u', resourceVersion: '1' },
    spec: {
      mode: 'warn',
      images: [{ glob: 'ghcr.io/acme/**' }],
      match: [
        {
          group: 'apps',
          version: 'v1',
          resource: 'deployments',
          selector: { matchLabels: { a: 'b' } },
        },
      ],
      authorities: [
        {
          name: 'key',
          key: { data: pem, hashAlgorithm: 'sha512' },
          ctlog: { url: 'https://rekor' },
        },
        {
          keyless: {
            identities: [{ issuerRegExp: '.*', subjectRegExp: '^https://acme/' }],
            trustRootRef: 'own',
          },
          attestations: [
            {
              name: 'sbom',
              predicateType: 'https://spdx.dev/Document',
              policy: { type: 'cue', data: 'x: 1' },
            },
          ],
          source: [{ oci: 'ghcr.io/acme/signatures', signaturePullSecrets: [{ name: 's' }] }],
        },
        { static: { action: 'fail', message: 'no' } },
        { key: { kms: 'hashivault://key' } },
      ],
      policy: { type: 'rego', configMapRef: { name: 'a', key: 'b' }, includeSpec: true },
    },
  },
  {
    apiVersion: 'policy.sigstore.dev/v1alpha1',
    kind: 'TrustRoot',
    metadata: { name: 'root' },
    spec: {
      sigstoreKeys: {
        certificateAuthorities: [
          { subject: { organization: 'o', commonName: 'c' }, uri: 'https://ca', certChain: 'AA==' },
        ],
        tLogs: [{ baseURL: 'https://rekor', hashAlgorithm: 'sha-256', publicKey: 'AA==' }],
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-policy-controller', namespace: 'cosign-system' },
    data: {
      'no-match-policy': 'warn',
      'enable-oci11': 'true',
      'fail-on-empty-authorities': 'false',
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-sigstore-keys', namespace: 'cosign-system' },
    data: { _example: 'text', own: '{"tLog":[]}' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kyverno', namespace: 'kyverno' },
    data: {
      resourceFilters: '[Event,*,*][*/*,kube-system,*]',
      webhooks: '{"namespaceSelector":{"matchLabels":{"a":"b"}}}',
      matchConditions: '[{"name":"a","expression":"true"}]',
      excludeGroups: 'system:nodes',
    },
  },
  {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: {
      name: 'cpol',
      annotations: { 'pod-policies.kyverno.io/autogen-controllers': 'Deployment' },
    },
    spec: {
      validationFailureAction: 'Audit',
      validationFailureActionOverrides: [
        {
          action: 'Enforce',
          namespaces: ['prod*'],
          namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
        },
      ],
      webhookConfiguration: { failurePolicy: 'Ignore', timeoutSeconds: 10 },
      rules: [
        {
          name: 'check',
          match: { any: [{ resources: { kinds: ['Pod'], namespaces: ['*'] } }] },
          exclude: { all: [{ subjects: [{ kind: 'User', name: 'u' }] }] },
          preconditions: { all: [{ key: 'a', operator: 'Equals', value: 'b' }] },
          verifyImages: [
            {
              imageReferences: ['ghcr.io/acme/*'],
              skipImageReferences: ['ghcr.io/acme/old*'],
              attestors: [
                {
                  count: 1,
                  entries: [
                    { keys: { publicKeys: `${pem}\n${pem}`, rekor: { ignoreTlog: true } } },
                    { keyless },
                  ],
                },
                {
                  entries: [
                    {
                      attestor: {
                        count: 1,
                        entries: [{ keyless }, { certificates: { cert: 'x' } }],
                      },
                    },
                  ],
                },
              ],
              attestations: [
                {
                  type: 'https://a',
                  attestors: [{ entries: [{ keyless }] }],
                  conditions: [{ all: [] }],
                },
              ],
            },
            { image: 'ghcr.io/acme/*', key: pem },
            {
              type: 'Notary',
              imageReferences: ['*'],
              attestors: [{ entries: [{ certificates: { cert: '-----BEGIN CERTIFICATE-----' } }] }],
            },
          ],
        },
      ],
    },
  },
  {
    apiVersion: 'kyverno.io/v2',
    kind: 'PolicyException',
    metadata: { name: 'late', namespace: 'shop' },
    spec: {
      match: { any: [{ resources: { kinds: ['Pod'], names: ['web*'] } }] },
      conditions: { all: [] },
      exceptions: [{ policyName: 'cpol', ruleNames: ['*'] }],
    },
  },
  {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'PolicyException',
    metadata: { name: 'late', namespace: 'shop' },
    spec: {
      policyRefs: [{ name: 'ivpol', kind: 'ImageValidatingPolicy' }],
      matchConditions: [{ name: 'a', expression: 'true' }],
      images: ['ghcr.io/*'],
      expiresAt: '2026-12-01T00:00:00Z',
      properties: { ticket: '1' },
    },
  },
  {
    apiVersion: 'policies.kyverno.io/v1beta1',
    kind: 'ImageValidatingPolicy',
    metadata: { name: 'ivpol' },
    spec: {
      validationActions: ['Warn', 'Audit'],
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      matchImageReferences: [{ glob: 'ghcr.io/*' }, { expression: 'true' }],
      attestors: [
        {
          name: 'a',
          cosign: {
            keyless: { identities: [{ issuer: 'i', subjectRegExp: 's' }] },
            ctlog: { insecureIgnoreSCT: true },
          },
        },
        { name: 'b', cosign: { key: { data: pem } } },
        { name: 'c', notary: { certs: { value: '-----BEGIN CERTIFICATE-----' } } },
      ],
      attestations: [{ name: 'sbom', intoto: { type: 'https://a' } }],
      validations: [
        {
          expression:
            'images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)',
        },
      ],
      validationConfigurations: { mutateDigest: false, verifyDigest: false, required: false },
    },
  },
] as const;

type Path = readonly string[];

const pathsIn = (value: unknown, path: Path = []): readonly Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))
    : []),
];

const changes = pathsPerSeed();
function pathsPerSeed() {
  return policySeeds.flatMap((seed) => pathsIn(seed).map((path) => ({ seed, path })));
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    [],
    {},
    [[]],
    0,
    -1,
    1e300,
    true,
    '__proto__',
    '****',
    '(',
    'x'.repeat(5_000),
  ),
  fc.constantFrom<unknown>(
    '-----BEGIN PUBLIC KEY-----',
    '{{ keys.data.a }}',
    'awskms://',
    '*',
    '[',
    '\u0000',
    '\ud800',
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string(),
);

/** Documents of every kind with one field changed into something else. */
export const changedPolicies: fc.Arbitrary<unknown> = fc
  .tuple(fc.constantFrom(...changes), odd)
  .map(([{ seed, path }, value]) => changed(seed, path, value));

function changed(node: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(node)) return node.with(Number(key), changed(node[Number(key)], rest, value));
  const record = node as Readonly<Record<string, unknown>>;
  return { ...record, [key]: changed(record[key], rest, value) };
}
