// A cluster for the benchmark of policies: objects of several engines, workloads, and facts of images.
import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';

const teams = 200;
const namespaces = 500;
const issuer = 'https://token.actions.githubusercontent.com';

const teamOf = (index: number): string => `team-${index % teams}`;
const subjectOf = (team: string): string =>
  `https://github.com/acme/${team}/.github/workflows/release.yaml@refs/heads/main`;

/** Labels of namespaces: four of five opted in to policy-controller. */
export const fleetNamespaces = Array.from({ length: namespaces }, (_, index) => ({
  name: `space-${index}`,
  labels: {
    team: teamOf(index),
    ...(index % 5 > 0 && { 'policy.sigstore.dev/include': 'true' }),
  },
}));

const keyless = (team: string) => ({
  issuer,
  subject: `https://github.com/acme/${team}/*`,
  rekor: { url: 'https://rekor.sigstore.dev' },
});

/** A policy of one of the engines, for the images or the namespaces of one team. */
export function policyOf(index: number, change = 0): readonly object[] {
  const team = teamOf(index);
  const metadata = { name: `policy-${index}`, creationTimestamp: '2026-01-01T00:00:00Z' };
  const share = index % 20;
  if (share < 10) return [clusterPolicy(metadata, team, index, change)];
  if (share < 14) return [clusterImagePolicy(metadata, team, change)];
  if (share < 16) return [imagePolicy(metadata, team)];
  return share < 19 ? [constraint(metadata, team, index)] : admissionPolicy(metadata, index);
}

/** Every tenth is about the images of all. */
const imagesOf = (team: string, index: number): readonly string[] =>
  index % 200 === 0 ? ['*'] : [`registry.example/${team}/*`];

const clusterPolicy = (metadata: object, team: string, index: number, change: number) => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata,
  spec: {
    rules: [
      {
        name: 'signed',
        match: {
          any: [
            {
              resources: {
                kinds: ['Pod'],
                ...(index % 4 === 0 && { namespaces: [`space-${index % 10}*`] }),
                ...(index % 4 === 1 && { namespaceSelector: { matchLabels: { team } } }),
              },
            },
          ],
        },
        verifyImages: [
          {
            imageReferences: imagesOf(team, index),
            failureAction: (index + change) % 2 === 0 ? 'Enforce' : 'Audit',
            mutateDigest: false,
            verifyDigest: false,
            attestors: [{ entries: [{ keyless: keyless(team) }] }],
          },
        ],
      },
    ],
  },
});

const clusterImagePolicy = (metadata: object, team: string, change: number) => ({
  apiVersion: 'policy.sigstore.dev/v1beta1',
  kind: 'ClusterImagePolicy',
  metadata,
  spec: {
    mode: change % 2 === 0 ? 'enforce' : 'warn',
    images: [{ glob: `registry.example/${team}/**` }],
    authorities: [
      {
        keyless: { identities: [{ issuer, subjectRegExp: `^https://github\\.com/acme/${team}/` }] },
      },
    ],
  },
});

const imagePolicy = (metadata: object, team: string) => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ImageValidatingPolicy',
  metadata,
  spec: {
    matchConstraints: {
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
    matchImageReferences: [{ glob: `registry.example/${team}/*` }],
    validationConfigurations: { mutateDigest: false, verifyDigest: false, required: false },
    attestors: [
      {
        name: 'ci',
        cosign: { keyless: { identities: [{ issuer, subject: subjectOf(team) }] } },
      },
    ],
    validations: [
      {
        expression:
          'images.containers.map(image, verifyImageSignatures(image, [attestors.ci])).all(e, e > 0)',
      },
    ],
    validationActions: ['Audit'],
  },
});

const constraint = (metadata: object, team: string, index: number) => ({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind: 'RatifyVerification',
  metadata,
  spec: {
    enforcementAction: index % 2 === 0 ? 'dryrun' : 'deny',
    match: {
      kinds: [{ apiGroups: [''], kinds: ['Pod'] }],
      ...(index % 3 === 0
        ? { labelSelector: { matchLabels: { team } } }
        : { namespaceSelector: { matchLabels: { team } } }),
    },
  },
});

const group = 'admissionregistration.k8s.io/v1';
const admissionPolicy = (metadata: { readonly name: string }, index: number) => [
  {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      validations: [{ expression: 'object.spec.containers.all(c, c.image.contains("@sha256:"))' }],
    },
  },
  {
    apiVersion: group,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: {
      policyName: metadata.name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { team: teamOf(index) } } },
    },
  },
];

export const template = {
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: 'ratifyverification' },
  spec: {
    crd: { spec: { names: { kind: 'RatifyVerification' } } },
    targets: [
      {
        target: 'admission.k8s.gatekeeper.sh',
        rego: 'package ratify\nanswer := external_data({"provider": "ratify", "keys": []})\nviolation[{"msg": msg}] { answer.system_error != "" ; answer.errors }',
      },
    ],
  },
};

const digestOf = (index: number): Digest =>
  digest(`sha256:${createHash('sha256').update(String(index)).digest('hex')}`);

/** Declared by digest, except for every fourth image. */
export const imageOf = (index: number): string => {
  const name = `registry.example/${teamOf(index)}/service-${index}`;
  return index % 4 === 0 ? `${name}:v1` : `${name}@${digestOf(index)}`;
};

/** Two of three images are signed by their team, one in nine by another one. */
export function factsOfImage(index: number): ImageFacts {
  const team = index % 9 === 0 ? 'strangers' : teamOf(index);
  const evidence = index % 3 === 2 ? [] : [verdictOf(index, team)];
  return { digest: digestOf(index), evidence, judgedUnder: [] };
}

const verdictOf = (index: number, team: string): EvidenceVerdict => ({
  evidence: digestOf(index + 1_000_000),
  kind: 'cosign-signature',
  sources: [],
  proves: 'signed',
  status: 'verified',
  trustRoot: { name: 'public-good', revision: '1' },
  signer: {
    kind: 'certificate',
    subject: subjectOf(team),
    subjectType: 'uri',
    issuer,
    claims: {},
    fingerprint: 'cd'.repeat(32),
    notBefore: '2026-11-21T00:00:00Z',
    notAfter: '2026-11-21T00:10:00Z',
  },
  times: [],
  checks: (['sct', 'transparency-log', 'signature', 'identity'] as const).map((id) => ({
    id,
    outcome: 'passed',
    detail: 'it holds',
  })),
});

/** A workload as admission meets it: its pod, and the Deployment that makes it. */
export function admittedOf(index: number, images: readonly string[]): readonly AdmittedObject[] {
  const space = fleetNamespaces[index % namespaces];
  const image = (at: number): string => images[at % images.length] ?? '';
  const common = {
    namespace: space?.name ?? '',
    namespaceLabels: space?.labels ?? {},
    labels: { app: `app-${index}`, team: teamOf(index % namespaces) },
    containers: [
      { name: 'main', kind: 'main' as const, image: image(index * 7) },
      ...(index % 3 === 0
        ? [{ name: 'proxy', kind: 'sidecar' as const, image: image(index % 20) }]
        : []),
    ],
  };
  return [
    { ...common, group: '', kind: 'Pod', name: `app-${index}-7d9f-x` },
    { ...common, group: 'apps', kind: 'Deployment', name: `app-${index}` },
  ];
}
