import { parseDuration } from '#lib/policy/jmespath/go-time.ts';
import { compareVersions, parseVersion } from '#lib/policy/jmespath/go-version.ts';
import { isEqual, OpenPath } from '#lib/policy/jmespath/run.ts';
import { isList, type Json } from '#lib/policy/jmespath/values.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { compareQuantities, parseQuantity } from './quantity.ts';

/** Compares a key with a value, both without variables. */
export type ConditionOperator = (key: Json, value: Json) => boolean;

const matches = (pattern: string, text: string): boolean => compileWildcard(pattern)(text);
const matchesEither = (one: string, other: string): boolean =>
  matches(one, other) || matches(other, one);

/** A single value as Go prints it; what Go prints in forms of its own is open. */
function printed(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value === null) return '<nil>';
  const isPlain =
    typeof value === 'number' &&
    (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21));
  if (isPlain) return String(value);
  throw new OpenPath('lists and objects within lists are not compared here');
}

const range = /^[-+]?\d+(?:\.\d+)?[A-Za-z]*!?-[-+]?\d+(?:\.\d+)?[A-Za-z]*$/;

/** The members of a value to be looked in; undefined for what Kyverno looks into never. */
function membersOf(value: Json): readonly string[] | undefined {
  if (isList(value)) return value.map(printed);
  if (typeof value !== 'string') return undefined;
  if (range.test(value)) throw new OpenPath('ranges are not compared here');
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return [value];
  }
  const isTexts = Array.isArray(parsed) && parsed.every((one) => typeof one === 'string');
  if (isTexts) return parsed as readonly string[];
  return parsed === null ? [] : undefined;
}

/** Whether one key is in a value; undefined where the value is of no kind that is looked into. */
function holdsOne(key: string, value: Json): boolean | undefined {
  if (typeof value === 'string' && matches(value, key)) return true;
  const members = membersOf(value);
  return isList(value) ? members?.some((one) => matchesEither(one, key)) : members?.includes(key);
}

const quantified = {
  any: (keys: readonly string[], fits: (key: string) => boolean) => keys.some(fits),
  all: (keys: readonly string[], fits: (key: string) => boolean) => keys.every(fits),
};

/** Of a key that is no list; where neither can be told, neither holds. */
function isMember(key: Json, value: Json, isIn: boolean): boolean {
  if (key === null || typeof key === 'object') return false;
  return holdsOne(printed(key), value) === isIn;
}

/** `AnyIn` and its like: for lists of keys, any or all of them, in or not in. */
const membership =
  (quantity: keyof typeof quantified, isIn: boolean): ConditionOperator =>
  (key, value) => {
    if (!isList(key)) return isMember(key, value, isIn);
    const keys = key.map(printed);
    if (keys.length === 1 && keys[0] === value) return isIn;
    // Numbers and truth are looked into by the operators with Any alone.
    const isScalar = typeof value === 'number' || typeof value === 'boolean';
    const members = isScalar && quantity === 'any' ? [printed(value)] : membersOf(value);
    if (members === undefined) return false;
    const isThere = (one: string) => members.some((member) => matchesEither(one, member));
    return quantified[quantity](keys, (one) => isThere(one) === isIn);
  };

/** The first forms of the operators, which take lists of keys in ways of their own. */
const oldMembership =
  (isIn: boolean): ConditionOperator =>
  (key, value) => {
    if (isList(key)) throw new OpenPath('lists under In and NotIn are not compared here');
    return isMember(key, value, isIn);
  };

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A number out of a text, as far as all languages read it alike. */
function numberIn(text: string): number | undefined {
  if (number.test(text)) return Number(text);
  if (/^[+-]?(?:inf|nan|0x)/i.test(text))
    throw new OpenPath('numbers of this form are not compared here');
  return undefined;
}

/** Durations where at least one of the two is written as one; undefined where they are not compared so. */
function durationsOf(key: Json, value: Json): readonly [number, number] | undefined {
  const written = (one: Json) =>
    typeof one === 'string' && one !== '0' ? parseDuration(one) : undefined;
  const [a, b] = [written(key), written(value)];
  if (a === undefined && b === undefined) return undefined;
  const seconds = (one: Json) => (typeof one === 'number' ? Math.trunc(one) * 1_000 : undefined);
  const [from, to] = [a ?? seconds(key), b ?? seconds(value)];
  return from === undefined || to === undefined ? undefined : [from, to];
}

function equals(key: Json, value: Json): boolean {
  if (key === null) return false;
  if (typeof key === 'boolean') return key === value;
  if (typeof key === 'number') {
    if (typeof value === 'string') return numberIn(value) === key;
    return key === value;
  }
  if (typeof key !== 'string') return isEqual(key, value);
  const durations = durationsOf(key, value);
  if (durations !== undefined) return durations[0] === durations[1];
  if (typeof value !== 'string') return false;
  const quantity = parseQuantity(key);
  if (quantity === undefined) return matches(value, key);
  const other = parseQuantity(value);
  return other !== undefined && compareQuantities(quantity, other) === 0;
}

/** Not the opposite of equal where there is no key: then neither holds. */
function differs(key: Json, value: Json): boolean {
  if (key === null) return false;
  // A quantity beside nothing is compared as a text.
  if (typeof key === 'string' && value === '') return !matches(value, key);
  return !equals(key, value);
}

const orders: Readonly<Record<string, (order: number) => boolean>> = {
  GreaterThan: (order) => order > 0,
  GreaterThanOrEquals: (order) => order >= 0,
  LessThan: (order) => order < 0,
  LessThanOrEquals: (order) => order <= 0,
};

const never = () => false;

function orderOf(key: Json, value: Json): number | undefined {
  if (typeof key !== 'number' && typeof key !== 'string') return undefined;
  const durations = durationsOf(key, value);
  if (durations !== undefined) return durations[0] - durations[1];
  if (typeof key === 'string') {
    const [one, other] = [
      parseQuantity(key),
      typeof value === 'string' ? parseQuantity(value) : undefined,
    ];
    if (one !== undefined && other !== undefined) return compareQuantities(one, other);
  }
  const left = typeof key === 'number' ? key : numberIn(key);
  if (left === undefined) return versionOrder(String(key), value);
  const right = typeof value === 'string' ? numberIn(value) : value;
  return typeof right === 'number' ? left - right : undefined;
}

function versionOrder(key: string, value: Json): number | undefined {
  if (!/^\d+\.\d+\.\d+/.test(key)) return undefined;
  if (typeof value !== 'string') return undefined;
  const [one, other] = [parseVersion(key), parseVersion(value)];
  if (one === undefined || other === undefined)
    throw new OpenPath('versions of this form are not compared here');
  return compareVersions(one, other);
}

const ordered = (name: string): ConditionOperator => {
  const fits = orders[name] ?? never;
  return (key, value) => {
    const order = orderOf(key, value);
    return order !== undefined && fits(order);
  };
};

function orderedDurations(name: string): ConditionOperator {
  const fits = orders[name] ?? never;
  const milliseconds = (one: Json) => {
    if (typeof one === 'number') return Math.trunc(one) * 1_000;
    return typeof one === 'string' ? parseDuration(one) : undefined;
  };
  return (key, value) => {
    const [from, to] = [milliseconds(key), milliseconds(value)];
    return from !== undefined && to !== undefined && fits(from - to);
  };
}

/**
 * The operators of conditions by their names in small letters.
 * @see https://github.com/kyverno/kyverno/tree/main/pkg/engine/variables/operator
 */
export const conditionOperators: ReadonlyMap<string, ConditionOperator> = new Map([
  ['equal', equals],
  ['equals', equals],
  ['notequal', differs],
  ['notequals', differs],
  ['in', oldMembership(true)],
  ['notin', oldMembership(false)],
  ['anyin', membership('any', true)],
  ['allin', membership('all', true)],
  ['anynotin', membership('any', false)],
  ['allnotin', membership('all', false)],
  ...Object.keys(orders).flatMap((name): readonly [string, ConditionOperator][] => [
    [name.toLowerCase(), ordered(name)],
    [`duration${name.toLowerCase()}`, orderedDurations(name)],
  ]),
]);
