import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { libraryRego } from '#lib/lab/cluster/admission/rego.ts';
import { runPeer } from './peers.ts';
import { documentsText, type PolicySet, pod, shop, type Word } from './policy-set.ts';

const texts = { type: 'array', items: { type: 'string' } };

const template = (
  kind: string,
  { rego, libs }: { readonly rego: string; readonly libs: readonly string[] },
) => ({
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: kind.toLowerCase() },
  spec: {
    crd: {
      spec: {
        names: { kind },
        validation: {
          openAPIV3Schema: { type: 'object', properties: { exemptImages: texts, repos: texts } },
        },
      },
    },
    targets: [{ target: 'admission.k8s.gatekeeper.sh', rego, libs }],
  },
});

/** A rule that no library has: only Gatekeeper can say what it says. */
const ownRego = `package ownrule

violation[{"msg": msg}] {
  container := input.review.object.spec.containers[_]
  endswith(container.image, ":1.0")
  msg := sprintf("%v is too old", [container.name])
}
`;

const pods = [{ apiGroups: [''], kinds: ['Pod'] }];

type Spec = { readonly match?: object; readonly [field: string]: unknown };

const constraint = (kind: string, name: string, { match, ...spec }: Spec = {}) => ({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind,
  metadata: { name },
  spec: { match: { kinds: pods, ...match }, ...spec },
});

const digests = (name: string, spec: Spec = {}) => constraint('K8sImageDigests', name, spec);
const repos = (name: string, spec: Spec = {}) => constraint('K8sAllowedRepos', name, spec);

const constraints = [
  digests('digest'),
  digests('digest-warn', { enforcementAction: 'warn' }),
  digests('digest-dryrun', { enforcementAction: 'dryrun' }),
  digests('digest-but-one', { parameters: { exemptImages: ['registry.example/tagged:1.0'] } }),
  digests('digest-but-some', { parameters: { exemptImages: ['registry.example/*'] } }),
  digests('digest-not-in-shop', { match: { excludedNamespaces: ['sh*'] } }),
  digests('digest-in-lab', { match: { namespaces: ['lab'] } }),
  digests('digest-by-label', { match: { labelSelector: { matchLabels: { app: 'tagged' } } } }),
  digests('digest-by-namespace', {
    match: {
      namespaceSelector: { matchExpressions: [{ key: 'stage', operator: 'Exists' }] },
    },
  }),
  digests('digest-by-name', { match: { name: 'mixed*' } }),
  digests('digest-cluster', { match: { scope: 'Cluster' } }),
  repos('repos', { parameters: { repos: ['registry.example/'] } }),
  repos('repos-two', { parameters: { repos: ['registry.example/pinned', 'other.example/'] } }),
  repos('repos-none', { parameters: { repos: [] } }),
  repos('repos-unsaid'),
  repos('repos-warn', { enforcementAction: 'warn', parameters: { repos: ['other.example/'] } }),
  constraint('OwnRule', 'own-rule'),
];

const lab = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'lab', labels: { stage: 'test', 'kubernetes.io/metadata.name': 'lab' } },
};

const hex = 'a'.repeat(64);
const pinned = `registry.example/pinned@sha256:${hex}`;
const tagged = 'registry.example/tagged:1.0';
const other = 'other.example/app';

const workloads = [
  pod('pinned', [pinned]),
  pod('tagged', [tagged]),
  pod('mixed', [pinned, other]),
  pod('mixed-init', [pinned], [tagged]),
  pod('both', [`registry.example/both:2@sha256:${hex}`]),
  pod('elsewhere', [other], [], 'lab'),
];

interface Violation {
  readonly enforcementAction: string;
  readonly constraint: { readonly metadata: { readonly name: string } };
  readonly violatingObject: { readonly metadata: { readonly name: string } };
}

const words: Readonly<Record<string, Word>> = { deny: 'refuse', warn: 'warn', dryrun: 'audit' };

/** Constraints of two templates of the library and of one of our own, and each pod under each. */
export const gatekeeperSet: PolicySet = {
  engine: 'gator',
  name: 'each',
  policies: [
    ...Object.entries(libraryRego).map(([kind, rules]) => template(kind, rules)),
    template('OwnRule', { rego: ownRego, libs: [] }),
    ...constraints,
  ],
  workloads: [lab, ...workloads],
  isOffline: true,
  ask(folder) {
    const file = path.join(folder, 'gator.yaml');
    writeFileSync(file, documentsText([...this.policies, shop, ...this.workloads]));
    const { output, text } = runPeer('gator', ['test', '-f', file, '-o', 'json'], folder);
    if (!output.trim().startsWith('[')) throw new Error(`gator: ${text}`);
    const violations = JSON.parse(output) as readonly Violation[];
    return constraints.flatMap(({ metadata: { name: policy } }) =>
      workloads.map(({ metadata: { name: workload } }) => {
        const violation = violations.find(
          ({ constraint: by, violatingObject: of }) =>
            by.metadata.name === policy && of.metadata.name === workload,
        );
        const theirs = violation ? (words[violation.enforcementAction] ?? 'error') : 'admit';
        return { policies: [policy], policy, workload, theirs };
      }),
    );
  },
};
