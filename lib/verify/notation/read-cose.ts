import { type DecodeOptions, decode, encode } from 'cborg';
import { invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { checkChainLength, type NotationAlgorithm, type NotationEnvelope } from './envelope.ts';
import { headerNames, readSignedAttributes } from './headers.ts';
import { readEpoch } from './signed-time.ts';

/** Header labels of RFC 9052 §3.1 and RFC 9360. */
const labels = { algorithm: 1, critical: 2, contentType: 3, certificates: 33 } as const;
const signOneTag = 18;
const epochTag = 1;

/** COSE algorithm identifiers (RFC 9053 §2.1, RFC 8230 §2) of the algorithms that Notation allows. */
const algorithms = new Map<unknown, NotationAlgorithm>([
  [-37, 'PS256'],
  [-38, 'PS384'],
  [-39, 'PS512'],
  [-7, 'ES256'],
  [-35, 'ES384'],
  [-36, 'ES512'],
]);

/** A tagged value as the decoder hands it on. */
class Tagged {
  readonly tag: number;
  readonly value: unknown;
  constructor(tag: number, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

const keep = (tag: number) => (inner: () => unknown) => new Tagged(tag, inner());
/** One reading per text: shortest lengths, definite lengths, each key once, nothing behind the end. */
const options: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
  tags: { [signOneTag]: keep(signOneTag), [epochTag]: keep(epochTag) },
};

/**
 * Reads a COSE_Sign1_Tagged (RFC 9052 §4.2).
 * @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-cose.md
 */
export function readCoseEnvelope(bytes: Uint8Array): NotationEnvelope | Refusal {
  const message = decodeCbor(bytes, 'the envelope');
  if (isRefusal(message)) return message;
  if (!(message instanceof Tagged) || message.tag !== signOneTag || !isList(message.value, 4))
    return malformed('the envelope is no tagged COSE_Sign1');
  const [protectedBytes, unprotected, payload, signature] = message.value;
  if (!isBytes(protectedBytes) || !isBytes(payload) || !isBytes(signature))
    return malformed('protected header, payload or signature is missing');
  if (!(unprotected instanceof Map)) return malformed('the unprotected header is no map');
  if (signature.length === 0) return malformed('the signature is empty');
  const headers = decodeCbor(protectedBytes, 'the protected header');
  if (isRefusal(headers)) return headers;
  if (!(headers instanceof Map)) return malformed('the protected header is no map');
  const twice = [...headers.keys()].find((label) => unprotected.has(label));
  if (twice !== undefined)
    return malformed(`the header ${String(twice).slice(0, 80)} is protected and unprotected`);
  const attributes = readAttributes(headers);
  if (isRefusal(attributes)) return attributes;
  const provenance = readUnprotected(unprotected);
  if (isRefusal(provenance)) return provenance;
  const contentType: unknown = headers.get(labels.contentType);
  return {
    format: 'COSE',
    algorithm: algorithms.get(headers.get(labels.algorithm)) ?? 'another',
    contentType: typeof contentType === 'string' ? contentType : '',
    payload: Buffer.from(payload),
    attributes,
    signedBytes: Buffer.from(encode(['Signature1', protectedBytes, new Uint8Array(), payload])),
    signature: Buffer.from(signature),
    ...provenance,
  };
}

const readAttributes = (headers: Map<unknown, unknown>) =>
  readSignedAttributes({
    values: new Map(
      [...headers].filter((entry): entry is [string | number, unknown] => isLabel(entry[0])),
    ),
    critical: headers.get(labels.critical),
    time: (value) =>
      value instanceof Tagged && value.tag === epochTag && typeof value.value === 'number'
        ? readEpoch(value.value)
        : undefined,
    // RFC 9052 §3.1 advises against listing these, and does not forbid it; a time changes nothing.
    ownLabels: [labels.algorithm, labels.critical, labels.contentType, headerNames.signingTime],
  });

function readUnprotected(
  unprotected: Map<unknown, unknown>,
): Pick<NotationEnvelope, 'chain' | 'timestamp'> | Refusal {
  const written = unprotected.get(labels.certificates);
  const chain = isBytes(written) ? [written] : written;
  if (!Array.isArray(chain) || chain.length === 0)
    return invalid('cert-malformed', 'the signature carries no certificates');
  const long = checkChainLength(chain.length);
  if (long) return long;
  if (!chain.every(isBytes)) return malformed('a certificate is no byte string');
  const timestamp = unprotected.get(headerNames.timestamp);
  if (timestamp !== undefined && !isBytes(timestamp))
    return malformed('the timestamp is no byte string');
  return {
    chain: chain.map((one) => Buffer.from(one)),
    ...(timestamp && timestamp.length > 0 && { timestamp: Buffer.from(timestamp) }),
  };
}

function decodeCbor(bytes: Uint8Array, what: string): unknown {
  try {
    return decode(bytes, options) as unknown;
  } catch (error) {
    // The decoder throws for every malformed text, and runs out of stack on one nested without end.
    return malformed(`${what} is not strict CBOR: ${(error as Error).message.slice(0, 120)}`);
  }
}

const malformed = (detail: string): Refusal => invalid('bundle-malformed', detail);

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
const isList = (value: unknown, length: number): value is readonly unknown[] =>
  Array.isArray(value) && value.length === length;
const isLabel = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';
