import type { Bypass, BypassSubject } from '#lib/model/bypass.ts';
import type { Engine, PolicySummary } from '#lib/model/policy.ts';
import {
  type AdmissionSurface,
  isAboutPods,
  podWebhooks,
  selectsNamespace,
  webhookEngines,
} from './admission-surface.ts';
import { asksAbout, type Webhook } from './read-webhooks.ts';
import { webhookSigns } from './webhook-signs.ts';

/** Every way past the engines of a cluster that its objects show, each with whom it lets in. */
export function findBypasses(surface: AdmissionSurface): readonly Bypass[] {
  return [
    ...(surface.webhooks?.flatMap((configuration) =>
      configuration.webhooks
        .filter(isAboutPods)
        .flatMap((webhook) => webhookSigns(configuration, webhook, surface)),
    ) ?? []),
    ...enginesOf(surface).flatMap((engine) => engineSigns(engine, surface)),
    ...surface.exemptions.map(
      ({ engine, namespace, why, reference }): Bypass => ({
        code: 'namespace-exempt',
        engine,
        ...(reference && { object: reference }),
        name: namespace,
        effect: 'passes',
        why,
        affects: (subject) => subject.namespace === namespace,
      }),
    ),
    ...surface.policies.flatMap(policySigns),
    ...surface.exceptions.map(
      ({ reference, engine, why, covers }): Bypass => ({
        code: 'exception',
        engine,
        object: reference,
        name: reference.name,
        effect: 'passes',
        why,
        affects: covers,
      }),
    ),
  ];
}

/** Engines with policies, or with webhooks that are asked about pods. */
const enginesOf = ({ policies, webhooks = [] }: AdmissionSurface): readonly Engine[] => [
  ...new Set([
    ...policies.map(({ engine }) => engine),
    ...webhooks.flatMap(({ engine, webhooks: inside }) =>
      engine !== undefined && inside.some(isAboutPods) ? [engine] : [],
    ),
  ]),
];

function engineSigns(engine: Engine, surface: AdmissionSurface): readonly Bypass[] {
  const staticPods: Bypass = {
    code: 'static-pod',
    engine,
    name: engine,
    effect: 'passes',
    why: 'static pods are started by their node, which asks no engine',
    affects: ({ mirror }) => mirror,
  };
  // Nodes check what they pull, also for static pods.
  const always = engine === 'openshift' ? [] : [staticPods];
  if (surface.webhooks === undefined || !webhookEngines.includes(engine)) return always;
  const webhooks = podWebhooks(surface.webhooks, engine);
  if (webhooks.length > 0)
    return [
      ...always,
      ...ruleSigns(engine, webhooks),
      ...namespaceSigns(engine, webhooks, surface),
    ];
  const missing: Bypass = {
    code: 'config-missing',
    engine,
    name: engine,
    effect: 'passes',
    why: 'it has policies, and no webhook configuration asks it about pods',
    affects: () => true,
  };
  return [...always, missing];
}

/** What none of the webhooks of an engine is asked. */
function ruleSigns(engine: Engine, webhooks: readonly Webhook[]): readonly Bypass[] {
  const asked = (...about: [operation: 'CREATE' | 'UPDATE', part?: 'ephemeralcontainers']) =>
    webhooks.some((webhook) => asksAbout(webhook, ...about));
  const sign = (
    code: Bypass['code'],
    why: string,
    affects: Bypass['affects'] = () => true,
  ): Bypass => ({ code, engine, name: engine, effect: 'passes', why, affects });
  return [
    ...(asked('CREATE') ? [] : [sign('rules-lack-create', 'it is not asked when pods are made')]),
    ...(asked('UPDATE')
      ? []
      : [
          sign(
            'rules-lack-update',
            'it is not asked when pods are changed, and the image of a running container can be',
          ),
        ]),
    ...(asked('UPDATE', 'ephemeralcontainers')
      ? []
      : [
          sign(
            'rules-lack-ephemeral-containers',
            'it is not asked about pods/ephemeralcontainers: kubectl debug runs any image',
            ({ containerKinds }) => containerKinds.includes('ephemeral'),
          ),
        ]),
  ];
}

/** Namespaces that none of its webhooks selects. */
function namespaceSigns(
  engine: Engine,
  webhooks: readonly Webhook[],
  { namespaces }: AdmissionSurface,
): readonly Bypass[] {
  return namespaces
    .filter(({ name, labels }) => !webhooks.some((one) => selectsNamespace(one, name, labels)))
    .map(({ name }) => ({
      code: 'namespace-exempt',
      engine,
      name,
      effect: 'passes',
      why: `none of its webhooks selects the namespace ${name}`,
      affects: ({ namespace }) => namespace === name,
    }));
}

function policySigns(policy: PolicySummary): readonly Bypass[] {
  const { reference, engine, mode, createdAt, verifies } = policy;
  const about = { engine, object: reference, name: reference.name, effect: 'passes' } as const;
  const within = ({ namespace }: BypassSubject): boolean =>
    reference.namespace === undefined || reference.namespace === namespace;
  const lax: readonly Bypass[] =
    mode === 'enforce'
      ? []
      : [{ ...about, code: 'not-enforced', why: `its mode is ${mode}`, affects: within }];
  if (createdAt === undefined || !verifies) return lax;
  const since = Date.parse(createdAt);
  const older: Bypass = {
    ...about,
    code: 'pods-older-than-policy',
    why: `pods that were made before ${createdAt} were never held against it`,
    affects: (subject) =>
      within(subject) && subject.createdAt !== undefined && Date.parse(subject.createdAt) < since,
  };
  return [...lax, older];
}
