import { type CelEnv, type CelValue, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { limits } from '#lib/model/limits.ts';
import { type Finding, no, notEvaluated, unknown, yes } from '#lib/policy/finding.ts';
import { remembered } from '#lib/policy/remembered.ts';
import { fail, guardFunctions, type Machine, scopeFunctions } from './functions.ts';
import { imageFunctions } from './image-functions.ts';
import { markOptionals } from './optional-syntax.ts';
import { callsIn, type Expr, rewriteExpression, TooLarge } from './rewrite.ts';
import { type CelRun, type CelScope, leaveOpen, newRun } from './run.ts';
import { textFunctions } from './text-functions.ts';

/** What an expression comes to; `open` where that depends on what nobody here knows. */
export type CelAnswer =
  | { readonly kind: 'value'; readonly value: CelValue }
  | { readonly kind: 'error'; readonly why: string }
  | { readonly kind: 'open'; readonly finding: Finding };

type Compiled = ((run: CelRun) => CelValue | Error) | string;

/** Functions that a scope may have, with the number of their arguments. */
const scoped = {
  verifyImageSignatures: 2,
  verifyAttestationSignatures: 3,
  extractPayload: 2,
  getImageData: 1,
};

/** The evaluation that is under way; the machine is never left while there is one. */
let current: CelRun | undefined;

const machine: Machine = {
  run: () => current ?? fail('no evaluation is under way'),
  variable: (name) => {
    const run = machine.run();
    const known = run.memo.get(name);
    if (known !== undefined) return known instanceof Error ? fail(known.message) : known;
    const { variables = {} } = run.scope;
    const expression = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (expression === undefined)
      return leaveOpen(run, notEvaluated(`variables.${name.slice(0, 200)} is not known here`));
    // A variable that asks for itself finds this.
    run.memo.set(name, new TypeError(`variables.${name.slice(0, 200)} is about itself`));
    const value = valueIn(expression, run);
    run.memo.set(name, value);
    if (value instanceof Error) throw value;
    return value;
  },
};

const environment: CelEnv = celEnv({
  funcs: [
    ...guardFunctions(machine),
    ...scopeFunctions(machine, scoped),
    ...textFunctions(machine),
    ...imageFunctions(machine),
  ],
});

function readExpression(expression: string): Expr | string {
  if (expression.length > limits.expressionText)
    return 'the expression is longer than what is evaluated here';
  if (depthOf(expression) > limits.expressionDepth)
    return 'the expression is deeper than what is evaluated here';
  try {
    return rewriteExpression(parse(markOptionals(expression)).expr);
  } catch (error) {
    if (error instanceof TooLarge) return error.message;
    return `the expression is not understood here: ${said(error).slice(0, 200)}`;
  }
}

const compile = remembered((expression: string): Compiled => {
  const rewritten = readExpression(expression);
  if (typeof rewritten === 'string') return rewritten;
  try {
    const evaluate = plan(environment, rewritten);
    return () => evaluate();
  } catch (error) {
    return `the expression is not understood here: ${said(error).slice(0, 200)}`;
  }
});

/**
 * What of an expression is not evaluated here, in words: functions and names beside those that are given,
 * or the whole of it where it cannot be read.
 */
export function unevaluatedIn(
  expression: string,
  {
    names,
    functions,
  }: { readonly names: readonly string[]; readonly functions: readonly string[] },
): readonly string[] {
  const rewritten = readExpression(expression);
  if (typeof rewritten === 'string') return [rewritten];
  const found = new Set<string>();
  for (const { name, text } of callsIn(rewritten)) {
    if (name === '@open' && text !== undefined) found.add(text);
    if (name === '@name' && text !== undefined && !names.includes(text))
      found.add(`${text.slice(0, 200)} is not known here`);
    if (Object.hasOwn(scoped, name) && !functions.includes(name))
      found.add(`the function ${name} is not evaluated here`);
  }
  return [...found];
}

/** Brackets inside brackets, those in texts too: the parser must not be led any deeper. */
function depthOf(expression: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of expression) {
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function valueIn(expression: string, run: CelRun): CelValue | Error {
  const compiled = compile(expression);
  return typeof compiled === 'string' ? leaveOpen(run, notEvaluated(compiled)) : compiled(run);
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Answers of the package that tell of its own limits, and not of what an engine would say. */
const ownLimits =
  /^(?:found no matching overload|unbound function|unresolved attribute|Maximum call stack|Not a CEL value|Unsupported input)/;

function evaluateOnce(
  expression: string,
  scope: CelScope,
  assumed: ReadonlyMap<string, boolean>,
): { readonly answer: CelAnswer; readonly undecided?: string } {
  const run = newRun(scope, assumed);
  const before = current;
  current = run;
  try {
    const value = valueIn(expression, run);
    return isCelError(value) || value instanceof Error
      ? failed(run, value)
      : { answer: { kind: 'value', value } };
  } catch (error) {
    return failed(run, error);
  } finally {
    current = before;
  }
}

/** An error beside something open may come of it: then the expression is open too. */
function failed(run: CelRun, error: unknown) {
  const { open, undecided } = run;
  const told = undecided === undefined ? {} : { undecided };
  const finding = open.find(({ met }) => met === 'not-evaluated') ?? open[0];
  if (finding !== undefined) return { answer: { kind: 'open', finding } as const, ...told };
  const why = said(error).slice(0, 300);
  return ownLimits.test(why)
    ? { answer: { kind: 'open', finding: notEvaluated(`not evaluated here: ${why}`) } as const }
    : { answer: { kind: 'error', why } as const };
}

/**
 * Evaluates an expression in CEL. What is unknown counts as an error does in CEL, so that `false && x`
 * is false whatever x is; where that leaves it open, signatures of which nobody knows are taken for there
 * and for missing in turn, and what comes out every time is the answer. Never throws, and never takes
 * longer than `limits.expressionSteps` for each of `limits.expressionCases`.
 */
export function evaluateCel(expression: string, scope: CelScope): CelAnswer {
  let cases = 0;
  const explore = (assumed: ReadonlyMap<string, boolean>): CelAnswer => {
    cases += 1;
    const { answer, undecided } = evaluateOnce(expression, scope, assumed);
    if (answer.kind !== 'open' || undecided === undefined) return answer;
    if (cases + 2 > limits.expressionCases) return answer;
    const without = explore(new Map([...assumed, [undecided, false]]));
    if (without.kind === 'open') return graver(answer, without);
    const withIt = explore(new Map([...assumed, [undecided, true]]));
    if (withIt.kind === 'open') return graver(answer, withIt);
    return isSame(without, withIt) ? without : answer;
  };
  return explore(new Map());
}

type OpenAnswer = Extract<CelAnswer, { readonly kind: 'open' }>;

/** Of two reasons, the one that no registry can take away. */
const graver = (one: OpenAnswer, other: OpenAnswer): OpenAnswer =>
  other.finding.met === 'not-evaluated' && one.finding.met !== 'not-evaluated' ? other : one;

const isSame = (one: CelAnswer, other: CelAnswer): boolean =>
  one.kind === other.kind &&
  (one.kind !== 'value' ||
    (other.kind === 'value' && typeof one.value !== 'object' && one.value === other.value));

/** Whether a condition in CEL holds; what is no truth is an error, and an error is told as unknown. */
export function conditionHolds(expression: string, scope: CelScope): Finding {
  const answer = evaluateCel(expression, scope);
  if (answer.kind === 'open') return answer.finding;
  if (answer.kind === 'error') return unknown(`the expression fails: ${answer.why}`);
  if (answer.value === true) return yes('the expression holds');
  if (answer.value === false) return no('the expression does not hold');
  return unknown('the expression fails: it comes to no truth');
}
