import type { InstalledEngine } from '#lib/model/admission.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import {
  byImage,
  type Decider,
  policyKey,
  rememberingDecider,
} from '#lib/policy/decisions/decider.ts';
import { TraitCollector } from '#lib/policy/decisions/traits.ts';
import { type Gate, pastGate } from '#lib/policy/decisions/webhook-gate.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import { podWebhooks } from '#lib/policy/webhooks/admission-surface.ts';
import { defaultConfiguration } from './configuration.ts';
import { decidePolicyController, engineReference, type PolicyControllerSetup } from './decide.ts';
import { cipName, compileCipGlob } from './glob.ts';

/** How policy-controller stands: its ConfigMap, its version, and whom its webhook selects. */
export function policyControllerSetup(
  cluster: string,
  objects: Pick<ClusterObjects, 'of' | 'webhooks'>,
  engines: readonly InstalledEngine[],
): PolicyControllerSetup {
  const version = engines.find((one) => one.engine === 'policy-controller' && one.version)?.version;
  // Who is selected by none of its webhooks is told by the gate; here the engine's default must not
  // narrow what webhooks that were read select.
  const isRead = podWebhooks(objects.webhooks ?? [], 'policy-controller').length > 0;
  return {
    cluster,
    configuration:
      objects.of('policy-controller-configuration')[0]?.content ?? defaultConfiguration,
    ...(version !== undefined && { version }),
    ...(isRead && { namespaces: {} }),
  };
}

/** policy-controller as it stands in a cluster; silent where nothing of it is there. */
export function openPolicyController(
  policies: readonly Typed<'cluster-image-policy'>[],
  setup: PolicyControllerSetup,
  gate: Gate,
): Decider {
  const traits = new TraitCollector();
  gate.collect(traits);
  traits.namespaceLabels.add('policy.sigstore.dev/include');
  for (const { content } of policies)
    for (const { selector } of content.spec.match) traits.addSelector('labels', selector);
  const compiled = policies.map((policy) => ({
    policy,
    globs: policy.content.spec.images.flatMap(({ glob }) => compileCipGlob(glob) ?? []),
  }));
  const covering = byImage((name) =>
    compiled.flatMap(({ policy, globs }) => (globs.some((fits) => fits(name)) ? [policy] : [])),
  );
  const decide = (admitted: AdmittedObject, facts: ImageFacts | undefined) => {
    const parsed = parseReference(admitted.containers[0]?.image ?? '');
    const digest = parsed.ok ? (parsed.reference.digest ?? facts?.digest) : undefined;
    const about =
      parsed.ok && digest !== undefined ? covering(cipName({ ...parsed.reference, digest })) : [];
    const decisions = decidePolicyController(about, setup, admitted, () => facts);
    return pastGate(decisions, gate.unasked(admitted));
  };
  return someOf(
    rememberingDecider(traits, decide),
    policyKey(setup.configuration.reference ?? engineReference(setup.cluster)),
    new Set(policies.map(({ head }) => policyKey(head.reference))),
  );
}

/**
 * What some policies say, and what the engine says itself. Whether no policy matches can be told by all
 * of them together only, so all are asked, and the others' words are left out.
 */
function someOf(
  whole: Decider['decide'],
  ownKey: string,
  keys: ReadonlySet<string>,
  only?: ReadonlySet<string>,
): Decider {
  const isAsked = (key: string): boolean => only?.has(key) ?? true;
  return {
    engine: 'policy-controller',
    hasPolicies: isAsked(ownKey) || [...keys].some(isAsked),
    decide:
      only === undefined
        ? whole
        : (admitted, factsOf) =>
            whole(admitted, factsOf).filter(({ policy }) => only.has(policyKey(policy))),
    only: (fewer) => someOf(whole, ownKey, keys, fewer),
  };
}
