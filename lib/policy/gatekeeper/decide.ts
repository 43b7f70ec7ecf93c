import type { DecisionOutcome, PolicyMode, RuleDecision } from '#lib/model/policy.ts';
import { type AdmittedObject, isPod } from '#lib/policy/admitted-object.ts';
import type { Constraint } from './constraint.ts';
import type { ConstraintTemplate } from './constraint-template.ts';
import { type Matched, matchConstraint } from './match.ts';

/** What Gatekeeper is told about an object: a constraint, and its template where that is there. */
export interface ConstraintQuestion {
  readonly constraint: Constraint;
  readonly template?: ConstraintTemplate;
  readonly object: AdmittedObject;
}

/**
 * What a constraint decides about each container of an object; nothing where it is not about the
 * object. Rego is not run: only rules of the library that we know word for word are evaluated.
 */
export function decideConstraint(question: ConstraintQuestion): readonly RuleDecision[] {
  const { constraint, object } = question;
  const matched = matchConstraint(constraint.match, object);
  if (matched === 'no') return [];
  return object.containers.map((container) => {
    const { fault, why } = judge(question, matched, container);
    return {
      policy: constraint.head.reference,
      engine: 'gatekeeper',
      rule: constraint.head.reference.kind,
      container: container.name,
      containerKind: container.kind,
      image: container.image,
      mode: constraint.mode,
      today: todayOf(constraint.mode, fault),
      enforced: outcomeOf(fault),
      why,
    };
  });
}

/** Whether a rule finds fault; `unknown` where only the engine could tell. */
type Fault = 'yes' | 'no' | 'unknown';

const outcomeOf = (fault: Fault): DecisionOutcome =>
  (({ yes: 'refuse', no: 'admit', unknown: 'not-evaluated' }) as const)[fault];

/** A mode that stops nothing lets even the unknown in; every other leaves it open. */
function todayOf(mode: PolicyMode, fault: Fault): DecisionOutcome {
  if (mode === 'audit' || mode === 'none') return 'admit';
  return mode === 'warn' && fault === 'yes' ? 'warn' : outcomeOf(fault);
}

type Container = AdmittedObject['containers'][number];
const open = (why: string) => ({ fault: 'unknown' as const, why });
const passed = (why: string) => ({ fault: 'no' as const, why });

function judge(
  { constraint, template, object }: ConstraintQuestion,
  matched: Matched,
  { name, kind, image }: Container,
): { readonly fault: Fault; readonly why: string } {
  const own = constraint.head.reference.kind;
  if (matched === 'unknown')
    return open(
      `${own} selects namespaces by labels, and those of ${object.namespace} are unknown`,
    );
  if (template === undefined || template.constraintKind !== own)
    return open(`the template of ${own} is not there`);
  const { rule } = template;
  if (rule === undefined) return open(whyOpaque(template));
  if (!isPod(object))
    return passed(`${own} looks at containers of pods, which ${object.kind} does not have itself`);
  if (kind === 'image-volume') return passed(`${own} does not look at image volumes`);
  if (kind === 'ephemeral' && !rule.seesEphemeral)
    return passed(`this version of ${own} does not look at ephemeral containers`);
  const { parameters } = constraint;
  const odd = rule.lists.find((list) => !isTextList(parameters, list));
  if (odd !== undefined) return open(`spec.parameters.${odd} of ${own} is not a list of texts`);
  const fault = rule.faultOf(image, parameters);
  return fault === undefined
    ? passed(`${own} finds no fault with ${image}`)
    : { fault: 'yes', why: `${fieldOf[kind]} ${name}: ${image} ${fault}` };
}

const fieldOf = {
  main: 'container',
  init: 'initContainer',
  sidecar: 'initContainer',
  ephemeral: 'ephemeralContainer',
} as const;

function whyOpaque({ constraintKind, languages, providers }: ConstraintTemplate): string {
  if (providers.length > 0)
    return `${constraintKind} asks ${providers.join(', ')}, and what that answers decides`;
  return `the rules of ${constraintKind} are ${languages.join(' and ')}, which is not run here`;
}

function isTextList(parameters: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return (
    value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  );
}

/** What cannot be evaluated of a constraint, in words; nothing where all of it can. */
export const unevaluatedOf = (template: ConstraintTemplate | undefined): readonly string[] => {
  if (template === undefined) return ['its template is not there'];
  return template.rule === undefined ? [whyOpaque(template)] : [];
};
