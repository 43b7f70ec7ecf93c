import type { Engine, ObjectReference, PolicyMode, PolicySummary } from '#lib/model/policy.ts';
import {
  type AdmissionSurface,
  podWebhooks,
  selectsNamespace,
  webhookEngines,
} from './admission-surface.ts';

type Namespace = AdmissionSurface['namespaces'][number];

/** What one engine does in one namespace. */
export interface ControlCell {
  readonly namespace: string;
  readonly engine: Engine;
  readonly mode: PolicyMode;
  /** Set for `none`: why nothing is controlled. */
  readonly why?: string;
}

/** What decides which engine controls which namespace. */
export interface ControlQuestion
  extends Pick<AdmissionSurface, 'namespaces' | 'webhooks' | 'exemptions'> {
  /** Engines of the cluster, also those without a policy. */
  readonly engines: readonly Engine[];
  readonly policies: readonly {
    readonly summary: PolicySummary;
    /** Whether its own rules reach a namespace; without it, they reach every one that it lies in. */
    readonly reaches?: (namespace: Namespace) => boolean;
  }[];
}

/** Every namespace under every engine, in the strongest mode of the policies that reach it. */
export const controlCoverage = (question: ControlQuestion): readonly ControlCell[] =>
  question.namespaces.flatMap((namespace) =>
    question.engines.map((engine) => ({
      namespace: namespace.name,
      engine,
      ...controlOf(engine, namespace, question),
    })),
  );

type Control = Pick<ControlCell, 'mode' | 'why'>;
const none = (why: string): Control => ({ mode: 'none', why });

/** A policy of a namespace is about that one; settings of an engine lie in one and are about all. */
const isOf = ({ kind, namespace }: ObjectReference, { name }: Namespace): boolean =>
  namespace === undefined || namespace === name || kind === 'ConfigMap';

function controlOf(engine: Engine, namespace: Namespace, question: ControlQuestion): Control {
  const exempt = question.exemptions.find(
    (one) => one.engine === engine && one.namespace === namespace.name,
  );
  if (exempt !== undefined) return none(exempt.why);
  const unasked = whyUnasked(engine, namespace, question.webhooks);
  if (unasked !== undefined) return none(unasked);
  const reaching = question.policies.filter(
    ({ summary, reaches }) =>
      summary.engine === engine &&
      isOf(summary.reference, namespace) &&
      (reaches?.(namespace) ?? true),
  );
  if (reaching.length === 0) return none('no policy reaches this namespace');
  const mode = (['enforce', 'warn', 'audit'] as const).find((one) =>
    reaching.some(({ summary }) => summary.mode === one),
  );
  return mode === undefined ? none('its policies stop and report nothing') : { mode };
}

function whyUnasked(
  engine: Engine,
  { name, labels }: Namespace,
  configurations: ControlQuestion['webhooks'],
): string | undefined {
  if (configurations === undefined || !webhookEngines.includes(engine)) return undefined;
  const webhooks = podWebhooks(configurations, engine);
  if (webhooks.length === 0) return 'no webhook configuration asks it about pods';
  return webhooks.some((webhook) => selectsNamespace(webhook, name, labels))
    ? undefined
    : `none of its webhooks selects the namespace ${name}`;
}
