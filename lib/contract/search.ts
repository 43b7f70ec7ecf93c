/** The keys of `key:value` terms. */
export const searchKeys = [
  'name',
  'namespace',
  'cluster',
  'team',
  'image',
  'registry',
  'kind',
  'digest',
  'signer',
] as const;
export type SearchKey = (typeof searchKeys)[number];

export interface SearchTerm {
  readonly key: SearchKey;
  readonly pattern: string;
}

/** What a search box holds: every word and every term must match. */
export interface SearchQuery {
  /** Match anywhere in a row. */
  readonly words: readonly string[];
  /** Match one field. */
  readonly terms: readonly SearchTerm[];
}

const tokenPattern = /(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giu;
const isKey = (word: string): word is SearchKey => searchKeys.some((key) => key === word);

/**
 * Parses the search box: words and `key:value` terms, `"…"` around values with spaces. Any text has a
 * meaning: an unknown key is part of a word (`localhost:5000`, `sha256:ab…`). Patterns are lower case
 * and free of control characters; `*` stands for any text, and a term with `*` must match the whole
 * field where one without may stand anywhere in it.
 */
export function parseSearch(text: string): SearchQuery {
  const words: string[] = [];
  const terms: SearchTerm[] = [];
  const clean = text
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed()
    .toLowerCase();
  for (const [, key, quoted, bare] of clean.matchAll(tokenPattern)) {
    const value = (quoted ?? bare ?? '').trim();
    if (key !== undefined && isKey(key) && value !== '') terms.push({ key, pattern: value });
    else if (key === undefined && value !== '') words.push(value);
    else if (key !== undefined) words.push(`${key}:${value}`);
  }
  return { words, terms };
}
