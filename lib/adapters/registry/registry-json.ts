import { limits } from '#lib/model/limits.ts';

const [quote, backslash] = [0x22, 0x5c];
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/** Parses JSON in UTF-8 of limited depth; undefined for anything else. */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isShallow(bytes)) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Counts brackets outside of strings: deep nesting makes recursive readers fall over. */
function isShallow(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) inString = !inString;
    else if (inString) at += byte === backslash ? 1 : 0;
    else if (closers.has(byte)) depth -= 1;
    else if (openers.has(byte)) depth += 1;
    if (depth > limits.jsonDepth) return false;
  }
  return true;
}
