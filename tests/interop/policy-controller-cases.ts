import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Ended, runPeer } from './peers.ts';
import { type ImageName, imageNames, type PolicyImages } from './policy-images.ts';
import { documentsText, type Pair, type PolicySet, pod, type Word } from './policy-set.ts';

type Document = ReturnType<typeof clusterImagePolicy>;

const clusterImagePolicy = (name: string, authorities: readonly object[], change: object = {}) => ({
  apiVersion: 'policy.sigstore.dev/v1beta1',
  kind: 'ClusterImagePolicy',
  metadata: { name },
  spec: { images: [{ glob: '**' }], authorities, ...change },
});

/** ClusterImagePolicies, and each image under each of them, and under some together. */
export function policyControllerSets(planted: PolicyImages): readonly PolicySet[] {
  const workloads = imageNames.map((name) => pod(name, [planted.images[name]]));
  const policies = policiesOf(planted);
  const [keyA, keyB, aOrB] = policies;
  if (!keyA || !keyB || !aOrB) return [];
  const alone = clusterImagePolicy('other-images', [{ static: { action: 'pass' } }], {
    images: [{ glob: `${planted.host}/signed-b/**` }],
  });
  return [
    {
      engine: 'policy-tester',
      name: 'each',
      policies,
      workloads,
      ask: (folder) => [
        ...policies.flatMap((one) => pairs(folder, planted, one.metadata.name, [one], imageNames)),
        ...pairs(folder, planted, 'key-a and key-b', [keyA, keyB], imageNames),
        ...pairs(folder, planted, 'key-a and a-or-b', [keyA, aOrB], ['signed-a', 'signed-b']),
      ],
    },
    {
      engine: 'policy-tester',
      name: 'no policy matches',
      policies: [alone],
      workloads,
      ask: (folder) =>
        pairs(folder, planted, 'other-images alone', [alone], ['signed-a', 'signed-b'], 'refuse'),
    },
  ];
}

const pods = { group: '', version: 'v1', resource: 'pods' };

function policiesOf({ host, keys, elsewhere }: PolicyImages): readonly Document[] {
  const key = (name: 'a' | 'b', change: object = {}) => ({
    name: `key-${name}`,
    key: { data: keys[name], hashAlgorithm: 'sha256' },
    ...change,
  });
  const attested = (predicateType: string) => [
    key('a', { attestations: [{ name: 'made', predicateType }] }),
  ];
  return [
    clusterImagePolicy('key-a', [key('a')]),
    clusterImagePolicy('key-b', [key('b')]),
    clusterImagePolicy('a-or-b', [key('a'), key('b')]),
    clusterImagePolicy('key-a-warns', [key('a')], { mode: 'warn' }),
    clusterImagePolicy('passes', [{ static: { action: 'pass' } }]),
    clusterImagePolicy('fails', [{ static: { action: 'fail', message: 'no' } }]),
    clusterImagePolicy('fails-or-a', [{ static: { action: 'fail' } }, key('a')]),
    clusterImagePolicy('attested', attested('custom')),
    clusterImagePolicy('other-attestation', attested('spdxjson')),
    clusterImagePolicy('stored-elsewhere', [key('a', { source: [{ oci: elsewhere }] })]),
    clusterImagePolicy('two-keys', [
      { name: 'both', key: { data: `${keys.a}${keys.b}`, hashAlgorithm: 'sha256' } },
    ]),
    clusterImagePolicy('sha512', [
      { name: 'key-a', key: { data: keys.a, hashAlgorithm: 'sha512' } },
    ]),
    clusterImagePolicy('bundles', [key('a', { signatureFormat: 'bundle' })]),
    clusterImagePolicy('conditions', [
      key('a', {
        attestations: [
          {
            name: 'made',
            predicateType: 'custom',
            policy: {
              type: 'cue',
              data: 'predicateType: "https://cosign.sigstore.dev/attestation/v1"',
            },
          },
        ],
      }),
    ]),
    clusterImagePolicy('pods-by-label', [key('b')], {
      match: [{ ...pods, selector: { matchLabels: { app: 'signed-a' } } }],
    }),
    clusterImagePolicy('deployments-only', [key('b')], {
      match: [{ group: 'apps', version: 'v1', resource: 'deployments' }],
    }),
    clusterImagePolicy('one-star', [key('b')], { images: [{ glob: `${host}/*/app*` }] }),
  ];
}

/** What a pod comes to where no policy is about it: it stays out, and no single policy says so. */
type Uncovered = 'refuse' | 'admit';

function pairs(
  folder: string,
  { images }: PolicyImages,
  policy: string,
  documents: readonly Document[],
  names: readonly ImageName[],
  uncovered: Uncovered = 'admit',
): readonly Pair[] {
  const file = path.join(folder, `${policy.replaceAll(' ', '-')}.yaml`);
  writeFileSync(file, documentsText(documents));
  return names.map((workload) => {
    const resource = path.join(folder, `${workload}.yaml`);
    writeFileSync(resource, documentsText([pod(workload, [images[workload]])]));
    const about = ['-policy', file, '-image', images[workload], '-resource', resource];
    const question = ['-log-level', 'error', ...about];
    const theirs = wordOf(runPeer('policy-tester', question, folder), uncovered);
    return {
      ...(uncovered === 'admit' && { policies: documents.map(({ metadata }) => metadata.name) }),
      policy,
      workload,
      theirs,
      // It lets pass what a policy only warns about, and does not tell.
      ...(theirs === 'admit' && { alike: ['warn'] }),
    };
  });
}

/** @throws when the tester did not come to a decision */
function wordOf({ ok, output, text }: Ended, uncovered: Uncovered): Word {
  if (ok) return 'admit';
  if (!output.includes('"errors"')) throw new Error(`policy-tester: ${text}`);
  return output.includes('is uncovered by policy') ? uncovered : 'refuse';
}
