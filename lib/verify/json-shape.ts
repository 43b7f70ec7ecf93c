import { decodeBase64, decodeDsseBase64 } from './base64.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { invalid, type Refusal } from './refusal.ts';

/** A value is not of the shape that its format demands. Never leaves {@link readShape}. */
class ShapeProblem extends Error {}

/** Reads a value by the functions below; the first thing that does not fit becomes a refusal. */
export function readShape<T>(read: () => T): T | Refusal {
  // Nobody sees the trace of a problem, and evidence may have many.
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return read();
  } catch (error) {
    if (error instanceof ShapeProblem) return invalid('bundle-malformed', error.message);
    throw error;
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** @throws ShapeProblem */
export function misfit(path: string, what: string): never {
  throw new ShapeProblem(`${path} ${what}`);
}

/** An object with none but the known members; `null` stands for a member that is not there. */
export function objectAt(
  value: JsonValue | undefined,
  path: string,
  known: readonly string[],
): JsonObject {
  if (!isObject(value)) return misfit(path, 'is not an object');
  for (const name in value)
    if (!known.includes(name)) misfit(path, `has an unknown member ${JSON.stringify(name)}`);
  return value;
}

/** The members of a list; of a list that is not there, none. */
export function listAt<T>(
  value: JsonValue | undefined,
  path: string,
  read: (one: JsonValue, path: string) => T,
): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return misfit(path, 'is not a list');
  return value.map((one, index) => read(one, `${path}.${index}`));
}

/** Reads a member that may be left out or be `null`. */
export const maybe = <T>(
  value: JsonValue | undefined,
  read: (value: JsonValue) => T,
): T | undefined => (value === undefined || value === null ? undefined : read(value));

/** Text. */
export const textAt = (value: JsonValue | undefined, path: string): string =>
  typeof value === 'string' ? value : misfit(path, 'is not text');

/** Bytes in strict base64. */
export const bytesAt = (value: JsonValue | undefined, path: string): Buffer =>
  decodeBase64(textAt(value, path)) ?? misfit(path, 'is not proper base64');

/** Bytes in either alphabet, as DSSE allows. */
export const dsseBytesAt = (value: JsonValue | undefined, path: string): Buffer =>
  decodeDsseBase64(textAt(value, path)) ?? misfit(path, 'is not proper base64');

const digits = /^(?:0|[1-9]\d{0,18})$/;

/** A number below 2^63 as digits: text in protobuf JSON; small ones may be written as numbers. */
export function integerAt(value: JsonValue | undefined, path: string): string {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && digits.test(text) ? text : misfit(path, 'is not a number');
}
