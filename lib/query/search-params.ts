type Value = string | number | boolean | readonly string[] | null | undefined;

/** Anything that can stand behind `?`: lists repeat their key, empty values are left out. */
export type Query = Readonly<Record<string, Value>>;

/** Writes a filter the one way that page URLs, API query strings and links share. */
export function toSearchParams(query: object): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query as Query)) {
    for (const item of [value ?? ''].flat()) {
      if (item !== '') params.append(key, String(item));
    }
  }
  return params;
}

/** A path with its query string; without `?` when nothing is left to say. */
export function withQuery(path: string, query: object): string {
  const text = toSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}
