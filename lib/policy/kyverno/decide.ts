import type { ObjectReference, RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { FactsOf } from '#lib/policy/facts.ts';
import {
  allOf,
  type Finding,
  no,
  notEvaluated,
  outcomesOf,
  unknown,
  yes,
} from '#lib/policy/finding.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import type { PolicyObject } from '#lib/policy/policy-object.ts';
import { selects } from '#lib/policy/selector.ts';
import type { VerificationRule } from './attestors.ts';
import { filterFor, type KyvernoConfiguration } from './configuration.ts';
import { exceptionFor } from './exceptions.ts';
import { findVerification } from './find-attestors.ts';
import { kyvernoImage } from './image-name.ts';
import { matchesRule } from './match.ts';
import { preconditionsOf } from './preconditions.ts';
import { type KyvernoPolicy, modeOf, type VerifyImagesRule } from './read-kyverno-policy.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';

type Policy = PolicyObject<KyvernoPolicy>;
type Container = AdmittedObject['containers'][number];

/**
 * What the rules of ClusterPolicies and Policies that verify images say to each container. A rule that
 * is not about the object, or whose patterns do not name the image, says nothing. Where only some of the
 * containers are asked about, `whole` is the object with all of them, for preconditions.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/engine/internal/imageverifier.go
 */
export function decideKyvernoPolicies(
  policies: readonly Policy[],
  exceptions: readonly KyvernoException[],
  setup: KyvernoSetup,
  admitted: AdmittedObject,
  factsOf: FactsOf,
  whole: AdmittedObject = admitted,
): readonly RuleDecision[] {
  const skipped = whySkipped(setup.configuration, admitted);
  return policies.flatMap((policy) => {
    const { reference } = policy.head;
    if (reference.kind === 'Policy' && reference.namespace !== admitted.namespace) return [];
    return policy.content.rules.flatMap((rule) => {
      const about = matchesRule(rule.rule, admitted, policy.content.controllers);
      if (about.met === 'no') return [];
      const asked = preconditionsOf(rule.rule, whole);
      if (asked.met === 'no') return [];
      const exempt = exceptionFor(reference, rule.rule.name, exceptions, setup, admitted);
      return rule.verifications.flatMap((verification) =>
        admitted.containers.flatMap((container) => {
          const found = findImage(policy, verification, setup, container, factsOf);
          if (found === undefined) return [];
          // A precondition that fails is an error, whoever signed.
          const finding = asked.met === 'unknown' ? asked : guarded(found, [about, asked]);
          const decision = decisionOf(policy, rule, admitted, container, finding);
          return [exempted(withDefects(decision, verification, setup), [skipped, exempt])];
        }),
      );
    });
  });
}

/** Why Kyverno never sees the object: its filters, or the selector of its webhooks. */
export function whySkipped(
  { resourceFilters, namespaceSelector }: KyvernoConfiguration,
  admitted: AdmittedObject,
): Finding {
  const filter = filterFor(resourceFilters, admitted);
  if (filter !== undefined)
    return yes(
      `Kyverno leaves [${filter.kind},${filter.namespace},${filter.name}] alone (resourceFilters)`,
    );
  if (namespaceSelector === undefined) return no('');
  if (admitted.namespaceLabels === undefined)
    return unknown('the labels of the namespace could not be read');
  return selects(namespaceSelector, admitted.namespaceLabels)
    ? no('')
    : yes('the webhooks of Kyverno do not select the namespace');
}

/** Undefined where the verification is not about the image. */
function findImage(
  { head }: Policy,
  rule: VerificationRule,
  { configuration }: KyvernoSetup,
  { image }: Container,
  factsOf: FactsOf,
): Finding | 'skipped' | undefined {
  const { name, hasDigest } = kyvernoImage(image, configuration);
  const { spec } = rule;
  const fits = (pattern: string) => compileWildcard(pattern)(name);
  if (!spec.imageReferences.some(fits)) return undefined;
  if (spec.skipImageReferences.some(fits)) return 'skipped';
  const facts = factsOf(image);
  const digest = digestFinding(spec, hasDigest, facts?.digest !== undefined);
  const asksNothing = rule.attestors.length + rule.attestations.length === 0;
  if (!asksNothing) return allOf([digest, findVerification(head.reference, rule, facts)]);
  return spec.required && digest.met === 'yes'
    ? notEvaluated('it asks for verified images and names nobody who verifies them')
    : digest;
}

function digestFinding(
  { verifyDigest, mutateDigest }: VerificationRule['spec'],
  hasDigest: boolean,
  isResolved: boolean,
): Finding {
  if (!verifyDigest || hasDigest) return yes('the image needs no other digest');
  if (!mutateDigest) return no('the image has no digest, and Kyverno adds none');
  return isResolved
    ? yes('Kyverno adds the digest')
    : unknown('nobody here knows what the tag resolves to');
}

/** What would fail may not be asked at all: then nobody can tell. What passes, passes either way. */
function guarded(found: Finding | 'skipped', guards: readonly Finding[]): Finding | 'skipped' {
  if (found === 'skipped' || found.met === 'yes') return found;
  return guards.find(({ met }) => met === 'not-evaluated' || met === 'unknown') ?? found;
}

function decisionOf(
  { head, content }: Policy,
  { rule }: VerifyImagesRule,
  admitted: AdmittedObject,
  container: Container,
  finding: Finding | 'skipped',
): RuleDecision {
  const { namespace, namespaceLabels } = admitted;
  const mode = modeOf(
    content.spec,
    rule,
    namespace === undefined ? undefined : { name: namespace, labels: namespaceLabels ?? {} },
  );
  const about = aboutContainer(head.reference, rule.name, container);
  if (finding === 'skipped')
    return {
      ...about,
      mode: 'none',
      today: 'admit',
      enforced: 'admit',
      why: 'skipImageReferences leaves the image out',
    };
  return { ...about, mode, ...outcomesOf(finding, mode), why: finding.why };
}

/** What every decision of Kyverno about a container says of it. */
export const aboutContainer = (
  policy: ObjectReference,
  rule: string,
  { name, kind, image }: Container,
) => ({ policy, engine: 'kyverno', rule, container: name, containerKind: kind, image }) as const;

/** Exceptions and filters let everything past today; without them the rule would say what it says. */
export function exempted(decision: RuleDecision, reasons: readonly Finding[]): RuleDecision {
  const sure = reasons.find(({ met }) => met === 'yes');
  if (sure !== undefined)
    return { ...decision, mode: 'none', today: 'admit', why: `${sure.why}; ${decision.why}` };
  const open = reasons.find(({ met }) => met !== 'no');
  if (open === undefined || decision.today === 'admit') return decision;
  return { ...decision, today: 'not-evaluated', why: `${open.why}; ${decision.why}` };
}

/** Where this version of the engine is known to decide otherwise. */
function withDefects(
  decision: RuleDecision,
  { attestations, spec: { type } }: VerificationRule,
  { version }: KyvernoSetup,
): RuleDecision {
  const anyone = attestations.some(({ attestors }) => attestors.length === 0);
  const told = anyone
    ? 'Without attestors Kyverno does not look for certificate timestamps of attestations (https://github.com/kyverno/kyverno/issues/17125).'
    : undefined;
  const referrers =
    attestations.length > 0 && /^v?1\.19\.0/.test(version ?? '')
      ? 'Kyverno 1.19.0 misses attestations under the fallback tag (https://github.com/kyverno/kyverno/issues/16678).'
      : undefined;
  const bundles =
    type === 'SigstoreBundle' && decision.enforced === 'admit'
      ? 'Kyverno passes over bundles for which the list of referrers names another type, as some registries do.'
      : undefined;
  const engineMayDiffer = told ?? referrers ?? bundles;
  return engineMayDiffer === undefined ? decision : { ...decision, engineMayDiffer };
}
