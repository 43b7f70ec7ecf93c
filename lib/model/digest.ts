/** A content digest `sha256:` + 64 lower-case hex characters (OCI image-spec, "Digests"). */
export type Digest = `sha256:${string}` & { readonly brand: 'digest' };

const pattern = /^sha256:[a-f0-9]{64}$/;

/** True for a well-formed SHA-256 digest. Upper case, other algorithms and short forms are refused. */
export const isDigest = (text: string): text is Digest => pattern.test(text);

/**
 * Admits a digest or throws: for values that our own code made. Use {@link isDigest} at the doors.
 * @throws RangeError when the text is not a SHA-256 digest
 */
export function digest(text: string): Digest {
  if (!isDigest(text)) throw new RangeError(`not a SHA-256 digest: ${JSON.stringify(text)}`);
  return text;
}

/** The 12 characters by which people name a digest. */
export const shortDigest = (value: string): string => value.replace(/^sha256:/, '').slice(0, 12);
