import { RE2JS } from 're2js';
import type { TextRule } from '#lib/model/authority.ts';
import { remembered } from './remembered.ts';

/** A rule of an engine in our words, or why there is none. */
export type TranslatedRule =
  | { readonly kind: 'rule'; readonly rule: TextRule }
  | { readonly kind: 'none'; readonly why: string };

const rule = (one: TextRule): TranslatedRule => ({ kind: 'rule', rule: one });
const none = (why: string): TranslatedRule => ({ kind: 'none', why });

/** A text that must be equal. */
export const exactRule = (value: string): TranslatedRule => rule({ kind: 'exact', value });

/**
 * A Go regular expression as engines use it: found anywhere in the text. Ours match the whole text and
 * never the empty one, so the rest of the text is spelled out.
 */
export function searchRule(expression: string): TranslatedRule {
  const compiled = compileSearch(expression);
  if (compiled === undefined) return none(`${expression} is not a regular expression of Go`);
  if (!compiled('')) return rule({ kind: 'pattern', pattern: `(?s:.*)(?:${expression})(?s:.*)` });
  if (/^\^?\.[*]\$?$/.test(expression)) return rule({ kind: 'pattern', pattern: '(?s:.+)' });
  return none(`${expression} matches the empty text`);
}

/** A wildcard of Kyverno: `*` stands for any text, slashes too, and `?` for one character. */
export function wildcardRule(wildcard: string): TranslatedRule {
  if (!/[*?]/.test(wildcard)) return exactRule(wildcard);
  if (/^[*]+$/.test(wildcard)) return rule({ kind: 'pattern', pattern: '(?s:.+)' });
  return rule({ kind: 'pattern', pattern: wildcardPattern(wildcard) });
}

const wildcardPattern = (wildcard: string): string =>
  wildcard
    .split(/([*]+|[?])/)
    .map((part) => {
      if (part.startsWith('*')) return '(?s:.*)';
      return part === '?' ? '(?s:.)' : RE2JS.quote(part);
    })
    .join('');

/** Compiles a Go regular expression, searched anywhere; undefined where Go would refuse it. */
export const compileSearch = remembered(
  (expression: string): ((text: string) => boolean) | undefined => {
    try {
      const compiled = RE2JS.compile(expression);
      return (text) => compiled.matcher(text).find();
    } catch {
      return undefined;
    }
  },
);

/** Compiles a wildcard of Kyverno over the whole text. An empty one fits the empty text alone. */
export const compileWildcard = remembered((wildcard: string): ((text: string) => boolean) => {
  if (!/[*?]/.test(wildcard)) return (text) => text === wildcard;
  const prefix = literalPrefix(wildcard);
  if (/^[^*?]*[*]+$/.test(wildcard)) return (text) => text.startsWith(prefix);
  const compiled = RE2JS.compile(wildcardPattern(wildcard));
  return (text) => text.startsWith(prefix) && compiled.matches(text);
});

/** What a pattern begins with before its first wildcard: most texts differ there, and are told so fast. */
export const literalPrefix = (wildcard: string): string => /^[^*?]*/.exec(wildcard)?.[0] ?? '';

/**
 * Globs over `registry/repository` that cover at least what an engine's pattern does: tags and digests
 * are cut off, and what cannot be told apart is widened. The engine's own pattern decides afterwards.
 */
export function coveringGlob(pattern: string): string {
  const name = pattern.replace(/^index\.docker\.io(?=\/)/, 'docker.io').split('@')[0] ?? '';
  const colon = name.lastIndexOf(':');
  const isTag = colon > name.lastIndexOf('/') && !/^:[0-9]+$/.test(name.slice(colon));
  const repository = isTag ? name.slice(0, colon) : name;
  // Docker Hub has several spellings, and a short one may mean any of them.
  if (!/^[^/*?]*[.:][^/*?]*\//.test(repository) || repository.startsWith('docker.io/')) return '**';
  const wide = repository.replaceAll(/[*?]+/g, '**');
  return pattern.endsWith('*') && !wide.endsWith('**') ? `${wide}**` : wide;
}
