import { isObject, parseJson } from '#lib/verify/json.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import type { NotationEnvelope } from './envelope.ts';
import { misreadName } from './misread-name.ts';

const payloadType = 'application/vnd.cncf.notary.payload.v1+json';

/** A descriptor as a payload names it and as the registry served it. */
export interface TargetDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What the payload is about, and the metadata that the signer added. */
export interface NotationClaim {
  readonly target: TargetDescriptor;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Reads the payload of an envelope whose signature holds. */
export function readPayload({ contentType, payload }: NotationEnvelope): NotationClaim | Refusal {
  if (contentType !== payloadType)
    return invalid('payload-type', `the payload is a ${JSON.stringify(contentType.slice(0, 120))}`);
  const json = parseJson(payload);
  if (isRefusal(json)) return json;
  const target = isObject(json) ? json['targetArtifact'] : undefined;
  if (!isObject(json) || !isObject(target))
    return invalid('json-malformed', 'the payload names no target artifact');
  const twin =
    misreadName(json, ['targetArtifact']) ??
    misreadName(target, ['mediaType', 'digest', 'size', 'annotations']);
  if (twin !== undefined)
    return invalid('json-ambiguous', `${JSON.stringify(twin)} can be read as another name`);
  const { mediaType, digest, size, annotations } = target;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number')
    return invalid('json-malformed', 'the target artifact lacks media type, digest or size');
  const notes = readAnnotations(annotations);
  return notes === undefined
    ? invalid('json-malformed', 'the annotations are not texts by name')
    : { target: { mediaType, digest, size }, annotations: notes };
}

/**
 * Demands that the whole descriptor is the one asked about: digest alone would let the same bytes pass
 * for something else (CVE-2023-33959).
 */
export function checkTarget(
  { target }: NotationClaim,
  digest: string,
  served: Omit<TargetDescriptor, 'digest'> | undefined,
): Refusal | undefined {
  if (target.digest !== digest)
    return invalid('claim-digest', `the payload is about ${target.digest.slice(0, 120)}`);
  if (served === undefined)
    return inconclusive(
      'claim-type',
      'the media type and size of the image are not known, and the signature is about them too',
    );
  if (target.mediaType !== served.mediaType)
    return invalid(
      'notation-target',
      `the payload is about a ${target.mediaType.slice(0, 120)}, and the image is a ${served.mediaType}`,
    );
  if (target.size !== served.size)
    return invalid(
      'notation-target',
      `the payload is about ${target.size} bytes, and the image has ${served.size}`,
    );
  return undefined;
}

function readAnnotations(value: unknown): NotationClaim['annotations'] | undefined {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined;
}
