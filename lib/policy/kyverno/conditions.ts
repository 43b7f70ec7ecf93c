import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';
import { type Finding, no, notEvaluated, unknown, yes } from '#lib/policy/finding.ts';
import { valueOfPath } from '#lib/policy/jmespath/interpret.ts';
import { OpenPath, PathError, type PathRun, wholeOf } from '#lib/policy/jmespath/run.ts';
import { isList, isObject, type Json } from '#lib/policy/jmespath/values.ts';
import { conditionOperators } from './condition-operators.ts';

const Condition = z.looseObject({
  key: z.json().default(null),
  operator: z.string().default(''),
  value: z.json().default(null),
});
const AnyAll = z.looseObject({
  any: z.array(Condition).nullish(),
  all: z.array(Condition).nullish(),
});
type Condition = z.infer<typeof Condition>;
type AnyAll = z.infer<typeof AnyAll>;

/** What variables in conditions name, and the time that it is for them. */
export interface ConditionContext {
  readonly data: Json;
  readonly now?: Date;
}

/**
 * Whether conditions of Kyverno hold: `any` and `all` of them, or a bare list of which all must. `unknown`
 * stands for an error of the engine; what cannot be evaluated here stays so only where it could decide.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/engine/variables/evaluate.go
 */
export function evaluateConditions(conditions: unknown, context: ConditionContext): Finding {
  const blocks = blocksOf(conditions);
  if (blocks === undefined) return notEvaluated('the conditions are of no form that is known here');
  let last = yes('there are no conditions');
  for (const block of blocks) {
    last = evaluateBlock(block, context);
    if (last.met !== 'yes') return last;
  }
  return last;
}

/** As in the engine, `all` is asked whatever `any` came to, and an error in either is one of the whole. */
function evaluateBlock({ any, all }: AnyAll, context: ConditionContext): Finding {
  const some = any ? firstWith('yes', any, context) : yes('nothing is asked for');
  if (isOpen(some)) return some;
  const every = firstWith('no', all ?? [], context);
  return every.met === 'yes' ? some : every;
}

const isOpen = ({ met }: Finding): boolean => met === 'unknown' || met === 'not-evaluated';

/**
 * Asks one condition after the other until one comes to the word, or is an error; what is open may be an
 * error too, and nothing behind it is asked.
 */
function firstWith(
  word: 'yes' | 'no',
  conditions: readonly Condition[],
  context: ConditionContext,
): Finding {
  for (const one of conditions) {
    const found = evaluate(one, context);
    if (found.met === word || isOpen(found)) return found;
  }
  return word === 'yes' ? no('none of the conditions holds') : yes('the conditions hold');
}

function blocksOf(conditions: unknown): readonly AnyAll[] | undefined {
  const list = Array.isArray(conditions) ? conditions : [conditions];
  if (list.every((one) => typeof one === 'object' && one !== null && !('key' in one))) {
    const read = z.array(AnyAll).safeParse(list);
    return read.success ? read.data : undefined;
  }
  const read = z.array(Condition).safeParse(conditions);
  return read.success ? [{ all: read.data }] : undefined;
}

function evaluate({ key, operator, value }: Condition, context: ConditionContext): Finding {
  const compare = conditionOperators.get(operator.toLowerCase());
  if (compare === undefined) return unknown(`${operator.slice(0, 100)} is no operator`);
  const run: PathRun = { steps: 0, ...(context.now && { now: context.now }) };
  try {
    const holds = compare(substituted(key, context, run), substituted(value, context, run));
    return holds ? yes('a condition holds') : no('a condition does not hold');
  } catch (error) {
    if (error instanceof OpenPath) return error.finding;
    if (error instanceof PathError) return unknown(`a condition fails: ${error.message}`);
    if (error instanceof RangeError) return notEvaluated('a condition is too deep');
    throw error;
  }
}

/** Variables within everything that is written, the names of members too. */
function substituted(value: unknown, context: ConditionContext, run: PathRun, depth = 0): Json {
  if (depth > limits.jsonDepth) throw new OpenPath('a condition is too deep');
  if (typeof value === 'string') return substituteText(value, context, run);
  if (Array.isArray(value)) return value.map((one) => substituted(one, context, run, depth + 1));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (name.includes('{{')) throw new OpenPath('variables in names are not evaluated here');
      return [name, substituted(one, context, run, depth + 1)];
    }),
  );
}

const variable = /(?<!\\)\{\{((?:\{[^{}]*\}|[^{}])*)\}\}/;

/** How often a variable may bring further ones with it. */
const mostRounds = 20;

function substituteText(text: string, context: ConditionContext, run: PathRun): Json {
  if (/\$\(/.test(text)) throw new OpenPath('references are not evaluated here');
  let value = text;
  for (let round = 0; round < mostRounds; round += 1) {
    const match = variable.exec(value);
    if (match === null) return value.replaceAll('\\{{', '{{');
    const [whole, inner = ''] = match;
    const expression = inner.trim();
    if (expression === '@' || expression.startsWith('-'))
      throw new OpenPath(`the variable ${expression.slice(0, 100)} is not evaluated here`);
    const found = valueOfPath(expression, context.data, run);
    if (whole === value) return wholeOf(found, run);
    // A function, so that `$` in a value stays what it is.
    value = value.replace(whole, () => writtenOut(found));
    if (value.length > limits.expressionResultText) throw new OpenPath('a condition is too long');
  }
  throw new OpenPath('variables bring ever more variables');
}

function writtenOut(value: Json): string {
  if (typeof value === 'string') return value;
  if (isList(value) || isObject(value))
    throw new OpenPath('lists and objects within texts are not written out here');
  return JSON.stringify(value);
}
