import { limits } from '#lib/model/limits.ts';
import { invalid, type Refusal } from './refusal.ts';

/** What the guarded parser yields. An integer beyond 2^53 stays a string of its digits. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

class JsonProblem extends Error {
  readonly ambiguous: boolean;
  constructor(message: string, ambiguous = false) {
    super(message);
    this.ambiguous = ambiguous;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that an attacker may have written (RFC 8259). Refuses what parsers read in different
 * ways: repeated member names, `__proto__`, bytes that are not UTF-8, deep nesting. Go takes the
 * last of two equal names, other parsers the first; so neither may count.
 */
export function parseJson(source: Uint8Array | string): JsonValue | Refusal {
  try {
    return parse(typeof source === 'string' ? source : decoder.decode(source));
  } catch (error) {
    if (error instanceof JsonProblem)
      return invalid(error.ambiguous ? 'json-ambiguous' : 'json-malformed', error.message);
    return invalid('json-malformed', 'the text is not UTF-8');
  }
}

/** True for a JSON object, not an array. */
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The first member name that differs from another one only by letter case. Go's encoding/json
 * matches names without regard to case, so such a pair means different things to different readers.
 */
export function caseFoldedDuplicate(object: JsonObject): string | undefined {
  const keys = Object.keys(object);
  // Names without capitals and foreign letters differ in more than case.
  if (keys.every((key) => plainName.test(key))) return undefined;
  const seen = new Set<string>();
  for (const key of keys) {
    const folded = key.toUpperCase().toLowerCase();
    if (seen.has(folded)) return key;
    seen.add(folded);
  }
  return undefined;
}

const plainName = /^[a-z0-9_.$@/-]*$/;

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const literals = new Map<string, null | boolean>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

interface Cursor {
  readonly text: string;
  at: number;
}

function parse(text: string): JsonValue {
  const cursor = { text, at: 0 };
  const value = readValue(cursor, 1);
  skipSpace(cursor);
  if (cursor.at < text.length) fail(cursor, 'text follows the value');
  return value;
}

function fail({ at }: Cursor, what: string): never {
  throw new JsonProblem(`${what} at character ${at}`);
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    cursor.at++;
  }
}

function readValue(cursor: Cursor, depth: number): JsonValue {
  if (depth > limits.jsonDepth)
    throw new JsonProblem(`it nests deeper than ${limits.jsonDepth} levels`);
  skipSpace(cursor);
  switch (cursor.text[cursor.at]) {
    case '{':
      return readObject(cursor, depth);
    case '[':
      return readList(cursor, depth);
    case '"':
      return readString(cursor);
  }
  for (const [word, meaning] of literals)
    if (cursor.text.startsWith(word, cursor.at)) {
      cursor.at += word.length;
      return meaning;
    }
  return readNumber(cursor);
}

function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at++;
  let plain = true;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code === 34) break;
    // Also the end of the text, where the code is NaN.
    if (!(code >= 32)) fail(cursor, 'a string does not end properly');
    if (code === 92) {
      plain = false;
      cursor.at++;
    }
    cursor.at++;
  }
  cursor.at++;
  if (plain) return text.slice(start + 1, cursor.at - 1);
  try {
    return JSON.parse(text.slice(start, cursor.at)) as string;
  } catch {
    return fail(cursor, 'a string has a wrong escape');
  }
}

function readNumber(cursor: Cursor): number | string {
  numberPattern.lastIndex = cursor.at;
  const match = numberPattern.exec(cursor.text);
  if (match === null) return fail(cursor, 'unexpected text');
  cursor.at = numberPattern.lastIndex;
  const value = Number(match[0]);
  const integer = match[1] === undefined && match[2] === undefined;
  return integer && !Number.isSafeInteger(value) ? match[0] : value;
}

function readList(cursor: Cursor, depth: number): readonly JsonValue[] {
  const items: JsonValue[] = [];
  if (isEmpty(cursor, ']')) return items;
  do items.push(readValue(cursor, depth + 1));
  while (hasNext(cursor, ']'));
  return items;
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  const members: Record<string, JsonValue> = {};
  if (isEmpty(cursor, '}')) return members;
  do {
    const key = readKey(cursor);
    if (Object.hasOwn(members, key))
      throw new JsonProblem(`the member ${JSON.stringify(key)} occurs twice`, true);
    members[key] = readValue(cursor, depth + 1);
  } while (hasNext(cursor, '}'));
  return members;
}

function readKey(cursor: Cursor): string {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== '"') fail(cursor, 'a member name is missing');
  const key = readString(cursor);
  if (key === '__proto__') throw new JsonProblem('a member is named __proto__', true);
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== ':') fail(cursor, 'a colon is missing');
  cursor.at++;
  return key;
}

/** Past the opening bracket; and past the closing one where it follows at once. */
function isEmpty(cursor: Cursor, close: string): boolean {
  cursor.at++;
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== close) return false;
  cursor.at++;
  return true;
}

/** Past a comma: true. Past the closing bracket: false. */
function hasNext(cursor: Cursor, close: string): boolean {
  skipSpace(cursor);
  const found = cursor.text[cursor.at++];
  if (found === ',') return true;
  if (found !== close) fail(cursor, 'a comma or bracket is missing');
  return false;
}
