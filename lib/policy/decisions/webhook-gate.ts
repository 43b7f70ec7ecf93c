import type { Engine, RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { type Finding, no, unknown, yes } from '#lib/policy/finding.ts';
import { selects, selectsAll } from '#lib/policy/selector.ts';
import {
  type AdmissionSurface,
  podWebhooks,
  selectsNamespace,
  webhookEngines,
} from '#lib/policy/webhooks/admission-surface.ts';
import type { TraitCollector } from './traits.ts';

/** Whether the API server asks an engine at all. */
export interface Gate {
  readonly collect: (traits: TraitCollector) => void;
  /** `yes`: nobody asks it about the object; `unknown`: that hangs on labels that could not be read. */
  readonly unasked: (admitted: AdmittedObject) => Finding;
}

/** What the webhooks of an engine leave out; nothing where they could not be read. */
export function webhookGate(engine: Engine, configurations: AdmissionSurface['webhooks']): Gate {
  if (configurations === undefined || !webhookEngines.includes(engine))
    return { collect: () => {}, unasked: () => no('') };
  const webhooks = podWebhooks(configurations, engine);
  const missing = yes(`no webhook configuration asks ${engine} about pods`);
  return {
    collect: (traits) => {
      for (const { namespaceSelector, objectSelector } of webhooks) {
        traits.addSelector('namespaceLabels', namespaceSelector);
        traits.addSelector('labels', objectSelector);
      }
    },
    unasked: ({ namespace = '', namespaceLabels, labels }) => {
      if (webhooks.length === 0) return missing;
      const about = webhooks.filter(({ objectSelector }) => selects(objectSelector, labels));
      if (about.length === 0)
        return yes(`no webhook of ${engine} selects the labels of the object`);
      if (namespaceLabels === undefined)
        return about.some(({ namespaceSelector }) => selectsAll(namespaceSelector))
          ? no('')
          : unknown('the labels of the namespace could not be read');
      return about.some((webhook) => selectsNamespace(webhook, namespace, namespaceLabels))
        ? no('')
        : yes(`no webhook of ${engine} selects the namespace ${namespace}`);
    },
  };
}

/** Who is not asked refuses nobody today; without the gap it would say what it says. */
export function pastGate(decisions: readonly RuleDecision[], unasked: Finding) {
  if (unasked.met === 'no') return decisions;
  return decisions.map((decision): RuleDecision => {
    const why = `${unasked.why}; ${decision.why}`;
    if (unasked.met === 'yes') return { ...decision, mode: 'none', today: 'admit', why };
    return decision.today === 'admit' ? decision : { ...decision, today: 'not-evaluated', why };
  });
}
