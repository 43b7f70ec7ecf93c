import type { parse } from '@bufbuild/cel';
import { limits } from '#lib/model/limits.ts';
import {
  knownFunctions,
  knownMethods,
  libraries,
  operators,
  optionalMethods,
  ownMethods,
  producers,
} from './function-names.ts';
import { optionalMark } from './optional-syntax.ts';

/** A node of an expression, as the parser writes it. */
export type Expr = ReturnType<typeof parse>['expr'];
type Kind = Expr['exprKind'];
type Call = Extract<Kind, { case: 'callExpr' }>['value'];
type Comprehension = Extract<Kind, { case: 'comprehensionExpr' }>['value'];
type Struct = Extract<Kind, { case: 'structExpr' }>['value'];
type Select = Extract<Kind, { case: 'selectExpr' }>['value'];

/** Names of types, which are values of CEL too. */
const typeNames: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
]);

/** Thrown where an expression is larger than anything that is evaluated here. */
export class TooLarge extends Error {}

interface Place {
  readonly bound: ReadonlySet<string>;
  readonly depth: number;
}

/**
 * Rewrites an expression so that every access, every name and every turn of a loop passes through our
 * functions: they tell what is absent from what is unknown, and they count.
 */
export function rewriteExpression(expr: Expr): Expr {
  let nodes = 0;
  const rewrite = (one: Expr, { bound, depth }: Place): Expr => {
    nodes += 1;
    if (nodes > limits.expressionNodes || depth > limits.expressionDepth)
      throw new TooLarge('the expression is larger than what is evaluated here');
    const inside = (child: Expr, more: readonly string[] = []) =>
      rewrite(child, {
        bound: more.length === 0 ? bound : new Set([...bound, ...more]),
        depth: depth + 1,
      });
    const { exprKind } = one;
    switch (exprKind.case) {
      case 'identExpr':
        return identifier(one, exprKind.value.name, bound);
      case 'selectExpr':
        return selection(one, exprKind.value, bound, inside);
      case 'callExpr':
        return call(one, exprKind.value, bound, inside);
      case 'listExpr':
        return {
          ...one,
          exprKind: {
            ...exprKind,
            value: { ...exprKind.value, elements: exprKind.value.elements.map((e) => inside(e)) },
          },
        };
      case 'structExpr':
        return struct(one, exprKind.value, inside);
      case 'comprehensionExpr': {
        const before = nodes;
        return comprehension(one, exprKind.value, inside, () => nodes - before);
      }
      default:
        return one;
    }
  };
  return rewrite(expr, { bound: new Set(), depth: 0 });
}

type Inside = (child: Expr, more?: readonly string[]) => Expr;

function identifier(one: Expr, name: string, bound: ReadonlySet<string>): Expr {
  return bound.has(name) || typeNames.has(name) ? one : callOf(one, '@name', [textOf(one, name)]);
}

function selection(
  one: Expr,
  { operand, field, testOnly }: Select,
  bound: ReadonlySet<string>,
  inside: Inside,
): Expr {
  if (operand === undefined) return openAt(one, 'a selection of nothing');
  if (nameOf(operand) === 'variables' && !bound.has('variables'))
    return callOf(one, testOnly ? '@hasVariable' : '@variable', [textOf(one, field)]);
  const isMarked = field.startsWith(optionalMark);
  const name = textOf(one, isMarked ? field.slice(optionalMark.length) : field);
  const access = isMarked ? '@optional' : '@field';
  return callOf(one, testOnly ? '@has' : access, [inside(operand), name]);
}

function call(
  one: Expr,
  { function: name, target, args }: Call,
  bound: ReadonlySet<string>,
  inside: Inside,
): Expr {
  const space = target && nameOf(target);
  if (space !== undefined && !bound.has(space) && knownFunctions.has(`${space}.${name}`))
    return callOf(
      one,
      `${space}.${name}`,
      args.map((arg) => inside(arg)),
    );
  if (target === undefined && operators.has(name)) return operation(one, name, args, inside);
  const known = target === undefined ? knownFunctions : knownMethods;
  // A name before the function that is no value is a library: `math.greatest`.
  if (!known.has(name) || (space !== undefined && libraries.has(space) && !bound.has(space)))
    return openAt(one, `the function ${space === undefined ? '' : `${space}.`}${name}`);
  const all = [...(target ? [target] : []), ...args].map((arg) => inside(arg));
  const given = optionalMethods.has(name) ? all : all.map((arg) => callOf(arg, '@plain', [arg]));
  if (ownMethods.has(name)) return produced(callOf(one, `@${name}`, given), name);
  const [first, ...rest] = given;
  return produced(
    target === undefined ? callOf(one, name, given) : callOf(one, name, rest, first),
    name,
  );
}

/** Logic takes what it is given; whatever compares or counts must see the whole of it. */
function operation(one: Expr, name: string, args: readonly Expr[], inside: Inside): Expr {
  const given = args.map((arg) => inside(arg));
  if (name === '_[_]') return callOf(one, '@index', given);
  if (name === '@in') return callOf(one, '@contains', given);
  if (name === '_==_' || name === '_!=_')
    return callOf(
      one,
      name,
      given.map((arg) => callOf(arg, '@whole', [arg])),
    );
  if (['_&&_', '_||_', '_?_:_', '!_', '@not_strictly_false'].includes(name))
    return callOf(one, name, given);
  return produced(
    callOf(
      one,
      name,
      given.map((arg) => callOf(arg, '@plain', [arg])),
    ),
    name,
  );
}

const produced = (one: Expr, name: string): Expr =>
  producers.has(name) ? callOf(one, '@sized', [one]) : one;

function struct(one: Expr, value: Struct, inside: Inside): Expr {
  if (value.messageName !== '') return openAt(one, `an object of ${value.messageName}`);
  const entries = value.entries.map((entry) => ({
    ...entry,
    ...(entry.keyKind.case === 'mapKey' && {
      keyKind: { ...entry.keyKind, value: inside(entry.keyKind.value) },
    }),
    ...(entry.value && { value: inside(entry.value) }),
  }));
  return { ...one, exprKind: { case: 'structExpr', value: { ...value, entries } } };
}

function comprehension(
  one: Expr,
  value: Comprehension,
  inside: Inside,
  counted: () => number,
): Expr {
  const { iterVar, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = value;
  if (!iterRange || !accuInit || !loopCondition || !loopStep || !result)
    return openAt(one, 'a loop without parts');
  const own = [iterVar, accuVar];
  const range = callOf(iterRange, '@plain', [inside(iterRange)]);
  const init = inside(accuInit);
  const before = counted();
  const step = inside(loopStep, own);
  const condition = inside(loopCondition, own);
  const cost = numberOf(one, counted() - before);
  return {
    ...one,
    exprKind: {
      case: 'comprehensionExpr',
      value: {
        ...value,
        iterRange: range,
        accuInit: init,
        loopCondition: callOf(loopCondition, '_&&_', [callOf(one, '@turn', [cost]), condition]),
        loopStep: step,
        result: inside(result, own),
      },
    },
  };
}

/** Every call in an expression, with its first argument where that is a text. */
export function callsIn(
  expr: Expr,
): readonly { readonly name: string; readonly text: string | undefined }[] {
  const { exprKind } = expr;
  const inside = childrenOf(expr).flatMap(callsIn);
  if (exprKind.case !== 'callExpr') return inside;
  const [first] = exprKind.value.args;
  const constant =
    first?.exprKind.case === 'constExpr' ? first.exprKind.value.constantKind : undefined;
  const text = constant?.case === 'stringValue' ? constant.value : undefined;
  return [{ name: exprKind.value.function, text }, ...inside];
}

function childrenOf({ exprKind }: Expr): readonly Expr[] {
  switch (exprKind.case) {
    case 'callExpr':
      return [...(exprKind.value.target ? [exprKind.value.target] : []), ...exprKind.value.args];
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === 'mapKey' ? [keyKind.value] : []),
        ...(value ? [value] : []),
      ]);
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      return [iterRange, accuInit, loopCondition, loopStep, result].flatMap((one) => one ?? []);
    }
    default:
      return [];
  }
}

const nameOf = ({ exprKind }: Expr): string | undefined =>
  exprKind.case === 'identExpr' ? exprKind.value.name : undefined;

const openAt = (one: Expr, what: string): Expr =>
  callOf(one, '@open', [textOf(one, `${what.slice(0, 200)} is not evaluated here`)]);

const callOf = (one: Expr, name: string, args: readonly Expr[], target?: Expr): Expr => ({
  ...one,
  exprKind: {
    case: 'callExpr',
    value: {
      $typeName: 'cel.expr.Expr.Call',
      function: name,
      args: [...args],
      ...(target && { target }),
    },
  },
});

const textOf = (one: Expr, value: string): Expr => ({
  ...one,
  exprKind: {
    case: 'constExpr',
    value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'stringValue', value } },
  },
});

const numberOf = (one: Expr, value: number): Expr => ({
  ...one,
  exprKind: {
    case: 'constExpr',
    value: {
      $typeName: 'cel.expr.Constant',
      constantKind: { case: 'int64Value', value: BigInt(value) },
    },
  },
});
