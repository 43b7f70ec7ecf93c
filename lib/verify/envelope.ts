import { limits } from '#lib/model/limits.ts';
import { decodeDsseBase64 } from './base64.ts';
import {
  caseFoldedDuplicate,
  isObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from './json.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';

/** A decoded DSSE envelope. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
  /** The envelope as it was written, where it stands by itself: old log entries record its digest. */
  readonly written?: Uint8Array;
}

/** The pre-authentication encoding: the bytes that are signed (DSSE protocol, §Signature definition). */
export function preAuthEncoding({ payloadType, payload }: Envelope): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Parses an envelope from its JSON bytes, for legacy attestations. */
export function parseEnvelope(bytes: Uint8Array): Envelope | Refusal {
  const json = parseJson(bytes);
  const envelope = isRefusal(json) ? json : readEnvelope(json);
  return isRefusal(envelope) ? envelope : { ...envelope, written: bytes };
}

/** Reads an envelope out of parsed JSON. Members it does not know are refused. */
export function readEnvelope(json: JsonValue): Envelope | Refusal {
  if (!isObject(json)) return invalid('json-malformed', 'the envelope is not an object');
  const stray = strayMember(json, ['payload', 'payloadType', 'signatures']);
  if (stray) return stray;
  const { payloadType, signatures } = json;
  if (typeof payloadType !== 'string' || !Array.isArray(signatures))
    return invalid('json-malformed', 'the envelope lacks payloadType or signatures');
  const payload = decoded(json['payload']);
  if (isRefusal(payload)) return payload;
  if (signatures.length > limits.bundleEntries)
    return inconclusive('limit-exceeded', `the envelope has ${signatures.length} signatures`);
  const values: Buffer[] = [];
  for (const entry of signatures) {
    if (!isObject(entry))
      return invalid('json-malformed', 'a signature of the envelope is no object');
    const odd = strayMember(entry, ['sig', 'keyid', 'cert']);
    if (odd) return odd;
    const value = decoded(entry['sig']);
    if (isRefusal(value)) return value;
    values.push(value);
  }
  return { payloadType, payload, signatures: values };
}

/** Refuses members that no reader of the format knows, and two spellings of one name. */
export function strayMember(object: JsonObject, known: readonly string[]): Refusal | undefined {
  const folded = caseFoldedDuplicate(object);
  if (folded !== undefined)
    return invalid('json-ambiguous', `${JSON.stringify(folded)} occurs in two spellings`);
  const stray = Object.keys(object).find((key) => !known.includes(key));
  return stray === undefined
    ? undefined
    : invalid('bundle-malformed', `there is an unknown member ${JSON.stringify(stray)}`);
}

function decoded(value: JsonValue | undefined): Buffer | Refusal {
  if (typeof value !== 'string')
    return invalid('json-malformed', 'the envelope lacks a payload or signature');
  return (
    decodeDsseBase64(value) ??
    invalid('base64-malformed', 'the payload or a signature of the envelope is not proper base64')
  );
}
