import type { BypassSubject } from '#lib/model/bypass.ts';
import type { Engine, ObjectReference, PolicySummary } from '#lib/model/policy.ts';
import type { TextMap } from '#lib/policy/object.ts';
import { selects } from '#lib/policy/selector.ts';
import { asksAbout, type Webhook, type WebhookConfiguration } from './read-webhooks.ts';

/** What decides in one cluster who is asked. What could not be read is absent, and nothing is said of it. */
export interface AdmissionSurface {
  readonly webhooks?: readonly WebhookConfiguration[];
  readonly services?: readonly { readonly namespace: string; readonly name: string }[];
  /** Ready addresses of EndpointSlices, by the service that they belong to. */
  readonly endpoints?: readonly {
    readonly namespace: string;
    readonly service: string;
    readonly ready: number;
  }[];
  readonly namespaces: readonly { readonly name: string; readonly labels: TextMap }[];
  readonly policies: readonly PolicySummary[];
  /** Exceptions that the engine honours now, and whom they cover. */
  readonly exceptions: readonly {
    readonly reference: ObjectReference;
    readonly engine: Engine;
    readonly why: string;
    readonly covers: (subject: BypassSubject) => boolean;
  }[];
  /** Namespaces that an engine's own settings leave out. */
  readonly exemptions: readonly {
    readonly engine: Engine;
    readonly namespace: string;
    readonly why: string;
    readonly reference?: ObjectReference;
  }[];
  readonly now: Date;
}

/** Engines that are asked through webhooks; the API server and nodes do the others' work themselves. */
export const webhookEngines: readonly Engine[] = [
  'kyverno',
  'policy-controller',
  'gatekeeper',
  'connaisseur',
  'portieris',
  'kubewarden',
];

/** Whether a webhook is asked about pods at all. */
export const isAboutPods = (webhook: Webhook): boolean =>
  asksAbout(webhook, 'CREATE') || asksAbout(webhook, 'UPDATE');

/** Webhooks of an engine that are asked about pods. */
export const podWebhooks = (
  configurations: readonly WebhookConfiguration[],
  engine: Engine,
): readonly Webhook[] =>
  configurations.flatMap((one) => (one.engine === engine ? one.webhooks.filter(isAboutPods) : []));

/** Whether a webhook is asked about a namespace; the API server labels each with its name. */
export const selectsNamespace = (
  { namespaceSelector }: Webhook,
  name: string,
  labels: TextMap,
): boolean => selects(namespaceSelector, { 'kubernetes.io/metadata.name': name, ...labels });
