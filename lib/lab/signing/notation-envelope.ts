import { createHash, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import { type Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import type { Certified } from './certificate-authority.ts';

/** How a Notation signature is written. */
export type NotationFormat = 'jws' | 'cose';

/** What is signed, by whom, and until when. */
export interface NotationSigning {
  readonly target: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
  readonly signer: Certified;
  readonly signedAt: Date;
  readonly expiry?: Date;
}

/** An envelope as it lies in the layer of a signature manifest. */
export interface NotationEnvelope {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the certificates in hexadecimal, the signer's first. */
  readonly thumbprints: readonly string[];
}

const prefix = 'io.cncf.notary.';
const payloadType = 'application/vnd.cncf.notary.payload.v1+json';
const agent = 'notation-go/1.3.2';

/**
 * Signs an image descriptor with ECDSA P-256 as `notation sign` does.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md
 */
export const signNotation = (format: NotationFormat, signing: NotationSigning): NotationEnvelope =>
  format === 'cose' ? cose(signing) : jws(signing);

const payloadOf = ({ target: { mediaType, digest, size } }: NotationSigning): Buffer =>
  Buffer.from(JSON.stringify({ targetArtifact: { mediaType, digest, size } }));

const signed = (bytes: Uint8Array, { signer }: NotationSigning): Buffer =>
  sign('sha256', bytes, { key: signer.key, dsaEncoding: 'ieee-p1363' });

const thumbprintsOf = ({ chain }: Certified): string[] =>
  chain.map((der) => createHash('sha256').update(der).digest('hex'));

const criticalOf = ({ expiry }: NotationSigning): string[] => [
  `${prefix}signingScheme`,
  ...(expiry ? [`${prefix}expiry`] : []),
];

/** @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-jws.md */
function jws(signing: NotationSigning): NotationEnvelope {
  const { signer, signedAt, expiry } = signing;
  const seconds = (time: Date) => time.toISOString().replace(/\.\d+Z$/, 'Z');
  const fields = {
    alg: 'ES256',
    crit: criticalOf(signing),
    cty: payloadType,
    [`${prefix}signingScheme`]: 'notary.x509',
    [`${prefix}signingTime`]: seconds(signedAt),
    ...(expiry && { [`${prefix}expiry`]: seconds(expiry) }),
  };
  const protectedText = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const payload = payloadOf(signing).toString('base64url');
  const signature = signed(Buffer.from(`${protectedText}.${payload}`), signing);
  const header = {
    x5c: signer.chain.map((der) => der.toString('base64')),
    [`${prefix}signingAgent`]: agent,
  };
  const envelope = {
    payload,
    protected: protectedText,
    header,
    signature: signature.toString('base64url'),
  };
  return {
    mediaType: mediaTypes.notationJws,
    bytes: Buffer.from(JSON.stringify(envelope)),
    thumbprints: thumbprintsOf(signer),
  };
}

/** @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-cose.md */
function cose(signing: NotationSigning): NotationEnvelope {
  const { signer, signedAt, expiry } = signing;
  const seconds = (time: Date) => new Tagged(1, Math.floor(time.getTime() / 1000));
  const fields = new Map<number | string, unknown>([
    [1, -7],
    [2, criticalOf(signing)],
    [3, payloadType],
    [`${prefix}signingScheme`, 'notary.x509'],
    [`${prefix}signingTime`, seconds(signedAt)],
    ...(expiry ? [[`${prefix}expiry`, seconds(expiry)] as const] : []),
  ]);
  const protectedBytes = encode(fields);
  const payload = payloadOf(signing);
  const signature = signed(
    encode(['Signature1', protectedBytes, new Uint8Array(), payload]),
    signing,
  );
  const unprotected = new Map<number | string, unknown>([
    [33, [...signer.chain]],
    [`${prefix}signingAgent`, agent],
  ]);
  return {
    mediaType: mediaTypes.notationCose,
    bytes: encode(new Tagged(18, [protectedBytes, unprotected, payload, signature])),
    thumbprints: thumbprintsOf(signer),
  };
}
