import { isDigest } from '#lib/model/digest.ts';
import { caseFoldedDuplicate, isObject, type JsonObject, parseJson } from './json.ts';
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

function memberObject(parent: unknown, name: string): JsonObject | Refusal {
  const object = asObject(parent);
  const folded = object && caseFoldedDuplicate(object);
  if (folded !== undefined)
    return invalid('json-ambiguous', `the claim has ${JSON.stringify(folded)} in two spellings`);
  const member = object?.[name];
  if (!isObject(member)) return invalid('json-malformed', `the claim has no object "${name}"`);
  const inner = caseFoldedDuplicate(member);
  return inner === undefined
    ? member
    : invalid('json-ambiguous', `the claim has ${JSON.stringify(inner)} in two spellings`);
}

const asObject = (value: unknown): JsonObject | undefined =>
  isObject(value as JsonObject) ? (value as JsonObject) : undefined;

/** The members that are text; cosign writes nothing else. */
function textMembers(value: unknown): Readonly<Record<string, string>> {
  const members: Record<string, string> = {};
  for (const [name, text] of Object.entries(asObject(value) ?? {}))
    if (typeof text === 'string') members[name] = text;
  return members;
}
