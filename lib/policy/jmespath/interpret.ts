import { compile } from '@jmespath-community/jmespath';
import { limits } from '#lib/model/limits.ts';
import { remembered } from '#lib/policy/remembered.ts';
import { callFunction } from './functions.ts';
import { isEqual, OpenPath, PathError, type PathRun, sizedOf, spendSteps, wholeOf } from './run.ts';
import { isList, isObject, type Json, mayHave } from './values.ts';

type Node = ReturnType<typeof compile>;
type Of<Type extends Node['type']> = Extract<Node, { readonly type: Type }>;

const compiled = remembered((expression: string): Node | string => {
  if (expression.length > limits.expressionText)
    return 'the expression is longer than what is evaluated here';
  const opened = expression.match(/[([{]/g) ?? [];
  if (opened.length > limits.expressionDepth || /[!&]{20}/.test(expression))
    return 'the expression is deeper than what is evaluated here';
  try {
    return compile(expression);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the expression is not understood here: ${why.slice(0, 200)}`;
  }
});

/**
 * The value of a JMESPath expression as Kyverno evaluates it: there a name that is missing is an error,
 * unless something stands in for it. Throws `PathError` where Kyverno fails, `OpenPath` where the value
 * depends on what nobody here knows.
 * @see https://github.com/kyverno/go-jmespath/blob/master/interpreter.go
 */
export function valueOfPath(expression: string, data: Json, run: PathRun): Json {
  const node = compiled(expression);
  if (typeof node === 'string') throw new OpenPath(node);
  try {
    return resultOf(node, data, run);
  } catch (error) {
    // What is nested too deep for our stack is too deep.
    if (error instanceof RangeError)
      throw new OpenPath('the expression is deeper than what is evaluated here');
    throw error;
  }
}

type Handler<Type extends Node['type']> = (node: Of<Type>, value: Json, run: PathRun) => Json;

function resultOf(node: Node, value: Json, run: PathRun): Json {
  spendSteps(run, 1);
  const handler = handlers[node.type as keyof typeof handlers] as Handler<Node['type']> | undefined;
  if (handler === undefined) throw new OpenPath(`${node.type} in JMESPath is not evaluated here`);
  return handler(node, value, run);
}

/** The value, or null where a name in it is missing. */
function valueOrNull(node: Node, value: Json, run: PathRun): Json {
  try {
    return resultOf(node, value, run);
  } catch (error) {
    if (error instanceof PathError && error.missing) return null;
    throw error;
  }
}

/** The value, or null where it is an error of whatever kind. */
function valueOrNothing(node: Node, value: Json, run: PathRun): Json {
  try {
    return resultOf(node, value, run);
  } catch (error) {
    if (error instanceof PathError) return null;
    throw error;
  }
}

const handlers: { readonly [Type in Node['type']]?: Handler<Type> } = {
  Identity: (_, value) => value,
  Current: (_, value) => value,
  Literal: ({ value }) => value as Json,
  Field: ({ name }, value) => memberOf(name, value),
  Subexpression: ({ left, right }, value, run) => resultOf(right, resultOf(left, value, run), run),
  IndexExpression: ({ left, right }, value, run) =>
    resultOf(right, resultOf(left, value, run), run),
  Index: ({ value: index }, value) => (isList(value) ? (value.at(index) ?? null) : null),
  Slice: ({ start, stop, step }, value) => sliceOf(value, start, stop, step),
  Pipe: ({ left, right }, value, run) => valueOrNull(right, valueOrNull(left, value, run), run),
  OrExpression: ({ left, right }, value, run) => {
    const first = valueOrNull(left, value, run);
    return isFalse(first) ? valueOrNull(right, value, run) : first;
  },
  AndExpression: ({ left, right }, value, run) => {
    const first = valueOrNull(left, value, run);
    return isFalse(first) ? first : resultOf(right, value, run);
  },
  NotExpression: ({ child }, value, run) => isFalse(valueOrNull(child, value, run)),
  Comparator: ({ name, left, right }, value, run) =>
    compared(name, valueOrNull(left, value, run), valueOrNull(right, value, run), run),
  Flatten: ({ child }, value, run) => {
    const list = valueOrNothing(child, value, run);
    return isList(list)
      ? sizedOf(
          list.flatMap((one): readonly Json[] => (isList(one) ? one : [one])),
          run,
        )
      : null;
  },
  Projection: ({ left, right }, value, run) => projected(valueOrNull(left, value, run), right, run),
  ValueProjection: ({ left, right }, value, run) => {
    const object = valueOrNothing(left, value, run);
    return isObject(object) ? projected(Object.values(wholeOf(object, run)), right, run) : null;
  },
  FilterProjection: ({ left, right, condition }, value, run) => {
    const list = valueOrNothing(left, value, run);
    if (!isList(list)) return null;
    return projected(
      list.filter((one) => !isFalse(valueOrNull(condition, one, run))),
      right,
      run,
    );
  },
  MultiSelectList: ({ children }, value, run) =>
    value === null
      ? null
      : sizedOf(
          children.map((one) => valueOrNull(one, value, run)),
          run,
        ),
  MultiSelectHash: ({ children }, value, run) =>
    value === null
      ? null
      : Object.fromEntries(children.map((one) => [one.name, valueOrNull(one.value, value, run)])),
  Function: ({ name, children }, value, run) =>
    callFunction(
      name,
      children.map((one) => valueOrNull(one, value, run)),
      run,
    ),
};

function memberOf(name: string, value: Json): Json {
  if (!isObject(value)) return null;
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  if (member !== undefined) return member;
  if (mayHave(value, name)) throw new OpenPath(`${name.slice(0, 200)} is not known here`);
  throw new PathError(`there is no ${name.slice(0, 200)}`, true);
}

function projected(list: Json, right: Node, run: PathRun): Json {
  if (!isList(list)) return null;
  const values = list.map((one) => valueOrNull(right, one, run));
  return sizedOf(
    values.filter((one) => one !== null),
    run,
  );
}

function sliceOf(
  value: Json,
  start: number | null,
  stop: number | null,
  step: number | null,
): Json {
  if (!isList(value)) return null;
  if (step !== null && step !== 1) throw new OpenPath('slices with steps are not evaluated here');
  return value.slice(start ?? 0, stop ?? undefined);
}

function compared(name: Of<'Comparator'>['name'], left: Json, right: Json, run: PathRun): Json {
  if (name === 'EQ' || name === 'NE') {
    const same = isEqual(wholeOf(left, run), wholeOf(right, run));
    return same === (name === 'EQ');
  }
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (name === 'GT') return left > right;
  if (name === 'GTE') return left >= right;
  return name === 'LT' ? left < right : left <= right;
}

/** What counts as false: nothing, and what is empty. An object of which parts are missing here is not empty. */
function isFalse(value: Json): boolean {
  if (value === null || value === false || value === '') return true;
  if (isList(value)) return value.length === 0;
  if (!isObject(value) || Object.keys(value).length > 0) return false;
  if (mayHave(value, '')) throw new OpenPath('whether an object is empty is not known here');
  return true;
}
