import { hash } from 'node:crypto';
import type { Artifact } from './artifact.ts';
import { preAuthEncoding } from './envelope.ts';
import type { HashName } from './keys.ts';
import { inconclusive, invalid, type Refusal } from './refusal.ts';
import type { SignatureScheme, SignedContent } from './signature.ts';
import type { SignedItem } from './signed-item.ts';

/**
 * The bytes over which the signature was made. For a message signature they are the artifact; what
 * the bundle says of its digest must be true of it, so that a log entry cannot be about another one.
 */
export function signedContentOf(
  { layout, content }: SignedItem,
  artifact: Artifact,
): { readonly content: SignedContent; readonly scheme: SignatureScheme } | Refusal {
  if (content.form === 'simple-signing')
    return { content: { kind: 'bytes', bytes: content.payload }, scheme: 'legacy' };
  if (content.form === 'dsse')
    return {
      content: { kind: 'bytes', bytes: preAuthEncoding(content.envelope) },
      scheme: layout === 'legacy' ? 'legacy' : 'dsse',
    };
  const { algorithm, digest } = content;
  const expected = artifact.digests[algorithm];
  if (expected === undefined)
    return inconclusive(
      'unsupported-digest',
      `the ${algorithm} digest of the artifact is not known`,
    );
  if (digest.toString('hex') !== expected)
    return invalid('claim-digest', `the bundle is about ${algorithm}:${digest.toString('hex')}`);
  return {
    scheme: 'message',
    content:
      artifact.bytes === undefined
        ? { kind: 'digest', algorithm, value: digest }
        : { kind: 'bytes', bytes: artifact.bytes },
  };
}

/** A digest by any of the algorithms; undefined where it cannot be known. */
export type DigestOf = (algorithm: HashName) => Buffer | undefined;

/**
 * Digests of the bytes under the signature (of a message: of the artifact), of the payload of an
 * envelope, or of the envelope as it was written. All are computed from the bytes themselves.
 */
export function digestsOfItem(
  { content }: SignedItem,
  artifact: Artifact,
  of: 'signed' | 'payload' | 'envelope',
): DigestOf {
  if (content.form === 'dsse') {
    const { envelope } = content;
    if (of === 'envelope') return digestsOf(envelope.written);
    return digestsOf(of === 'payload' ? envelope.payload : preAuthEncoding(envelope));
  }
  if (of !== 'signed') return () => undefined;
  if (content.form === 'simple-signing') return digestsOf(content.payload);
  return (algorithm) => {
    const hex = artifact.digests[algorithm];
    return hex === undefined ? undefined : Buffer.from(hex, 'hex');
  };
}

const digestsOf =
  (bytes: Uint8Array | undefined): DigestOf =>
  (algorithm) =>
    bytes && hash(algorithm, bytes, 'buffer');
