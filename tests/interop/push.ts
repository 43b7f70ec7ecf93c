import { createHash, randomBytes } from 'node:crypto';

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};

export const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A small distribution client that only pushes: what a build system would do. */
export function pusher(host: string, repository: string) {
  const base = `http://${host}/v2/${repository}`;

  async function blob(bytes: Uint8Array): Promise<{ digest: string; size: number }> {
    const digest = sha256(bytes);
    const begun = await expectOk(fetch(`${base}/blobs/uploads/`, { method: 'POST' }));
    const location = new URL(begun.headers.get('location') ?? '', base);
    location.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    await expectOk(fetch(location, { method: 'PUT', body: Buffer.from(bytes), headers }));
    return { digest, size: bytes.length };
  }

  async function manifest(
    reference: string | undefined,
    body: object,
    mediaType: string,
  ): Promise<{ digest: string; size: number; mediaType: string }> {
    const bytes = Buffer.from(JSON.stringify(body));
    const digest = sha256(bytes);
    await expectOk(
      fetch(`${base}/manifests/${reference ?? digest}`, {
        method: 'PUT',
        body: bytes,
        headers: { 'content-type': mediaType },
      }),
    );
    return { digest, size: bytes.length, mediaType };
  }

  /** An image of its own with one random layer. @returns its digest */
  async function image(tag: string | undefined): Promise<string> {
    const layer = await blob(randomBytes(512));
    const config = await blob(
      Buffer.from(
        JSON.stringify({
          architecture: 'amd64',
          os: 'linux',
          rootfs: { type: 'layers', diff_ids: [layer.digest] },
        }),
      ),
    );
    const { digest } = await manifest(
      tag,
      {
        schemaVersion: 2,
        mediaType: types.manifest,
        config: { mediaType: types.config, ...config },
        layers: [{ mediaType: types.layer, ...layer }],
      },
      types.manifest,
    );
    return digest;
  }

  /** An index over new images. @returns the digests of the index and its children */
  async function index(tag: string): Promise<{ digest: string; children: string[] }> {
    const children = [await image(undefined), await image(undefined)];
    const manifests = await Promise.all(
      children.map(async (digest, position) => ({
        mediaType: types.manifest,
        digest,
        size: (await read(digest)).length,
        platform: { os: 'linux', architecture: position === 0 ? 'amd64' : 'arm64' },
      })),
    );
    const { digest } = await manifest(
      tag,
      { schemaVersion: 2, mediaType: types.index, manifests },
      types.index,
    );
    return { digest, children };
  }

  async function read(reference: string): Promise<Buffer> {
    const answer = await expectOk(
      fetch(`${base}/manifests/${reference}`, {
        headers: { accept: `${types.manifest}, ${types.index}` },
      }),
    );
    return Buffer.from(await answer.arrayBuffer());
  }

  async function readBlob(digest: string): Promise<Buffer> {
    const answer = await expectOk(fetch(`${base}/blobs/${digest}`));
    return Buffer.from(await answer.arrayBuffer());
  }

  return { blob, manifest, image, index, read, readBlob, types };
}

async function expectOk(pending: Promise<Response>): Promise<Response> {
  const answer = await pending;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
