/**
 * Decodes padded standard base64 (RFC 4648 §4); undefined for anything else. `Buffer.from` alone
 * skips foreign characters, so two texts could stand for one signature: only the text that the bytes
 * would be written as counts.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
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
