/** Attributes of a distinguished name by their short type (`C`, `ST`, `O` …), each there once. */
export type NameAttributes = ReadonlyMap<string, string>;

/** What is wrong with a name, in the words of a configuration message. */
export interface NameProblem {
  readonly problem: string;
}

/** What a trusted identity must name at the least (trust-store-trust-policy.md, "Trusted identities"). */
export const mandatoryAttributes = ['C', 'ST', 'O'] as const;

/**
 * Reads a distinguished name as a Notation trust policy writes it (RFC 4514, in any order). `S` is
 * another word for `ST`. Names of several values, repeated attributes, values in hexadecimal BER and
 * names without country, state and organisation are problems: they cannot name one signer.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
 */
export function parseDistinguishedName(text: string): NameAttributes | NameProblem {
  if (text.includes('=#')) return { problem: 'values in hexadecimal ("=#") are not supported' };
  const attributes = new Map<string, string>();
  for (const { part, end } of splitUnescaped(text)) {
    if (end === '+') return { problem: 'names of several values ("+") are not supported' };
    const equals = part.indexOf('=');
    if (equals <= 0) return { problem: `${JSON.stringify(part.trim())} is not TYPE=value` };
    const written = unescaped(part.slice(0, equals));
    const value = unescaped(part.slice(equals + 1));
    if (written === undefined || value === undefined)
      return { problem: `${JSON.stringify(part.trim())} has a wrong escape` };
    const type = written === 'S' ? 'ST' : written;
    if (attributes.has(type)) return { problem: `${type} occurs twice` };
    attributes.set(type, value);
  }
  return missing(attributes) ?? attributes;
}

/** True when every attribute of the one is there with the same value in the other. */
export const isSubsetName = (one: NameAttributes, other: NameAttributes): boolean =>
  [...one].every(([type, value]) => other.get(type) === value);

/** True when a reading came out as a problem. */
export const isNameProblem = (value: NameAttributes | NameProblem): value is NameProblem =>
  !(value instanceof Map);

/** The problem of a name without one of the mandatory attributes. */
export function missing(attributes: NameAttributes): NameProblem | undefined {
  const absent = mandatoryAttributes.filter((type) => !attributes.get(type));
  return absent.length === 0
    ? undefined
    : { problem: `${absent.join(', ')} is missing: C, ST (or S) and O must all be named` };
}

interface Part {
  readonly part: string;
  readonly end: string;
}

function splitUnescaped(text: string): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\\') at++;
    else if (',;+'.includes(character)) {
      parts.push({ part: text.slice(start, at), end: character });
      start = at + 1;
    }
  }
  return [...parts, { part: text.slice(start), end: '' }];
}

const special = ' "#+,;<=>\\';

/** Undoes escapes and trims spaces that are not escaped (RFC 4514 §2.4); undefined when one is wrong. */
function unescaped(text: string): string | undefined {
  const bytes: number[] = [];
  const trimmed = trimUnescaped(text);
  for (let at = 0; at < trimmed.length; at++) {
    const character = String.fromCodePoint(trimmed.codePointAt(at) ?? 0);
    if (character !== '\\') {
      bytes.push(...new TextEncoder().encode(character));
      at += character.length - 1;
      continue;
    }
    const next = trimmed[at + 1] ?? '';
    if (next !== '' && special.includes(next)) {
      bytes.push(next.charCodeAt(0));
      at++;
      continue;
    }
    const pair = trimmed.slice(at + 1, at + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(pair)) return undefined;
    bytes.push(Number.parseInt(pair, 16));
    at += 2;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

function trimUnescaped(text: string): string {
  const bare = text.replace(/^ +| +$/g, '');
  return bare.endsWith('\\') && text.endsWith(' ') ? `${bare} ` : bare;
}
