import { decodeBase64 } from '#lib/verify/base64.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '#lib/verify/json.ts';
import { invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { checkChainLength, type NotationEnvelope } from './envelope.ts';
import { headerNames, readSignedAttributes } from './headers.ts';
import { misreadName } from './misread-name.ts';
import { readRfc3339 } from './signed-time.ts';

const parts = ['payload', 'protected', 'header', 'signature'] as const;

/**
 * Reads a JWS in flattened JSON (RFC 7515 §7.2.2) with exactly the members that the format has: the
 * general form beside it would be a second signature.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-jws.md
 */
export function readJwsEnvelope(bytes: Uint8Array): NotationEnvelope | Refusal {
  const envelope = readObject(bytes, 'the envelope', parts);
  if (isRefusal(envelope)) return envelope;
  const surplus = Object.keys(envelope).find((key) => !parts.some((part) => part === key));
  if (surplus !== undefined)
    return invalid('json-malformed', `the envelope has the member ${JSON.stringify(surplus)}`);
  const texts = parts.map((part) => (part === 'header' ? undefined : decodeUrl(envelope[part])));
  const [payload, protectedBytes, , signature] = texts;
  if (!payload || !protectedBytes || !signature || signature.length === 0)
    return invalid('base64-malformed', 'payload, protected or signature is not proper base64url');
  const fields = readObject(protectedBytes, 'the protected header', protectedNames);
  if (isRefusal(fields)) return fields;
  const attributes = readSignedAttributes({
    values: new Map(Object.entries(fields)),
    critical: fields['crit'],
    time: (value) => (typeof value === 'string' ? readRfc3339(value) : undefined),
    ownLabels: [],
  });
  if (isRefusal(attributes)) return attributes;
  const provenance = readHeader(envelope['header']);
  if (isRefusal(provenance)) return provenance;
  const { alg, cty } = fields;
  return {
    format: 'JWS',
    algorithm: typeof alg === 'string' ? alg : 'none',
    contentType: typeof cty === 'string' ? cty : '',
    payload,
    attributes,
    signedBytes: Buffer.from(`${envelope['protected']}.${envelope['payload']}`, 'latin1'),
    signature,
    ...provenance,
  };
}

const protectedNames = ['alg', 'cty', 'crit', ...Object.values(headerNames)];

function readHeader(
  header: JsonValue | undefined,
): Pick<NotationEnvelope, 'chain' | 'timestamp'> | Refusal {
  if (!isObject(header)) return invalid('json-malformed', 'the unprotected header is missing');
  const ambiguous = misspelt(header, ['x5c', headerNames.timestamp]);
  if (ambiguous) return ambiguous;
  const written = header['x5c'];
  if (!Array.isArray(written) || written.length === 0)
    return invalid('cert-malformed', 'the signature carries no certificates');
  const long = checkChainLength(written.length);
  if (long) return long;
  const chain = written.map((one) => (typeof one === 'string' ? decodeBase64(one) : undefined));
  const token = header[headerNames.timestamp];
  const timestamp = typeof token === 'string' ? decodeBase64(token) : undefined;
  if (!chain.every((one) => one !== undefined))
    return invalid('base64-malformed', 'a certificate is not proper base64');
  if (token !== undefined && timestamp === undefined)
    return invalid('base64-malformed', 'the timestamp is not proper base64');
  return { chain, ...(timestamp && timestamp.length > 0 && { timestamp }) };
}

function readObject(
  bytes: Uint8Array,
  what: string,
  names: readonly string[],
): JsonObject | Refusal {
  const json = parseJson(bytes);
  if (isRefusal(json)) return json;
  if (!isObject(json)) return invalid('json-malformed', `${what} is no JSON object`);
  return misspelt(json, names) ?? json;
}

function misspelt(object: JsonObject, names: readonly string[]): Refusal | undefined {
  const found = misreadName(object, names);
  return found === undefined
    ? undefined
    : invalid('json-ambiguous', `${JSON.stringify(found)} can be read as another name`);
}

/** Base64url without padding (RFC 7515 §2); only the text that the bytes would be written as counts. */
function decodeUrl(value: JsonValue | undefined): Buffer | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, 'base64url');
  return bytes.toString('base64url') === value ? bytes : undefined;
}
