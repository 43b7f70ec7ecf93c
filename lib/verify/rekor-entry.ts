import { decodeBase64 } from './base64.ts';
import { strayMember } from './envelope.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from './json.ts';
import { invalid, isRefusal, type Refusal } from './refusal.ts';
import type { TlogEntry } from './rekor/tlog-entry.ts';

/**
 * Reads cosign's bundle annotation (a Rekor v1 entry with its promise) into the form that bundles
 * have. The promise covers exactly four members, so any other one is refused.
 */
export function readRekorAnnotation(text: string): TlogEntry | Refusal {
  const json = parseJson(text);
  if (isRefusal(json)) return json;
  const payload = isObject(json) ? json['Payload'] : undefined;
  if (!isObject(json) || !isObject(payload)) return malformed('has no Payload');
  const stray =
    strayMember(json, ['SignedEntryTimestamp', 'Payload']) ??
    strayMember(payload, ['body', 'integratedTime', 'logIndex', 'logID']);
  if (stray) return stray;
  return entryOf(json, payload);
}

function entryOf(json: JsonObject, payload: JsonObject): TlogEntry | Refusal {
  const promise = base64(json['SignedEntryTimestamp']);
  const { body: bodyText, logID } = payload;
  const body = base64(bodyText);
  const integratedTime = positive(payload['integratedTime']);
  const logIndex = positive(payload['logIndex']);
  if (promise === undefined || body === undefined || typeof bodyText !== 'string')
    return malformed('is not proper base64');
  if (typeof logID !== 'string' || !/^[a-f0-9]{64}$/.test(logID)) return malformed('has no logID');
  if (integratedTime === undefined || logIndex === undefined)
    return malformed('has no proper integratedTime or logIndex');
  const kindVersion = kindOf(body);
  if (isRefusal(kindVersion)) return kindVersion;
  return {
    logIndex,
    logId: logID,
    ...kindVersion,
    integratedTime,
    promise,
    body,
    bodyText,
  };
}

/** The kind and version that the body of an entry names. */
export function kindOf(body: Buffer): { kind: string; version: string } | Refusal {
  const json = parseJson(body);
  if (isRefusal(json)) return json;
  const kind = isObject(json) ? json['kind'] : undefined;
  const version = isObject(json) ? json['apiVersion'] : undefined;
  return typeof kind === 'string' && typeof version === 'string'
    ? { kind, version }
    : malformed('body names no kind');
}

const malformed = (what: string): Refusal => invalid('bundle-malformed', `the log entry ${what}`);

const base64 = (value: JsonValue | undefined): Buffer | undefined =>
  typeof value === 'string' && value !== '' ? decodeBase64(value) : undefined;

const positive = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? String(value)
    : undefined;
