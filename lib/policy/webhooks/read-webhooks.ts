import { z } from 'zod';
import type { Engine, ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject } from '#lib/policy/object.ts';
import { LabelSelector } from '#lib/policy/selector.ts';

const Rule = z.looseObject({
  apiGroups: z.array(z.string()).default([]),
  apiVersions: z.array(z.string()).default([]),
  operations: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
  scope: z.string().default('*'),
});

const WebhookShape = z.looseObject({
  name: z.string(),
  clientConfig: z
    .looseObject({
      service: z.looseObject({ namespace: z.string(), name: z.string() }).optional(),
      url: z.string().optional(),
      caBundle: z.string().optional(),
    })
    .default({}),
  rules: z.array(Rule).default([]),
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  matchPolicy: z.enum(['Equivalent', 'Exact']).default('Equivalent'),
  namespaceSelector: LabelSelector.optional(),
  objectSelector: LabelSelector.optional(),
  timeoutSeconds: z.number().int().default(10),
  matchConditions: z.array(z.looseObject({ name: z.string(), expression: z.string() })).default([]),
});

/** One webhook of a configuration, with the API server's own defaults filled in. */
export type Webhook = z.infer<typeof WebhookShape>;

/** A (validating or mutating) webhook configuration. */
export interface WebhookConfiguration {
  readonly head: ObjectHead;
  /** Whose it is; absent for software that does not admit images. */
  readonly engine?: Engine;
  readonly webhooks: readonly Webhook[];
}

export const webhookKinds = {
  group: 'admissionregistration.k8s.io',
  kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  versions: ['v1', 'v1beta1'],
};

const Body = z.looseObject({ webhooks: z.array(WebhookShape).default([]) });

/** Reads a webhook configuration (admissionregistration.k8s.io). */
export function readWebhooks(
  cluster: string,
  document: unknown,
): ReadDocument<WebhookConfiguration> {
  const read = readObject(cluster, document, webhookKinds, Body);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const engine = engineOf(head, body.webhooks);
  return {
    ...read,
    value: { head, ...(engine !== undefined && { engine }), webhooks: body.webhooks },
  };
}

/** Words in the names of engines' own configurations, webhooks and services. */
const signs: readonly (readonly [Engine, RegExp])[] = [
  ['policy-controller', /(^|\.)policy\.sigstore\.dev$|^policy-controller|^cosign-system\//],
  ['kyverno', /^kyverno-|\.kyverno\.svc|\/kyverno-svc$/],
  ['gatekeeper', /^gatekeeper-|\.gatekeeper\.sh$|\/gatekeeper-webhook-service$/],
  ['connaisseur', /^connaisseur-|\/connaisseur-svc$/],
  ['portieris', /^trust\.hooks\.securityenforcement|^image-admission-config$|\/portieris$/],
  ['kubewarden', /\.kubewarden\.(admission|io)$|^kubewarden-|\/policy-server-/],
];

function engineOf({ reference }: ObjectHead, webhooks: readonly Webhook[]): Engine | undefined {
  const words = [
    reference.name,
    ...webhooks.flatMap(({ name, clientConfig: { service } }) => [
      name,
      ...(service ? [`${service.namespace}/${service.name}`] : []),
    ]),
  ];
  return signs.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0];
}

const has = (list: readonly string[], ...wanted: readonly string[]): boolean =>
  wanted.some((word) => list.includes(word));

/** Whether a webhook is asked for an operation on pods, or on a part of them. */
export const asksAbout = (
  { rules }: Webhook,
  operation: 'CREATE' | 'UPDATE',
  part?: 'ephemeralcontainers',
): boolean =>
  rules.some(
    (rule) =>
      has(rule.apiGroups, '', '*') &&
      has(rule.apiVersions, 'v1', '*') &&
      has(rule.operations, operation, '*') &&
      has(rule.scope === 'Cluster' ? [] : rule.resources, ...resourcesOf(part)),
  );

/** `*` alone stands for all resources and none of their parts. */
const resourcesOf = (part: string | undefined): readonly string[] =>
  part === undefined ? ['pods', '*', '*/*'] : [`pods/${part}`, 'pods/*', `*/${part}`, '*/*'];
