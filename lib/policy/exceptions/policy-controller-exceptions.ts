import { digest } from '#lib/model/digest.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { AdmissionInput, LedgerEntry } from '#lib/policy/admission.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import { authorityLabel } from '#lib/policy/policy-controller/authorities.ts';
import { cipName, compileCipGlob } from '#lib/policy/policy-controller/glob.ts';
import { selects } from '#lib/policy/selector.ts';
import { podWebhooks, selectsNamespace } from '#lib/policy/webhooks/admission-surface.ts';
import { isBroadPattern } from './breadth.ts';
import { ownershipOf } from './ownership.ts';

type Policy = Typed<'cluster-image-policy'>;

/** What lets images past policy-controller: static passes, no match allowed, namespaces not opted in. */
export const policyControllerExceptions = (
  objects: Pick<ClusterObjects, 'of' | 'webhooks'>,
  namespaces: AdmissionInput['namespaces'],
): readonly LedgerEntry[] => {
  const policies = objects.of('cluster-image-policy');
  return [
    ...policies.flatMap(staticPasses),
    ...objects.of('policy-controller-configuration').flatMap((one) => noMatch(one, policies)),
    ...(policies.length === 0 ? [] : notOptedIn(objects, policies, namespaces)),
  ];
};

/** By then the engine has put the digest in place of the tag; which one it is changes no glob. */
const anyDigest = digest(`sha256:${'0'.repeat(64)}`);

function isCovered({ content }: Policy, image: string | undefined): boolean {
  const parsed = parseReference(image ?? '');
  if (!parsed.ok) return false;
  const name = cipName({ ...parsed.reference, digest: parsed.reference.digest ?? anyDigest });
  return content.spec.images.some(({ glob }) => compileCipGlob(glob)?.(name) ?? false);
}

function staticPasses(policy: Policy): readonly LedgerEntry[] {
  const { head, content } = policy;
  const globs = content.spec.images.map(({ glob }) => glob);
  return content.spec.authorities.flatMap((authority, index): LedgerEntry[] => {
    if (authority.static?.action !== 'pass') return [];
    const name = authorityLabel(authority, index);
    return [
      {
        engine: 'policy-controller',
        kind: 'static-pass',
        object: head.reference,
        policy: head.reference,
        scope: globs.join(', '),
        ...ownershipOf(head),
        tooBroad: globs.some(isBroadPattern),
        why: `the authority ${name} passes ${globs.join(', ')} unseen (static: pass)`,
        covers: (_, image) => isCovered(policy, image),
      },
    ];
  });
}

function noMatch(
  { head, content }: Typed<'policy-controller-configuration'>,
  policies: readonly Policy[],
): readonly LedgerEntry[] {
  if (content.noMatchPolicy === 'deny') return [];
  const end = content.noMatchPolicy === 'allow' ? 'let in' : 'let in with a warning';
  return [
    {
      engine: 'policy-controller',
      kind: 'no-match-allow',
      object: head.reference,
      scope: 'images that no ClusterImagePolicy names',
      ...ownershipOf(head),
      tooBroad: true,
      why: `no-match-policy is ${content.noMatchPolicy}: images that no ClusterImagePolicy names are ${end}`,
      covers: (_, image) => !policies.some((policy) => isCovered(policy, image)),
    },
  ];
}

const optIn = 'policy.sigstore.dev/include';

/** Namespaces of which the engine is not asked: by its webhooks where these were read, else by its label. */
function notOptedIn(
  { webhooks }: Pick<ClusterObjects, 'webhooks'>,
  [policy]: readonly Policy[],
  namespaces: AdmissionInput['namespaces'],
): readonly LedgerEntry[] {
  const asked = webhooks && podWebhooks(webhooks, 'policy-controller');
  const configuration = webhooks?.find(({ engine }) => engine === 'policy-controller');
  const object = configuration?.head ?? policy?.head;
  if (object === undefined) return [];
  const isAsked = (name: string, labels: Readonly<Record<string, string>>): boolean =>
    asked === undefined || asked.length === 0
      ? selects({ matchLabels: { [optIn]: 'true' } }, labels)
      : asked.some((webhook) => selectsNamespace(webhook, name, labels));
  return namespaces
    .filter(({ name, labels }) => !isAsked(name, labels))
    .map(({ name, labels }) => ({
      engine: 'policy-controller',
      kind: 'not-opted-in',
      object: object.reference,
      namespace: name,
      scope: `the namespace ${name}`,
      ...ownershipOf({ labels, annotations: {} }),
      tooBroad: false,
      why: `the namespace ${name} did not opt in (${optIn}), so no image in it is looked at`,
      covers: (subject) => subject.namespace === name,
    }));
}
