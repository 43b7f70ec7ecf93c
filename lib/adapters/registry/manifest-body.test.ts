import { describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { digest } from '#lib/model/digest.ts';
import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import { readManifest } from './manifest-body.ts';

const some = digest(`sha256:${'a'.repeat(64)}`);
const descriptor = { mediaType: 'x/y', digest: some, size: 1 };
const image = { schemaVersion: 2, config: descriptor, layers: [descriptor] };
const index = { schemaVersion: 2, manifests: [descriptor] };

const read = (type: string | undefined, body: object | string) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  try {
    return readManifest(Buffer.from(text), type, some, 'manifest').body.kind;
  } catch (error) {
    if (error instanceof OperationalError) return error.code;
    throw error;
  }
};

const nested = (depth: number): unknown => (depth === 0 ? 0 : [nested(depth - 1)]);

describe('readManifest', () => {
  it.each([
    ['an OCI image', mediaTypes.ociManifest, image, 'manifest'],
    ['a Docker image', mediaTypes.dockerManifest, image, 'manifest'],
    ['an OCI index', mediaTypes.ociIndex, index, 'index'],
    ['a Docker list', mediaTypes.dockerList, index, 'index'],
    ['a type with parameters', `${mediaTypes.ociIndex}; charset=utf-8`, index, 'index'],
    ['null for annotations', mediaTypes.ociManifest, { ...image, annotations: null }, 'manifest'],
    ['a type we do not act on', 'application/vnd.oci.artifact.manifest.v1+json', {}, 'other'],
  ])('reads %s', (_, type, body, kind) => {
    expect(read(type, body)).toBe(kind);
  });

  it.each([
    ['both layers and manifests, as an image', mediaTypes.ociManifest, { ...image, manifests: [] }],
    ['both layers and manifests, as an index', mediaTypes.ociIndex, { ...index, layers: [] }],
    ['manifests beside a config', mediaTypes.ociIndex, { ...index, config: descriptor }],
    [
      'a media type that contradicts the header',
      mediaTypes.ociManifest,
      { ...image, mediaType: mediaTypes.ociIndex },
    ],
  ])('N17: refuses %s as ambiguous', (_, type, body) => {
    expect(read(type, body)).toBe('manifest-ambiguous');
  });

  it.each([
    ['an index served as an image', mediaTypes.ociManifest, index],
    ['an image served as an index', mediaTypes.ociIndex, image],
    ['schema 1 by type', 'application/vnd.docker.distribution.manifest.v1+prettyjws', {}],
    ['schema 1 by version', mediaTypes.dockerManifest, { ...image, schemaVersion: 1 }],
    ['a list', mediaTypes.ociManifest, []],
    ['broken JSON', mediaTypes.ociManifest, '{'],
    ['bytes that are not UTF-8', mediaTypes.ociManifest, '\udc00'],
    [
      'a size that is no number',
      mediaTypes.ociManifest,
      { ...image, config: { ...descriptor, size: '1' } },
    ],
    ['deep nesting', mediaTypes.ociManifest, { ...image, deep: nested(limits.jsonDepth) }],
  ])('refuses %s as malformed', (_, type, body) => {
    expect(['manifest-malformed', 'manifest-ambiguous']).toContain(read(type, body));
  });

  it('reads what is nested just deep enough', () => {
    const deep = nested(limits.jsonDepth - 1);
    expect(read(mediaTypes.ociManifest, { ...image, deep })).toBe('manifest');
  });

  it('counts brackets in strings for nothing', () => {
    const annotations = { note: `${'[{'.repeat(200)}"\\"[` };
    expect(read(mediaTypes.ociManifest, { ...image, annotations })).toBe('manifest');
  });

  it.each(['text/html', 'application/json', '', undefined])('takes %j for no manifest', (type) => {
    expect(read(type, image)).toBe('registry-protocol');
  });
});
