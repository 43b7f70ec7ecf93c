import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apiHost,
  formatReference,
  parseReference,
  pinOf,
  type Reference,
  repositoryName,
  tagOf,
} from './reference.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

const parsed = (text: string): Reference => {
  const result = parseReference(text);
  if (!result.ok) throw new Error(`${text}: ${result.problem}`);
  return result.reference;
};

describe('parseReference', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx'],
    ['acme/web', 'docker.io', 'acme/web'],
    ['docker.io/nginx', 'docker.io', 'library/nginx'],
    ['index.docker.io/nginx', 'docker.io', 'library/nginx'],
    ['registry-1.docker.io/library/nginx', 'docker.io', 'library/nginx'],
    ['registry.hub.docker.com/acme/web', 'docker.io', 'acme/web'],
    ['ghcr.io/web', 'ghcr.io', 'web'],
    ['ghcr.io/acme/team/web', 'ghcr.io', 'acme/team/web'],
    ['localhost/web', 'localhost', 'web'],
    ['localhost:5000/web', 'localhost:5000', 'web'],
    ['registry:5000/web', 'registry:5000', 'web'],
    ['127.0.0.1:5000/web', '127.0.0.1:5000', 'web'],
    ['[2001:db8::1]:5000/web', '[2001:db8::1]:5000', 'web'],
    ['GHCR.io/acme/web', 'ghcr.io', 'acme/web'],
    ['Registry/web', 'Registry', 'web'],
    ['LOCALHOST/web', 'localhost', 'web'],
    ['a__b/c-d--e.f_g', 'docker.io', 'a__b/c-d--e.f_g'],
  ])('reads %s as %s and %s', (text, registry, repository) => {
    expect(parsed(text)).toEqual({ registry, repository });
  });

  it.each([
    ['nginx:1.27', { tag: '1.27' }],
    ['ghcr.io:443/acme/web:v1', { tag: 'v1' }],
    ['localhost:5000', { repository: 'library/localhost', tag: '5000' }],
    [`nginx@${digest}`, { digest }],
    [`ghcr.io/acme/web:v1@${digest}`, { tag: 'v1', digest }],
    [`nginx:_${'x'.repeat(127)}`, { tag: `_${'x'.repeat(127)}` }],
  ])('reads tag and digest of %s', (text, rest) => {
    expect(parsed(text)).toMatchObject(rest);
  });

  it.each([
    ['nothing', ''],
    ['upper case in the repository', 'ghcr.io/Acme/web'],
    ['upper case without a host', 'Nginx'],
    ['spaces', 'nginx latest'],
    ['a line end', 'nginx\n'],
    ['a control character', 'ghcr.io/acme/w\u0000eb'],
    ['a scheme', 'https://ghcr.io/acme/web'],
    ['dots that climb', 'ghcr.io/acme/../web'],
    ['an empty part', 'ghcr.io//web'],
    ['a slash at the end', 'ghcr.io/web/'],
    ['three underscores', 'acme/a___b'],
    ['a dot at the end', 'acme/web.'],
    ['an empty tag', 'nginx:'],
    ['a tag with a slash', 'nginx:v1/2'],
    ['a tag that begins with a dot', 'nginx:.v1'],
    ['a tag of 129 characters', `nginx:${'x'.repeat(129)}`],
    ['an empty digest', 'nginx@'],
    ['a short digest', 'nginx@sha256:abc'],
    ['another algorithm', `nginx@sha512:${'a'.repeat(128)}`],
    ['an upper-case digest', `nginx@sha256:${'A'.repeat(64)}`],
    ['two digests', `nginx@${digest}@${digest}`],
    ['a digest alone', `@${digest}`],
    ['the id of a local image', 'ab'.repeat(32)],
    ['a host with an underscore', 'my_registry.io/web'],
    ['a host that ends in a dot', 'ghcr.io./web'],
    ['a user before the host', 'user@ghcr.io/web'],
    ['256 characters of name', `ghcr.io/${'a'.repeat(248)}`],
    ['no end', 'a'.repeat(100_000)],
  ])('N87: refuses %s and says why', (_, text) => {
    expect(parseReference(text)).toEqual({ ok: false, problem: expect.stringMatching(/\w/) });
  });

  it('takes a name of 255 characters', () => {
    expect(repositoryName(parsed(`ghcr.io/${'a'.repeat(247)}`))).toHaveLength(255);
  });

  it('never throws, and what it took it takes again in normal form', () => {
    const piece = fc.constantFrom(
      'nginx',
      'ghcr.io',
      'Acme',
      '/',
      ':',
      '@',
      '.',
      '-',
      '_',
      'v1',
      digest,
      'localhost',
      '5000',
      '[::1]',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const result = parseReference(given);
        if (!result.ok) return;
        expect(parsed(formatReference(result.reference))).toEqual(result.reference);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a parsed reference', () => {
  it.each([
    ['nginx', 'none', 'latest', 'docker.io/library/nginx'],
    ['nginx:1', 'tag', '1', 'docker.io/library/nginx:1'],
    [`nginx@${digest}`, 'digest', undefined, `docker.io/library/nginx@${digest}`],
    [`nginx:1@${digest}`, 'tag-and-digest', '1', `docker.io/library/nginx:1@${digest}`],
  ])('%s is pinned by %s, asks for tag %s, and is written %s', (text, pin, tag, written) => {
    const reference = parsed(text);
    expect(pinOf(reference)).toBe(pin);
    expect(tagOf(reference)).toBe(tag);
    expect(formatReference(reference)).toBe(written);
  });

  it('of Docker Hub is answered by another host than its name', () => {
    expect(apiHost('docker.io')).toBe('registry-1.docker.io');
    expect(apiHost('ghcr.io')).toBe('ghcr.io');
  });
});
