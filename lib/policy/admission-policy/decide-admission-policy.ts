import type { DecisionOutcome, PolicyMode, RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { objectValue, requestValues } from '#lib/policy/cel/admission-values.ts';
import { evaluateCel } from '#lib/policy/cel/evaluate.ts';
import type { CelScope } from '#lib/policy/cel/run.ts';
import {
  allOf,
  type Finding,
  no,
  notEvaluated,
  outcomesOf,
  worstOf,
  yes,
} from '#lib/policy/finding.ts';
import { matchesCreation } from '#lib/policy/match-resources.ts';
import type { AdmissionPolicy, AdmissionPolicyBinding } from './read-admission-policy.ts';

/** A policy and its bindings, as far as a decision needs them. */
export type AdmissionPolicyParts = {
  readonly head: Pick<AdmissionPolicy['head'], 'reference'>;
  readonly content: Pick<AdmissionPolicy, 'spec'>;
};
export type BindingParts = {
  readonly content: Pick<AdmissionPolicyBinding, 'policyName' | 'mode' | 'spec'>;
};

/** What an expression comes to for the API server: `fails` where it would be an error there too. */
type Word = Finding & { readonly fails?: true };

/**
 * What a ValidatingAdmissionPolicy says to the containers of an object that is created. It works through
 * each of its bindings that is about the object; without one it stops nothing. The policy speaks of the
 * object as a whole; where it comes to the same, each container is told what it contributes.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export function decideAdmissionPolicy(
  { head, content }: AdmissionPolicyParts,
  bindings: readonly BindingParts[],
  admitted: AdmittedObject,
): readonly RuleDecision[] {
  const { matchConstraints } = content.spec;
  // The API server takes no policy without constraints.
  if (matchConstraints === undefined) return [];
  const about = matchesCreation(matchConstraints, admitted);
  if (about.met === 'no') return [];
  const own = bindings.filter((one) => one.content.policyName === head.reference.name);
  const bound = own.flatMap(({ content: { spec, mode } }): readonly Bound[] => {
    const met = spec.matchResources ? matchesCreation(spec.matchResources, admitted) : about;
    const guard = met.met === 'yes' ? about : met;
    return met.met === 'no' ? [] : [{ mode, guard, hasParams: spec.paramRef !== undefined }];
  });
  const words = wordsOf(content.spec, admitted);
  return words.map(({ container, word }): RuleDecision => {
    const { name, kind, image } = container;
    return {
      policy: head.reference,
      engine: 'validating-admission-policy',
      rule: 'validations',
      container: name,
      containerKind: kind,
      image,
      ...decisionOf(word, bound, own.length),
    };
  });
}

interface Bound {
  readonly mode: PolicyMode;
  readonly guard: Finding;
  readonly hasParams: boolean;
}

const strongest = ['enforce', 'warn', 'audit'] as const;

function decisionOf(
  word: Word,
  bound: readonly Bound[],
  bindings: number,
): Pick<RuleDecision, 'mode' | 'today' | 'enforced' | 'why'> {
  if (bound.length === 0) {
    const why = bindings === 0 ? 'no binding names it' : 'none of its bindings is about the object';
    const { enforced } = outcomes(word, 'none');
    return { mode: 'none', today: 'admit', enforced, why: `${why}; ${word.why}` };
  }
  const told = bound.map(({ mode, guard, hasParams }) => {
    const params = notEvaluated('its parameters are not known here');
    const said = hasParams ? params : word;
    const one: Word = said.met === 'yes' || guard.met === 'yes' ? said : guard;
    return { mode, why: one.why, ...outcomes(one, mode) };
  });
  const today = worstOf(told.map((one) => one.today)) ?? 'admit';
  const enforced = worstOf(told.map((one) => one.enforced)) ?? 'admit';
  const mode = strongest.find((one) => told.some((each) => each.mode === one)) ?? 'none';
  const why = told.find((one) => one.enforced === enforced)?.why ?? word.why;
  return { mode, today, enforced, why };
}

/** Below enforcement nothing is refused, whatever an expression comes to. */
function outcomes(
  word: Word,
  mode: PolicyMode,
): { readonly today: DecisionOutcome; readonly enforced: DecisionOutcome } {
  if (word.fails) {
    const { today } = outcomesOf(no(word.why), mode);
    return { today: today === 'refuse' ? 'error' : today, enforced: 'error' };
  }
  const { today, enforced } = outcomesOf(word, mode);
  return { today: mode === 'audit' || mode === 'none' ? 'admit' : today, enforced };
}

function wordsOf(
  spec: AdmissionPolicy['spec'],
  admitted: AdmittedObject,
): readonly {
  readonly container: AdmittedObject['containers'][number];
  readonly word: Word;
}[] {
  const { containers } = admitted;
  const whole = wordOn(spec, admitted);
  const same = containers.map((container) => ({ container, word: whole }));
  if (whole.met === 'yes' || containers.length < 2) return same;
  const alone = containers.map((container) => ({
    container,
    word: wordOn(spec, { ...admitted, containers: [container] }),
  }));
  const isSame = allOf(alone.map(({ word }) => word)).met === whole.met;
  return isSame && !whole.fails && !alone.some(({ word }) => word.fails) ? alone : same;
}

/** The conditions decide whether the validations are asked; one that is false is enough. */
function wordOn(spec: AdmissionPolicy['spec'], admitted: AdmittedObject): Word {
  const scope: CelScope = {
    values: {
      ...requestValues(admitted),
      object: objectValue(admitted),
      ...(spec.paramKind === undefined && { params: null }),
    },
    variables: Object.fromEntries(spec.variables.map(({ name, expression }) => [name, expression])),
  };
  const conditions = spec.matchConditions.map(({ name, expression }) =>
    askCel(`matchConditions ${name}`, expression, scope),
  );
  if (conditions.some(({ met, fails }) => met === 'no' && !fails))
    return yes('a match condition leaves it out');
  const guard = conditions.find(({ met }) => met !== 'yes');
  if (guard?.fails && spec.failurePolicy === 'Ignore')
    return yes('a match condition fails, and the policy is then left out');
  const word = wordOfAll(spec, scope);
  return word.met === 'yes' || guard === undefined ? word : guard;
}

function wordOfAll({ validations, failurePolicy }: AdmissionPolicy['spec'], scope: CelScope): Word {
  const words = validations.map(({ expression, message }, index): Word => {
    const word = askCel(`validations[${index}]`, expression, scope);
    if (word.fails)
      return failurePolicy === 'Ignore' ? yes(`${word.why}, which the policy ignores`) : word;
    return word.met === 'no' && message ? no(`${word.why}: ${message.slice(0, 300)}`) : word;
  });
  const refused = words.find(({ met, fails }) => met === 'no' && !fails);
  return refused ?? words.find(({ fails }) => fails) ?? allOf(words);
}

/** An error counts as refused, and is told apart. */
function askCel(where: string, expression: string, scope: CelScope): Word {
  const answer = evaluateCel(expression, scope);
  if (answer.kind === 'open') return { ...answer.finding, why: `${where}: ${answer.finding.why}` };
  if (answer.kind === 'error') return { ...no(`${where} fails: ${answer.why}`), fails: true };
  if (answer.value === true) return yes(`${where} holds`);
  return answer.value === false
    ? no(`${where} does not hold`)
    : { ...no(`${where} fails: it comes to no truth`), fails: true };
}
