import { RE2JS } from 're2js';
import { compileSearch, compileWildcard } from '#lib/policy/patterns.ts';
import { durationText, parseTime } from './go-time.ts';
import { isInRange } from './go-version.ts';
import { isEqual, OpenPath, PathError, type PathRun, sizedOf, spendSteps, wholeOf } from './run.ts';
import { isList, isObject, type Json } from './values.ts';

type Call = (args: readonly Json[], run: PathRun) => Json;

/** Calls a function of JMESPath or of Kyverno; what is not among them is told by its name. */
export function callFunction(name: string, args: readonly Json[], run: PathRun): Json {
  const call = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (call === undefined) throw new OpenPath(`the function ${name} is not evaluated here`);
  const result = call(
    args.map((arg) => wholeOf(arg, run)),
    run,
  );
  return typeof result === 'string' || isList(result) ? sizedOf(result, run) : result;
}

const fail = (why: string): never => {
  throw new PathError(why);
};

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : fail('an argument is no text');
}

/** Numbers are written out where Kyverno takes either. */
const textOrNumber = (value: Json | undefined): string =>
  typeof value === 'number' ? String(value) : text(value);

const list = (value: Json | undefined): readonly Json[] =>
  value !== undefined && isList(value) ? value : fail('an argument is no list');

const object = (value: Json | undefined): Readonly<Record<string, Json>> =>
  value !== undefined && isObject(value) ? value : fail('an argument is no object');

function search(pattern: string, value: string, run: PathRun): boolean {
  spendSteps(run, Math.ceil((pattern.length * value.length) / 256));
  if (pattern.length > 1_000)
    throw new OpenPath('a regular expression is longer than is evaluated');
  const fits = compileSearch(pattern) ?? fail(`${pattern.slice(0, 100)} is no regular expression`);
  return fits(value);
}

function lengthOf(value: Json | undefined): number {
  if (typeof value === 'string') return [...value].length;
  return value !== undefined && isObject(value) ? Object.keys(value).length : list(value).length;
}

function containsValue(within: Json | undefined, value: Json): boolean {
  if (typeof within === 'string') return typeof value === 'string' && within.includes(value);
  return list(within).some((one) => isEqual(one, value));
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  return isObject(value) ? 'object' : typeof value;
}

function sorted(values: readonly Json[]): readonly Json[] {
  if (values.every((one) => typeof one === 'string')) return [...values].toSorted(byUnits);
  const isNumbers = values.every((one) => typeof one === 'number');
  return isNumbers
    ? [...values].toSorted((a, b) => Number(a) - Number(b))
    : fail('a list is mixed');
}

const byUnits = (a: Json, b: Json): number => (String(a) < String(b) ? -1 : 1);

function trim(value: string, cutset: string): string {
  const characters = [...value];
  const cut = new Set(cutset);
  const first = characters.findIndex((one) => !cut.has(one));
  const last = characters.findLastIndex((one) => !cut.has(one));
  return first < 0 ? '' : characters.slice(first, last + 1).join('');
}

function replaceAll(value: string, old: string, by: string, run: PathRun): string {
  if (old === '') throw new OpenPath('replacing the empty text is not evaluated here');
  const parts = value.split(old);
  spendSteps(run, parts.length);
  if (value.length + parts.length * by.length > 1_000_000)
    throw new OpenPath('the expression makes more than is kept here');
  return parts.join(by);
}

function decoded(value: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    return fail('an argument is no base64');
  const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

function parseJson(value: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch {
    return fail('an argument is no JSON');
  }
}

function numberOf(value: Json): Json {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : null;
}

/** Texts as they are; what else is written as JSON, whose forms differ between languages for some. */
function written(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new OpenPath('to_string of lists and objects is not evaluated here');
}

function nowOf({ now }: PathRun): number {
  if (now === undefined) throw new OpenPath('the time of admission is not known here');
  return now.getTime();
}

const timeOf = (value: Json | undefined): number =>
  parseTime(text(value)) ?? fail('an argument is no time');

function since([layout, from, to]: readonly Json[], run: PathRun): string {
  if (text(layout) !== '') throw new OpenPath('layouts of times are not evaluated here');
  const until = text(to) === '' ? nowOf(run) : timeOf(to);
  return durationText(until - timeOf(from));
}

const rfc3339 = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

const functions: Readonly<Record<string, Call>> = {
  length: ([value]) => lengthOf(value),
  contains: ([within, value = null]) => containsValue(within, value),
  starts_with: ([value, start]) => text(value).startsWith(text(start)),
  ends_with: ([value, end]) => text(value).endsWith(text(end)),
  keys: ([value]) => Object.keys(object(value)),
  values: ([value]) => Object.values(object(value)),
  join: ([by, values]) => list(values).map(text).join(text(by)),
  reverse: ([value]) =>
    typeof value === 'string' ? [...value].toReversed().join('') : [...list(value)].toReversed(),
  sort: ([value]) => sorted(list(value)),
  not_null: (values) => values.find((one) => one !== null) ?? null,
  to_array: ([value = null]) => (isList(value) ? value : [value]),
  to_string: ([value = null]) => written(value),
  to_number: ([value = null]) => numberOf(value),
  type: ([value = null]) => typeOf(value),
  to_upper: ([value]) => text(value).toUpperCase(),
  to_lower: ([value]) => text(value).toLowerCase(),
  trim: ([value, cutset]) => trim(text(value), text(cutset)),
  trim_prefix: ([value, prefix]) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value),
  split: ([value, by]) => (text(by) === '' ? [...text(value)] : text(value).split(text(by))),
  replace_all: ([value, old, by], run) => replaceAll(text(value), text(old), text(by), run),
  equal_fold: ([one, other]) => RE2JS.matches(`(?i)${RE2JS.quote(text(one))}`, text(other)),
  regex_match: ([pattern, value], run) => search(text(pattern), textOrNumber(value), run),
  pattern_match: ([pattern, value]) => compileWildcard(text(pattern))(textOrNumber(value)),
  label_match: ([wanted, labels]) =>
    Object.entries(object(wanted)).every(
      ([key, value]) =>
        Object.hasOwn(object(labels), key) && isEqual(object(labels)[key] ?? null, value),
    ),
  to_boolean: ([value]) => {
    const word = text(value).toLowerCase();
    return (
      word === 'true' || (word === 'false' ? false : fail('an argument is neither true nor false'))
    );
  },
  base64_decode: ([value]) => decoded(text(value)),
  parse_json: ([value]) => parseJson(text(value)),
  semver_compare: ([version, range]) => isInRange(text(version), text(range)),
  time_now: (_, run) => rfc3339(nowOf(run)),
  time_now_utc: (_, run) => rfc3339(nowOf(run)),
  time_since: since,
  time_diff: ([from, to]) => durationText(timeOf(to) - timeOf(from)),
  time_before: ([one, other]) => timeOf(one) < timeOf(other),
  time_after: ([one, other]) => timeOf(one) > timeOf(other),
};
