import type { z } from 'zod';

/** What a URL holds: `URLSearchParams`, or the record that a server page is given. */
export type Params =
  | URLSearchParams
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A value of the URL that the schema does not admit, so that the page can name it. */
export interface DroppedParam {
  readonly key: string;
  readonly value: string;
}

/** The state that a URL stands for, and what of it could not be used. */
export interface UrlState<T> {
  readonly value: T;
  readonly dropped: readonly DroppedParam[];
}

/**
 * Reads a filter from a URL. Every value is judged by itself: a bad one is dropped and named while
 * its neighbours stay, unknown keys are passed over, repeated values are taken once and in one
 * order, so that two URLs which mean the same give the same query key. Never throws.
 */
export function readUrl<S extends z.ZodObject>(schema: S, params: Params): UrlState<z.output<S>> {
  const dropped: DroppedParam[] = [];
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(([key, field]) => {
    const given = valuesOf(params, key);
    const usable = new Set(given.filter((value) => field.safeParse(value).success));
    // A field that is read once takes its first good value; the others are named, not obeyed.
    const taken = takesMany(field) ? [...usable].sort() : [...usable].slice(0, 1);
    for (const value of given) if (!taken.includes(value)) dropped.push({ key, value });
    return [key, takesMany(field) ? taken : taken[0]] as const;
  });
  return { value: schema.parse(Object.fromEntries(fields)), dropped };
}

/**
 * Writes a filter as a query string's parameters, keys in the order of the schema. Defaults and
 * empty values are left out; lists become repeated keys. `readUrl` gives back the same filter.
 */
export function writeUrl<S extends z.ZodObject>(
  schema: S,
  value: Partial<z.input<S>> | Partial<z.output<S>>,
): URLSearchParams {
  const params = new URLSearchParams();
  const given = value as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const fallback = field.safeParse(undefined).data;
    const texts = [given[key] ?? []].flat().map(String);
    for (const text of takesMany(field) ? [...new Set(texts)].sort() : texts)
      if (text !== '' && text !== String(fallback ?? '')) params.append(key, text);
  }
  return params;
}

/** `path?query`, or the path alone when every value is its default. */
export function urlOf(path: string, params: URLSearchParams): string {
  const query = params.toString();
  return query === '' ? path : `${path}?${query}`;
}

const takesMany = (field: z.ZodType): boolean => Array.isArray(field.safeParse(undefined).data);

function valuesOf(params: Params, key: string): readonly string[] {
  const values =
    params instanceof URLSearchParams
      ? params.getAll(key)
      : [Object.hasOwn(params, key) ? (params[key] ?? []) : []].flat();
  return values.filter((value) => value !== '');
}
