import { type Digest, digest } from '#lib/model/digest.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';

/**
 * JSON in the one form in which a value is written: members in the order of their names, no space,
 * nothing undefined (RFC 8785 for the values that occur here: texts, booleans, safe integers).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 over bytes or over the UTF-8 of a text. */
export const digestOf = (content: Uint8Array | string): Digest =>
  digest(`sha256:${sha256(content).toString('hex')}`);
