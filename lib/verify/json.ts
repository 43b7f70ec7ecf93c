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

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON that an attacker may have written (RFC 8259). Refuses what parsers read in different
 * ways: repeated member names, `__proto__`, bytes that are not UTF-8, deep nesting. Go takes the
 * last of two equal names, other parsers the first; so neither may count.
 */
export function parseJson(source: Uint8Array | string): JsonValue | Refusal {
  try {
    return parse(typeof source === 'string' ? source : textOf(source));
  } catch (error) {
    return invalid(
      'json-malformed',
      error instanceof SyntaxError ? `it is not JSON: ${fault(error)}` : 'the text is not UTF-8',
    );
  }
}

/**
 * Where bytes are no UTF-8, a buffer writes U+FFFD; only a text that has it is read strictly.
 * @throws TypeError when it is not UTF-8
 */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.includes('\ufffd') ? decoder.decode(bytes) : text;
}

/** What is wrong, and where; without the piece of the text that some messages quote. */
const fault = ({ message }: SyntaxError): string => message.replace(/, (?:"|\.\.\.).*$/s, '');

/** True for a JSON object, not an array. */
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The first member name that differs from another one only by letter case. Go's encoding/json
 * matches names without regard to case, so such a pair means different things to different readers.
 */
export function caseFoldedDuplicate(object: JsonObject): string | undefined {
  // Names without capitals and foreign letters differ in more than case.
  if (isPlainlyNamed(object)) return undefined;
  const seen = new Set<string>();
  for (const key of Object.keys(object)) {
    const folded = key.toUpperCase().toLowerCase();
    if (seen.has(folded)) return key;
    seen.add(folded);
  }
  return undefined;
}

const plainName = /^[a-z0-9_.$@/-]*$/;

function isPlainlyNamed(object: JsonObject): boolean {
  for (const key in object) if (!plainName.test(key)) return false;
  return true;
}

function parse(text: string): JsonValue | Refusal {
  const outline = outlineOf(text);
  if (outline.depth > limits.jsonDepth)
    return invalid('json-malformed', `it nests deeper than ${limits.jsonDepth} levels`);
  const value = JSON.parse(text) as JsonValue;
  const found = { members: 0, inexact: false, prototype: false };
  survey(value, found);
  if (found.prototype) return invalid('json-ambiguous', 'a member is named __proto__');
  if (found.members < outline.members)
    return invalid('json-ambiguous', `the member ${repeatedName(text)} occurs twice`);
  return found.inexact ? (JSON.parse(text, exact) as JsonValue) : value;
}

interface Outline {
  readonly depth: number;
  /** Members of all objects, repeated ones too. */
  readonly members: number;
}

/** Levels and members of a text that may be JSON. Outside of strings a colon stands behind a name only. */
function outlineOf(text: string): Outline {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at);
        break;
      case colon:
        members++;
        break;
      case openBrace:
      case openBracket:
        deepest = Math.max(deepest, ++depth);
        break;
      case closeBrace:
      case closeBracket:
        depth--;
        break;
    }
  }
  return { depth: deepest, members };
}

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where the string ends that begins here: at its closing quote, or with the text. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before--;
    const isEscaped = (end - before) % 2 === 0;
    if (!isEscaped) return end;
  }
  return text.length;
}

/** Counts members, and looks for what may not stand. It runs no deeper than the outline allows. */
function survey(
  value: JsonValue,
  found: { members: number; inexact: boolean; prototype: boolean },
): void {
  if (typeof value === 'number') found.inexact ||= isInexact(value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) survey(one, found);
    return;
  }
  for (const name in value) {
    found.members++;
    found.prototype ||= name === '__proto__';
    survey((value as JsonObject)[name] as JsonValue, found);
  }
}

const isInexact = (value: number): boolean =>
  Number.isInteger(value) && !Number.isSafeInteger(value);

/** Keeps the digits of an integer that no number holds. */
const exact = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && isInexact(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;

/** The first name that an object of this JSON has twice, as it is written the second time. */
function repeatedName(text: string): string | undefined {
  const objects: Set<unknown>[] = [];
  for (let at = 0, name = ''; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at);
        name = text.slice(at, end + 1);
        at = end;
        break;
      }
      case colon: {
        const names = objects.at(-1);
        const meant = JSON.parse(name);
        if (names?.has(meant)) return name;
        names?.add(meant);
        break;
      }
      case openBrace:
        objects.push(new Set());
        break;
      case closeBrace:
        objects.pop();
        break;
    }
  }
  return undefined;
}
