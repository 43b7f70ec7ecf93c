import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runPeer } from './peers.ts';
import { imageNames, type PolicyImages } from './policy-images.ts';
import { documentsText, type Pair, type PolicySet, pod, shop, type Word } from './policy-set.ts';

/** A ClusterPolicy with one rule that verifies images of every repository but what it leaves out. */
const clusterPolicy = (name: string, verification: object, action = 'Enforce') => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name },
  spec: {
    validationFailureAction: action,
    background: false,
    webhookConfiguration: { failurePolicy: 'Fail', timeoutSeconds: 30 },
    rules: [
      {
        name: 'check',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        verifyImages: [
          {
            type: 'Cosign',
            imageReferences: ['*'],
            mutateDigest: false,
            verifyDigest: false,
            required: true,
            imageRegistryCredentials: { allowInsecureRegistry: true },
            ...verification,
          },
        ],
      },
    ],
  },
});

const imageValidatingPolicy = (name: string, data: string, hashAlgorithm = 'sha256') => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ImageValidatingPolicy',
  metadata: { name },
  spec: {
    validationActions: ['Deny'],
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
    matchImageReferences: [{ glob: '*' }],
    validationConfigurations: { mutateDigest: false, verifyDigest: false, required: false },
    attestors: [
      {
        name: 'ours',
        cosign: {
          key: { data, hashAlgorithm },
          ctlog: { insecureIgnoreTlog: true, insecureIgnoreSCT: true },
        },
      },
    ],
    validations: [
      {
        expression:
          'images.containers.map(image, verifyImageSignatures(image, [attestors.ours])).all(count, count > 0)',
        message: 'it is not signed',
      },
    ],
  },
});

/** Policies of both kinds, and each image under each of them. */
export function kyvernoSets(planted: PolicyImages): readonly PolicySet[] {
  const policies = policiesOf(planted);
  const tagged = planted.images['signed-a'].replace(/@.*/, ':1.0');
  const workloads = [
    ...imageNames.map((name) => pod(name, [planted.images[name]])),
    pod('tagged-a', [tagged]),
    pod('a-and-unsigned', [planted.images['signed-a']], [planted.images.unsigned]),
  ];
  return [
    {
      engine: 'kyverno',
      name: 'each',
      policies,
      workloads,
      ask: (folder) => policies.flatMap((policy) => pairs(folder, policy, workloads)),
    },
  ];
}

function policiesOf({ host, keys, elsewhere }: PolicyImages) {
  const entry = (name: 'a' | 'b') => ({
    keys: {
      publicKeys: keys[name],
      rekor: { url: 'https://rekor.invalid', ignoreTlog: true },
      ctlog: { ignoreSCT: true },
    },
  });
  const [a, b] = [entry('a'), entry('b')];
  const keyA = { attestors: [{ entries: [a] }] };
  const attested = (type: string) => ({ attestations: [{ type, ...keyA }] });
  return [
    clusterPolicy('key-a', keyA),
    clusterPolicy('key-b', { attestors: [{ entries: [b] }] }),
    clusterPolicy('one-of-two', { attestors: [{ count: 1, entries: [a, b] }] }),
    clusterPolicy('all-of-two', { attestors: [{ entries: [a, b] }] }),
    clusterPolicy('two-attestors', { attestors: [{ entries: [a] }, { entries: [b] }] }),
    clusterPolicy('key-a-audits', keyA, 'Audit'),
    clusterPolicy('leaves-out', { ...keyA, skipImageReferences: [`${host}/signed-b/*`] }),
    clusterPolicy('only-some', { ...keyA, imageReferences: [`${host}/signed-*`] }),
    clusterPolicy('stored-elsewhere', { ...keyA, repository: elsewhere }),
    clusterPolicy('digest', { ...keyA, verifyDigest: true }),
    clusterPolicy('attested', attested('https://cosign.sigstore.dev/attestation/v1')),
    clusterPolicy('other-attestation', attested('https://spdx.dev/Document')),
    clusterPolicy('sha512', {
      attestors: [{ entries: [{ keys: { ...a.keys, signatureAlgorithm: 'sha512' } }] }],
    }),
    clusterPolicy('two-keys', {
      attestors: [{ count: 1, entries: [{ keys: { ...a.keys, publicKeys: keys.a + keys.b } }] }],
    }),
    clusterPolicy('bundle', { ...keyA, type: 'SigstoreBundle' }),
    imageValidatingPolicy('cel-key-a', keys.a),
    imageValidatingPolicy('cel-key-b', keys.b),
    imageValidatingPolicy('cel-two-keys', keys.a + keys.b),
    imageValidatingPolicy('cel-sha512', keys.a, 'sha512'),
  ];
}

/** What we say of this beside the decision. */
const otherType =
  'the registry names another type for the bundle, by which Kyverno passes it over; we say that it may';

interface Report {
  readonly scope?: { readonly name: string };
  readonly results: readonly {
    readonly result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
    readonly resources?: readonly { readonly name: string }[];
  }[];
}

/** Under one policy at a time: what one verified, Kyverno remembers at the pod for the next. */
function pairs(
  folder: string,
  policy: ReturnType<typeof policiesOf>[number],
  workloads: readonly ReturnType<typeof pod>[],
): readonly Pair[] {
  const { name } = policy.metadata;
  const [file, resources] = ['policy', 'pods'].map((part) =>
    path.join(folder, `kyverno-${name}-${part}.yaml`),
  ) as [string, string];
  writeFileSync(file, documentsText([policy]));
  writeFileSync(resources, documentsText([shop, ...workloads]));
  const output = ['--policy-report', '--output-format', 'json'];
  // It would call every policy in CEL one that audits.
  if (policy.kind === 'ClusterPolicy') output.push('--audit-warn');
  const question = ['apply', file, '--resource', resources, '--registry', ...output];
  const ended = runPeer('kyverno', question, folder);
  const reports = ended.output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Report] : []));
  if (reports.length === 0) throw new Error(`kyverno: ${ended.text}`);
  return workloads.map(({ metadata: { name: workload } }) => ({
    policies: [name],
    policy: name,
    workload,
    theirs: wordOf(reports, workload),
    ...(name === 'bundle' && workload === 'bundle-a' && { deliberate: otherType }),
  }));
}

function wordOf(reports: readonly Report[], workload: string): Word {
  const results = reports.flatMap((report) =>
    report.results
      .filter(({ resources }) =>
        (resources ?? (report.scope ? [report.scope] : [])).some((one) => one.name === workload),
      )
      .map(({ result }) => result),
  );
  if (results.includes('fail')) return 'refuse';
  if (results.includes('error')) return 'error';
  return results.includes('warn') ? 'audit' : 'admit';
}
