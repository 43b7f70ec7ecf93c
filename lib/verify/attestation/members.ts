import type { CountsByWord } from '#lib/model/attestation.ts';
import { limits } from '#lib/model/limits.ts';
import { isObject, type JsonObject, type JsonValue } from '#lib/verify/json.ts';

type Maybe = JsonValue | undefined;

/** The member at the end of a path of names; undefined where the path ends early. */
export function memberAt(value: Maybe, ...path: readonly string[]): Maybe {
  let at = value;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** A text cut for readers; undefined for anything but a text that says something. */
export const textOf = (value: Maybe): string | undefined =>
  typeof value === 'string' && value !== '' ? cut(value) : undefined;

/** The text at a path, cut. */
export const textAt = (value: Maybe, ...path: readonly string[]): string | undefined =>
  textOf(memberAt(value, ...path));

/** An object member, or an empty one. */
export const objectAt = (value: Maybe, ...path: readonly string[]): JsonObject => {
  const found = memberAt(value, ...path);
  return isObject(found) ? found : {};
};

/** A list member, or an empty one. */
export const listAt = (value: Maybe, ...path: readonly string[]): readonly JsonValue[] => {
  const found = memberAt(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** Any value as a reader sees it: a text as it is, the rest as JSON, both cut. */
export const shownValue = (value: JsonValue): string =>
  cut(typeof value === 'string' ? value : shownJson(value));

/** The texts of a list, each cut, at most as many as are shown. */
export const shownTexts = (values: readonly Maybe[]): readonly string[] =>
  [...new Set(values.flatMap((value) => textOf(value) ?? []))].slice(0, limits.attestationItems);

/** How often each of the known words occurs, in their order; unknown ones together as `other`. */
export function countWords(values: readonly Maybe[], known: readonly string[]): CountsByWord {
  const counts = new Map<string, number>();
  for (const value of values) {
    const word = typeof value === 'string' ? value.toLowerCase() : '';
    const key = known.includes(word) ? word : 'other';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(
    [...known, 'other'].flatMap((word) => {
      const count = counts.get(word);
      return count === undefined ? [] : [[word, count]];
    }),
  );
}

/** Without the members for which nothing was found. */
export const present = <T extends object>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const cut = (text: string): string => {
  const short =
    text.length > limits.attestationText ? `${text.slice(0, limits.attestationText - 1)}…` : text;
  // A cut through a pair of surrogates, or half of one to begin with, is no text to a database.
  return short.toWellFormed();
};

/** Only as much of a large value is written out as can be shown. */
function shownJson(value: JsonValue): string {
  if (Array.isArray(value) && value.length > limits.attestationItems)
    return `${value.length} items`;
  if (isObject(value) && Object.keys(value).length > limits.attestationItems)
    return `${Object.keys(value).length} members`;
  return JSON.stringify(value);
}
