import type { AdmissionInput, LedgerEntry } from '#lib/policy/admission.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import { selects } from '#lib/policy/selector.ts';
import {
  type AdmissionSurface,
  isAboutPods,
  podWebhooks,
  selectsNamespace,
} from '#lib/policy/webhooks/admission-surface.ts';
import type { LabelsOf } from './kyverno-exceptions.ts';
import { type Ownership, ownershipOf } from './ownership.ts';

/** What webhooks leave out, and what engines' own settings do: whole namespaces, or all at a failure. */
export const webhookExceptions = (
  { webhooks = [] }: Pick<ClusterObjects, 'webhooks'>,
  exemptions: AdmissionSurface['exemptions'],
  namespaces: AdmissionInput['namespaces'],
  labelsOf: LabelsOf,
): readonly LedgerEntry[] => {
  const ownerOf = (name: string): Ownership =>
    ownershipOf({ labels: labelsOf(name) ?? {}, annotations: {} });
  return [
    ...exemptions.flatMap(({ engine, namespace, why, reference }): LedgerEntry[] =>
      reference === undefined
        ? []
        : [exempt({ engine, object: reference, namespace, why }, ownerOf(namespace))],
    ),
    ...webhooks.flatMap((one) => unselected(one, webhooks, namespaces, ownerOf)),
    ...webhooks.flatMap((one) => ignoring(one, labelsOf)),
  ];
};

type Configuration = NonNullable<ClusterObjects['webhooks']>[number];

const exempt = (
  {
    namespace,
    ...entry
  }: Pick<LedgerEntry, 'engine' | 'object' | 'why'> & { readonly namespace: string },
  ownership: Ownership,
): LedgerEntry => ({
  ...entry,
  kind: 'exempt-namespace',
  namespace,
  scope: `the namespace ${namespace}`,
  ...ownership,
  tooBroad: false,
  covers: (subject) => subject.namespace === namespace,
});

/** Of policy-controller, such a namespace did not opt in, which is told as that. */
function unselected(
  { engine, head }: Configuration,
  webhooks: readonly Configuration[],
  namespaces: AdmissionInput['namespaces'],
  ownerOf: (name: string) => Ownership,
): readonly LedgerEntry[] {
  if (engine === undefined || engine === 'policy-controller') return [];
  const asked = podWebhooks(webhooks, engine);
  // Told once, at the first configuration that asks about pods.
  const first = webhooks.find((one) => one.engine === engine && one.webhooks.some(isAboutPods));
  if (first?.head !== head) return [];
  return namespaces
    .filter(({ name, labels }) => !asked.some((one) => selectsNamespace(one, name, labels)))
    .map(({ name }) =>
      exempt(
        {
          engine,
          object: head.reference,
          namespace: name,
          why: `none of the webhooks of ${engine} selects the namespace ${name}`,
        },
        ownerOf(name),
      ),
    );
}

function ignoring(
  { engine, head, webhooks }: Configuration,
  labelsOf: LabelsOf,
): readonly LedgerEntry[] {
  if (engine === undefined) return [];
  return webhooks
    .filter((webhook) => isAboutPods(webhook) && webhook.failurePolicy === 'Ignore')
    .map((webhook) => ({
      engine,
      kind: 'failure-policy-ignore',
      object: head.reference,
      scope: webhook.name,
      ...ownershipOf(head),
      tooBroad: false,
      why: 'failurePolicy is Ignore: whenever the webhook does not answer, pods get in unexamined',
      covers: ({ namespace, labels }) =>
        selectsNamespace(webhook, namespace, labelsOf(namespace) ?? {}) &&
        selects(webhook.objectSelector, labels),
    }));
}
