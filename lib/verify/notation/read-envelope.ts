import { mediaTypes } from '#lib/model/manifest.ts';
import { inconclusive, type Refusal } from '#lib/verify/refusal.ts';
import type { NotationEnvelope } from './envelope.ts';
import { readCoseEnvelope } from './read-cose.ts';
import { readJwsEnvelope } from './read-jws.ts';

/** Reads an envelope of either kind. */
export function readNotationEnvelope(
  mediaType: string,
  bytes: Uint8Array,
): NotationEnvelope | Refusal {
  switch (mediaType) {
    case mediaTypes.notationJws:
      return readJwsEnvelope(bytes);
    case mediaTypes.notationCose:
      return readCoseEnvelope(bytes);
    default:
      return inconclusive(
        'unsupported-format',
        `the signature has the type ${JSON.stringify(mediaType.slice(0, 120))}`,
      );
  }
}
