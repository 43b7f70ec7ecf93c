import { caseFoldedDuplicate, type JsonObject } from '#lib/verify/json.ts';

/**
 * A member name that another reader takes for a different one. Go matches names whatever their case,
 * so one that differs from a known name by its case alone has two readings.
 */
export function misreadName(object: JsonObject, names: readonly string[]): string | undefined {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  return (
    caseFoldedDuplicate(object) ??
    Object.keys(object).find((key) => (known.get(key.toLowerCase()) ?? key) !== key)
  );
}
