import { afterEach, describe, expect, it } from 'vitest';
import { mediaTypes } from '#lib/model/manifest.ts';
import {
  absent,
  alsoClose,
  closeAll,
  codeOf,
  name,
  readerOf,
  serve,
  startLab,
} from '#tests/builders/reading.ts';
import { openReader, pushImage } from '#tests/builders/registry.ts';

afterEach(closeAll);

describe('content', () => {
  it('resolves a tag by HEAD alone', async () => {
    const lab = await startLab();
    const image = pushImage(lab, 'team/app', 'v1');
    const reader = readerOf(lab);
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBe(image.digest);
    expect(lab.requests.map(({ method }) => method)).toEqual(['HEAD']);
  });

  it('calls a tag gone only in a repository that it can see', async () => {
    const lab = await startLab();
    pushImage(lab, 'team/app', 'v1');
    const reader = readerOf(lab);
    expect(await reader.resolveTag(name, 'team/app', 'v2')).toBeUndefined();
    lab.deleteTag('team/app', 'v1');
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBeUndefined();
    lab.setFault({ repository: 'team/app' }, { kind: 'hidden' });
    expect(await codeOf(reader.resolveTag(name, 'team/app', 'v1'))).toBe('registry-not-found');
  });

  it.each([
    ['leaves the digest out', 200],
    ['does not know HEAD', 405],
  ])('resolves a tag by GET where the registry %s', async (_, status) => {
    const body = JSON.stringify({ manifests: [] });
    const server = await serve((request, response) => {
      response.setHeader('content-type', mediaTypes.ociIndex);
      if (request.method === 'HEAD') response.writeHead(status).end();
      else response.end(body);
    });
    const found = await readerOf(server).resolveTag(name, 'team/app', 'v1');
    const manifest = await readerOf(server).manifest(name, 'team/app', 'v1');
    expect(found).toBe(manifest?.digest);
    expect(found).toMatch(/^sha256:/);
  });

  it('N16: does not believe a digest header that its bytes contradict', async () => {
    const server = await serve((_, response) => {
      response.setHeader('content-type', mediaTypes.ociIndex);
      response.setHeader('docker-content-digest', absent);
      response.end('{"manifests":[]}');
    });
    expect(await codeOf(readerOf(server).manifest(name, 'team/app', 'v1'))).toBe('blob-digest');
  });

  it('takes 404 for an answer', async () => {
    const lab = await startLab();
    const reader = readerOf(lab);
    expect(await reader.manifest(name, 'team/app', absent)).toBeUndefined();
    expect(await codeOf(reader.blob(name, 'team/app', { digest: absent, size: 1 }, 10))).toBe(
      'registry-not-found',
    );
    expect(reader.status()[0]?.failures).toBe(1);
  });

  it('reads blobs within their size and cap, through a redirect to storage', async () => {
    const lab = await startLab({ redirectBlobs: true });
    const key = lab.putBlob('team/app', Buffer.from('hello'));
    const reader = readerOf(lab);
    const read = (size: number, cap: number) =>
      reader.blob(name, 'team/app', { digest: key, size }, cap);
    expect(Buffer.from(await read(5, 5)).toString()).toBe('hello');
    expect(lab.requests.at(-1)?.path).toMatch(/^\/storage\//);
    lab.resetRequests();
    expect(await codeOf(read(10_000_000_000, 5))).toBe('limit-exceeded');
    expect(lab.requests).toEqual([]);
    expect(await codeOf(read(3, 5))).toBe('limit-exceeded');
    expect(await codeOf(reader.blob(name, 'a', { digest: 'sha512:ab', size: 1 }, 5))).toBe(
      'unsupported-digest',
    );
  });

  it('asks once for what many want at the same time', async () => {
    const lab = await startLab();
    const { digest: image } = pushImage(lab, 'team/app');
    const reader = readerOf(lab);
    await Promise.all(Array.from({ length: 10 }, () => reader.manifest(name, 'team/app', image)));
    expect(lab.requests).toHaveLength(1);
  });

  it('keeps to the number of requests that a host may have at a time', async () => {
    let inside = 0;
    let most = 0;
    const server = await serve((_, response) => {
      inside += 1;
      most = Math.max(most, inside);
      setTimeout(() => {
        inside -= 1;
        response.setHeader('docker-content-digest', absent).end();
      }, 5);
    });
    const reader = readerOf(server, { concurrency: 3 });
    const tags = Array.from({ length: 20 }, (_, index) => `v${index}`);
    await Promise.all(tags.map((tag) => reader.resolveTag(name, 'team/app', tag)));
    expect(most).toBe(3);
  });

  it.each([
    ['../../etc', 'v1'],
    ['team/../../x', 'v1'],
    ['team/app%2f..', 'v1'],
    ['Team/App', 'v1'],
    ['team/app?x=', 'v1'],
    ['team/app', '../v1'],
    ['team/app', 'v1%2f'],
    ['team/app', 'sha256:short'],
    ['team/app:v1', 'v1'],
    [`team/app@${absent}`, 'v1'],
    ['', 'v1'],
  ])('N87: refuses the name %j with %j before anything is sent', async (repository, reference) => {
    const lab = await startLab();
    const reader = readerOf(lab);
    expect(await codeOf(reader.manifest(name, repository, reference))).toBe('reference-malformed');
    expect(await codeOf(reader.resolveTag(name, repository, reference))).toBe(
      'reference-malformed',
    );
    expect(lab.requests).toEqual([]);
  });

  it('N87: refuses a registry name that is none', async () => {
    const { reader, http } = openReader([]);
    alsoClose(() => http.close());
    expect(await codeOf(reader.manifest('evil.example/x', 'a', 'v1'))).toBe('reference-malformed');
    expect(await codeOf(reader.tags('reg@evil.example', 'a'))).toBe('reference-malformed');
    expect(await codeOf(reader.tags('docker.io', 'nginx'))).toBe('reference-malformed');
  });
});
