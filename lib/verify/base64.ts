/**
 * Decodes padded standard base64 (RFC 4648 §4); undefined for anything else. `Buffer.from` alone skips
 * foreign characters, takes the URL-safe ones and passes over loose bits at the end, so two texts could
 * stand for one signature: only the text that the bytes would be written as counts.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  // What was skipped is missing from the bytes; so the lengths agree only where nothing was.
  if (Math.ceil(bytes.length / 3) * 4 !== text.length) return undefined;
  if (text.includes('-') || text.includes('_')) return undefined;
  const tail = bytes.length - (bytes.length % 3 || 3);
  return text.endsWith(bytes.toString('base64', Math.max(0, tail))) ? bytes : undefined;
}

/** Like {@link decodeBase64}, and the URL-safe alphabet too, padded or not, which DSSE allows. */
export function decodeDsseBase64(text: string): Buffer | undefined {
  const plain = decodeBase64(text);
  if (plain !== undefined) return plain;
  const bytes = Buffer.from(text, 'base64url');
  const bare = bytes.toString('base64url');
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  return text === bare || text === padded ? bytes : undefined;
}
