const standard = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const urlSafe = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?$/;

/**
 * Decodes padded standard base64 (RFC 4648 §4); undefined for anything else. `Buffer.from` alone
 * would skip foreign characters, so that two texts could stand for one signature.
 */
export function decodeBase64(text: string): Buffer | undefined {
  if (!standard.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Bits beyond the last byte must be zero, or again two texts mean the same bytes.
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Like {@link decodeBase64}, and the URL-safe alphabet too, which DSSE allows. */
export function decodeDsseBase64(text: string): Buffer | undefined {
  const plain = decodeBase64(text);
  if (plain !== undefined || !urlSafe.test(text)) return plain;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text.replace(/=+$/, '') ? bytes : undefined;
}
