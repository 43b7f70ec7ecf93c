import { isObject, type JsonValue } from '#lib/verify/json.ts';

/**
 * Canonical JSON as Notary signs it: members sorted by their UTF-8 bytes, no white space, only `"`
 * and `\` escaped. Undefined when a number is no integer, which the form cannot say.
 * @see http://wiki.laptop.org/go/Canonical_JSON
 */
export function canonicalJson(value: JsonValue): Buffer | undefined {
  const parts: string[] = [];
  return write(value, parts) ? Buffer.from(parts.join(''), 'utf8') : undefined;
}

function write(value: JsonValue, parts: string[]): boolean {
  if (value === null || typeof value === 'boolean') parts.push(String(value));
  else if (typeof value === 'string') parts.push(quoted(value));
  else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return false;
    parts.push(String(value));
  } else if (isObject(value)) return writeMembers(Object.entries(value), parts);
  else return writeItems(value as readonly JsonValue[], parts);
  return true;
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

function writeItems(items: readonly JsonValue[], parts: string[]): boolean {
  parts.push('[');
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push(',');
    if (!write(item, parts)) return false;
  }
  parts.push(']');
  return true;
}

function writeMembers(members: readonly [string, JsonValue][], parts: string[]): boolean {
  const sorted = members
    .map(([name, value]) => [Buffer.from(name, 'utf8'), name, value] as const)
    .sort(([a], [b]) => Buffer.compare(a, b));
  parts.push('{');
  for (const [index, [, name, value]] of sorted.entries()) {
    if (index > 0) parts.push(',');
    parts.push(quoted(name), ':');
    if (!write(value, parts)) return false;
  }
  parts.push('}');
  return true;
}
