import { isDigest } from '#lib/model/digest.ts';
import {
  caseFoldedDuplicate,
  isObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from './json.ts';
import { invalid, isRefusal, type Refusal } from './refusal.ts';

/** What a simple-signing payload says besides the digest. */
export interface SimpleSigningClaim {
  /** Where it was signed; informational, because images move between repositories. */
  readonly reference?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const claimType = 'cosign container image signature';

/**
 * Reads a simple-signing payload and demands that it is about this image. Called only after the
 * signature over its exact bytes holds: whoever may push can write a payload.
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export function checkSimpleSigning(
  payload: Uint8Array,
  image: string,
): SimpleSigningClaim | Refusal {
  const json = parseJson(payload);
  if (isRefusal(json)) return json;
  const critical = memberObject(json, 'critical');
  if (isRefusal(critical)) return critical;
  const about = memberObject(critical, 'image');
  if (isRefusal(about)) return about;
  const twin = ambiguity(about);
  if (twin) return twin;

  if (critical['type'] !== claimType)
    return invalid('claim-type', `the claim is of the type ${JSON.stringify(critical['type'])}`);
  const signed = about['docker-manifest-digest'];
  if (typeof signed !== 'string')
    return invalid('json-malformed', 'the claim names no docker-manifest-digest');
  if (signed !== image)
    return invalid(
      'claim-digest',
      isDigest(signed)
        ? `the claim is about ${signed}`
        : `the claim names ${JSON.stringify(signed)}, not a SHA-256 digest`,
    );

  const identity = critical['identity'];
  const reference = isObject(identity) ? identity['docker-reference'] : undefined;
  return {
    ...(typeof reference === 'string' && { reference }),
    annotations: isObject(json) ? textMembers(json['optional']) : {},
  };
}

/** A member that is an object. Names of the parent that differ in case only make it ambiguous. */
function memberObject(parent: JsonValue, name: string): JsonObject | Refusal {
  if (!isObject(parent)) return noObject(name);
  const member = parent[name];
  return ambiguity(parent) ?? (isObject(member) ? member : noObject(name));
}

const noObject = (name: string): Refusal =>
  invalid('json-malformed', `the claim has no object "${name}"`);

function ambiguity(object: JsonObject): Refusal | undefined {
  const twin = caseFoldedDuplicate(object);
  return twin === undefined
    ? undefined
    : invalid('json-ambiguous', `the claim has ${JSON.stringify(twin)} in two spellings`);
}

/** The members that are text; cosign writes nothing else. */
function textMembers(value: JsonValue | undefined): Readonly<Record<string, string>> {
  const members: Record<string, string> = {};
  if (!isObject(value)) return members;
  for (const name in value) {
    const text = value[name];
    if (typeof text === 'string') members[name] = text;
  }
  return members;
}
