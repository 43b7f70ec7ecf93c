import { isObject, type JsonValue } from './json.ts';
import { inconclusive, invalid, type Refusal } from './refusal.ts';

const mediaTypePattern =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=0\.([123])|\.v0\.(3)\+json)$/;

/** The minor version of the bundle format, 1 to 3, by the media type inside the bundle. */
export function bundleVersionOf(json: JsonValue): number | Refusal {
  const mediaType = isObject(json) ? json['mediaType'] : undefined;
  if (typeof mediaType !== 'string')
    return invalid('bundle-malformed', 'the bundle has no media type');
  const match = mediaTypePattern.exec(mediaType);
  if (match === null) {
    return mediaType.startsWith('application/vnd.dev.sigstore.bundle')
      ? inconclusive('unsupported-format', `bundles of the type ${mediaType} are not supported`)
      : invalid('bundle-malformed', `${JSON.stringify(mediaType)} is not the type of a bundle`);
  }
  return Number(match[1] ?? match[2]);
}
