import {
  type CelFunc,
  type CelInput,
  type CelList,
  type CelMap,
  CelScalar,
  type CelValue,
  celFunc,
  celList,
  isCelError,
  isCelList,
  isCelMap,
  isCelUint,
} from '@bufbuild/cel';
import { limits } from '#lib/model/limits.ts';
import { notEvaluated } from '#lib/policy/finding.ts';
import { type CelRun, decideIn, leaveOpen, spend } from './run.ts';
import { heldBy, isIncomplete, isOptional, mayHold, optionalNone, optionalOf } from './values.ts';

/** What our functions need of the machine in which they are run. */
export interface Machine {
  readonly run: () => CelRun;
  /** The value of a variable of the scope; throws what its expression fails with. */
  readonly variable: (name: string) => CelValue;
}

const { BOOL, DYN, INT, STRING } = CelScalar;
const mayBeMissing = (what: string) =>
  notEvaluated(`${what.slice(0, 200)} of the object is not kept here`);

/** The functions to which rewritten expressions lead: they tell absent from unknown, and they count. */
export function guardFunctions({ run, variable }: Machine): CelFunc[] {
  const open = (why: string): never => leaveOpen(run(), notEvaluated(why));
  const field = (value: CelValue, key: CelValue): CelInput => {
    spend(run(), 1);
    const found = entryOf(value, key);
    if (found !== undefined) return found;
    return mayHold(value, key)
      ? leaveOpen(run(), mayBeMissing(String(key)))
      : fail(isCelMap(value) ? `there is no ${shown(key)}` : `${shown(key)} is asked of no map`);
  };
  const optional = (value: CelValue, key: CelValue): CelInput => {
    const inner = isOptional(value) ? heldBy(value) : value;
    if (inner === undefined) return optionalNone;
    const found = entryOf(inner, key);
    if (found !== undefined) return optionalOf(found);
    return mayHold(inner, key) ? leaveOpen(run(), mayBeMissing(String(key))) : optionalNone;
  };
  const has = (value: CelValue, key: CelValue): boolean => {
    if (!isCelMap(value) || isOptional(value)) return fail(`${shown(key)} is asked of no map`);
    if (entryOf(value, key) !== undefined) return true;
    return mayHold(value, key) ? leaveOpen(run(), mayBeMissing(String(key))) : false;
  };
  const plain = (value: CelValue): CelInput => {
    if (isOptional(value)) return open('an optional value as an argument is not evaluated here');
    return isIncomplete(value) ? open('the whole of an object is not kept here') : value;
  };
  const contains = (value: CelValue, within: CelValue): boolean => {
    if (isCelMap(within)) return entryOf(within, value) !== undefined || has(within, value);
    if (!isCelList(within)) return fail('a value is looked for in what is no list');
    spend(run(), within.size);
    return [...within].some((one) => isSame(one, value, open));
  };
  return [
    celFunc('@open', [STRING], DYN, open),
    celFunc('@name', [STRING], DYN, (name) => {
      const { values } = run().scope;
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      return value === undefined ? open(`${name.slice(0, 200)} is not known here`) : value;
    }),
    celFunc('@variable', [STRING], DYN, variable),
    celFunc('@hasVariable', [STRING], BOOL, (name) =>
      Object.hasOwn(run().scope.variables ?? {}, name),
    ),
    celFunc('@field', [DYN, STRING], DYN, (value, key) =>
      isOptional(value) ? optional(value, key) : field(value, key),
    ),
    celFunc('@optional', [DYN, STRING], DYN, optional),
    celFunc('@index', [DYN, DYN], DYN, (value, key) =>
      isCelList(value) ? elementOf(value, key) : field(value, key),
    ),
    celFunc('@has', [DYN, STRING], BOOL, has),
    celFunc('@contains', [DYN, DYN], BOOL, contains),
    celFunc('@plain', [DYN], DYN, plain),
    celFunc('@whole', [DYN], DYN, (value) => {
      walk(value, run(), open);
      return value;
    }),
    celFunc('@turn', [INT], BOOL, (cost) => {
      spend(run(), Number(cost) + 1);
      return true;
    }),
    celFunc('@sized', [DYN], DYN, (value) => sized(value, run(), open)),
    ...optionalFunctions(open),
  ];
}

const optionalFunctions = (open: (why: string) => never): CelFunc[] => [
  celFunc('@orValue', [DYN, DYN], DYN, (value, other) =>
    isOptional(value) ? (heldBy(value) ?? other) : open('orValue of no optional value'),
  ),
  celFunc('@hasValue', [DYN], BOOL, (value) =>
    isOptional(value) ? heldBy(value) !== undefined : open('hasValue of no optional value'),
  ),
  celFunc('@value', [DYN], DYN, (value) =>
    isOptional(value)
      ? (heldBy(value) ?? fail('an optional value holds nothing'))
      : open('value of no optional value'),
  ),
  celFunc('optional.of', [DYN], DYN, optionalOf),
  celFunc('optional.none', [], DYN, () => optionalNone),
];

/** Functions of the scope, each under the number of arguments that it takes. */
export const scopeFunctions = (
  { run }: Pick<Machine, 'run'>,
  arities: Readonly<Record<string, number>>,
): CelFunc[] =>
  Object.entries(arities).map(([name, arity]) =>
    celFunc(
      name,
      Array.from({ length: arity }, () => DYN),
      DYN,
      (...args: CelValue[]) => {
        const current = run();
        spend(current, 10);
        const { functions = {} } = current.scope;
        const own = Object.hasOwn(functions, name) ? functions[name] : undefined;
        return own === undefined
          ? leaveOpen(current, notEvaluated(`the function ${name} is not evaluated here`))
          : own(args, (what, finding) => decideIn(current, what, finding));
      },
    ),
  );

/** Ends an evaluation as the engine would: with an error. */
export function fail(why: string): never {
  throw new TypeError(why);
}

const shown = (key: CelValue): string => String(key).slice(0, 100);

function entryOf(value: CelValue, key: CelValue): CelValue | undefined {
  if (!isCelMap(value)) return undefined;
  const isKey = ['string', 'bigint', 'boolean', 'number'].includes(typeof key) || isCelUint(key);
  return isKey ? value.get(key as Parameters<CelMap['get']>[0]) : undefined;
}

function elementOf(list: CelList, key: CelValue): CelInput {
  const index = isCelUint(key) ? key.value : key;
  const isNumber = typeof index === 'bigint' || (typeof index === 'number' && index % 1 === 0);
  if (!isNumber) return fail('a list is asked for what is no number');
  return list.get(Number(index)) ?? fail(`there is no element ${shown(key)}`);
}

/** A text or list that was made, if it is not too large; a list laid out flat. */
function sized(value: CelValue, run: CelRun, open: (why: string) => never): CelInput {
  if (typeof value === 'string' || value instanceof Uint8Array) {
    spend(run, Math.ceil(value.length / 16));
    return value.length > limits.expressionResultText
      ? open('the expression makes a text that is too long')
      : value;
  }
  if (!isCelList(value)) return value;
  spend(run, Math.ceil(value.size / 4) + 1);
  return value.size > limits.expressionResultItems
    ? open('the expression makes a list that is too long')
    : celList([...value]);
}

/** Goes through all of a value, so that nothing is compared of which a part is missing here. */
function walk(value: CelValue, run: CelRun, open: (why: string) => never): void {
  spend(run, 1);
  if (typeof value === 'string') spend(run, Math.ceil(value.length / 64));
  if (isCelList(value)) for (const one of value) walk(one, run, open);
  if (!isCelMap(value)) return;
  if (isOptional(value)) open('an optional value in a comparison is not evaluated here');
  if (isIncomplete(value)) open('the whole of an object is not kept here');
  for (const one of value.values()) walk(one, run, open);
}

/** Equality where it is simple: texts, numbers and truth. */
function isSame(one: CelValue, other: CelValue, open: (why: string) => never): boolean {
  if (typeof one === typeof other && typeof one !== 'object') return one === other;
  if (isCelError(one)) return fail('a value that is an error');
  const isSimple = (value: CelValue) => typeof value === 'string' || typeof value === 'boolean';
  if (isSimple(one) || isSimple(other) || one === null || other === null) return one === other;
  return open('values of several kinds in a list are not compared here');
}
