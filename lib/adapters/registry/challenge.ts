/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const parameter = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))/y;
const separator = /[\s,]*/y;

/**
 * Reads a `WWW-Authenticate` header with any number of challenges. Commas and equals signs inside
 * quoted strings are text: `scope="repository:a:pull,push"` is one parameter.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const text = header.slice(0, 8192);
  let at = skip(text, 0);
  while (at < text.length) {
    const pair = match(parameter, text, at);
    const current = challenges.at(-1);
    if (pair !== undefined && current !== undefined) {
      const [all, name = '', quoted, plain = ''] = pair;
      const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
      // The first value of a repeated name counts, so that a later one cannot replace it.
      if (!current.parameters.has(name.toLowerCase()))
        current.parameters.set(name.toLowerCase(), value);
      at = skip(text, at + all.length);
      continue;
    }
    const scheme = match(token, text, at)?.[0];
    if (scheme === undefined) break;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    at = skip(text, at + scheme.length);
  }
  return challenges;
}

const skip = (text: string, at: number): number =>
  at + (match(separator, text, at)?.[0].length ?? 0);

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
