import type { ObjectReference } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { type Finding, no, notEvaluated, unknown, yes } from '#lib/policy/finding.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { matchesResources } from './match.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';

/** Whether an exception takes an object out of a rule; names the exception that does. */
export function exceptionFor(
  policy: ObjectReference,
  rule: string,
  exceptions: readonly KyvernoException[],
  setup: KyvernoSetup,
  admitted: AdmittedObject,
): Finding {
  const findings = exceptions.map((exception) => {
    const { head } = exception;
    const found = covers(exception, policy, rule, admitted);
    if (found.met === 'no') return found;
    const honoured = isHonoured(setup, head.reference.namespace);
    const at = `PolicyException ${head.reference.namespace ?? ''}/${head.reference.name}`;
    const whole = honoured.met === 'yes' ? found : honoured;
    return { ...whole, why: `${at}: ${whole.why}` };
  });
  return (
    findings.find(({ met }) => met === 'yes') ?? findings.find(({ met }) => met !== 'no') ?? no('')
  );
}

/** Exceptions count only where the engine is started so. */
export function isHonoured({ exceptions }: KyvernoSetup, namespace = ''): Finding {
  if (exceptions === undefined)
    return unknown('nobody knows whether the engine honours exceptions');
  if (!exceptions.enabled) return no('the engine honours no exceptions');
  return exceptions.namespace === '*' || exceptions.namespace === namespace
    ? yes('honoured')
    : no('the engine honours exceptions of another namespace only');
}

function covers(
  { content }: KyvernoException,
  policy: ObjectReference,
  rule: string,
  admitted: AdmittedObject,
): Finding {
  if (content.type === 'kyverno-cel-exception') {
    const names = content.policyRefs.some(
      ({ name, kind }) => name === policy.name && kind === policy.kind,
    );
    if (!names) return no('it is about another policy');
    return content.conditions.length > 0 || content.images !== undefined
      ? notEvaluated('its conditions in CEL are not evaluated here')
      : yes('it takes the object out of the policy');
  }
  const name = policy.namespace === undefined ? policy.name : `${policy.namespace}/${policy.name}`;
  const named = content.exceptions.some(
    ({ policyName, ruleNames }) =>
      policyName === name && ruleNames.some((one) => compileWildcard(one)(rule)),
  );
  if (!named) return no('it is about another rule');
  const matched = matchesResources(content.match, admitted, []);
  if (matched.met !== 'yes') return matched;
  return content.hasConditions
    ? notEvaluated('its conditions are not evaluated here')
    : yes('it takes the object out of the rule');
}
