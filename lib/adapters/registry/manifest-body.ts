import { OperationalError } from '#lib/errors.ts';
import type { Digest } from '#lib/model/digest.ts';
import { ImageIndex, ImageManifest, isIndexType, mediaTypes } from '#lib/model/manifest.ts';
import type { FetchedManifest } from '#lib/ports/registry.ts';
import { parseJson } from './registry-json.ts';

const imageTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest];
const schema1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+/;

/**
 * Reads a manifest whose bytes already match `digest`. What can be taken for an index by one reader
 * and for an image by another is refused, whatever it says.
 * @see CVE-2021-41190
 * @throws OperationalError manifest-ambiguous, manifest-malformed, registry-protocol
 */
export function readManifest(
  bytes: Uint8Array,
  contentType: string | undefined,
  digest: Digest,
  purpose: string,
): FetchedManifest {
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const about = { digest, mediaType, bytes };
  if (schema1.test(mediaType)) throw malformed(purpose, 'it is of the withdrawn schema 1');
  if (!isIndexType(mediaType) && !imageTypes.includes(mediaType)) {
    if (mediaType.startsWith('application/vnd.')) return { ...about, body: { kind: 'other' } };
    throw new OperationalError(
      'registry-protocol',
      `${purpose}: the answer has the type ${quote(mediaType)}, which is no manifest`,
      { retryable: true },
    );
  }
  const json = parseJson(bytes);
  if (!isObject(json)) throw malformed(purpose, 'it is not a JSON object');
  refuseAmbiguous(json, mediaType, purpose);
  if (isIndexType(mediaType)) {
    const index = ImageIndex.safeParse(json).data;
    if (index === undefined) throw malformed(purpose, 'it is not an image index');
    return { ...about, body: { kind: 'index', index } };
  }
  const manifest = ImageManifest.safeParse(json).data;
  if (manifest === undefined) throw malformed(purpose, 'it is not an image manifest');
  return { ...about, body: { kind: 'manifest', manifest } };
}

function refuseAmbiguous(json: Record<string, unknown>, mediaType: string, purpose: string): void {
  const inside = json['mediaType'];
  if (inside !== undefined && inside !== mediaType)
    throw ambiguous(purpose, `it was served as ${mediaType} and calls itself ${quote(inside)}`);
  if ('manifests' in json && ('layers' in json || 'config' in json || 'fsLayers' in json))
    throw ambiguous(purpose, 'it has both manifests and layers');
  if (json['schemaVersion'] === 1) throw malformed(purpose, 'it is of the withdrawn schema 1');
}

const malformed = (purpose: string, why: string): OperationalError =>
  new OperationalError('manifest-malformed', `${purpose}: ${why}`);
const ambiguous = (purpose: string, why: string): OperationalError =>
  new OperationalError('manifest-ambiguous', `${purpose}: ${why}`);
const quote = (value: unknown): string => JSON.stringify(String(value).slice(0, 80));

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
