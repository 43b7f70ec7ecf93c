import { limits } from '#lib/model/limits.ts';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses JSON bytes of bounded depth: whatever reads the value later may recurse.
 * @throws SyntaxError when the text is not JSON or is nested too deeply
 */
export function parseJson(bytes: Buffer, depth: number = limits.jsonDepth): unknown {
  if (depthOf(bytes) > depth) throw new SyntaxError(`nested deeper than ${depth} levels`);
  return JSON.parse(bytes.toString('utf8'));
}

/** Whether a parsed value is nested no deeper; looks no further down than that. */
export const isWithinDepth = (value: unknown, depth: number = limits.jsonDepth): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((inner) => isWithinDepth(inner, depth - 1)));

function depthOf(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at + 1);
    // `[` and `{` differ from `]` and `}` by two, and from one another by the bit of lower case.
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepest;
}

function endOfString(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
