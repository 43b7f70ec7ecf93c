/** Data of an object as expressions see it. Objects may be marked incomplete. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
  /** Names of members that are known to be absent, where not all members were kept. */
  readonly [incomplete]?: readonly string[];
}

const incomplete: unique symbol = Symbol('incomplete');

/** An object of which not all members were kept: what is not in it is unknown, unless it is named absent. */
export const incompleteObject = (
  members: Readonly<Record<string, Json>>,
  absent: readonly string[] = [],
): JsonObject => ({ ...members, [incomplete]: absent });

/** Whether an object may have a member that is not in it here. */
export const mayHave = (object: JsonObject, key: string): boolean =>
  object[incomplete] !== undefined && !object[incomplete].includes(key);

/** True for an object of which not all members were kept. */
export const isIncomplete = (object: JsonObject): boolean => object[incomplete] !== undefined;

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
