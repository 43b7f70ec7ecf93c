import { describe, expect, it } from 'vitest';
import { runningImage } from './running.ts';

const hex = 'ab'.repeat(32);
const digest = `sha256:${hex}`;

describe('runningImage', () => {
  it.each([
    ['as containerd writes it', `ghcr.io/acme/web@${digest}`, 'ghcr.io/acme/web'],
    ['in the short form of Docker Hub', `nginx@${digest}`, 'docker.io/library/nginx'],
    ['under an alias of Docker Hub', `index.docker.io/acme/web@${digest}`, 'docker.io/acme/web'],
    ['as Docker writes it', `docker-pullable://acme/web@${digest}`, 'docker.io/acme/web'],
    ['with a tag beside the digest', `ghcr.io/acme/web:v1@${digest}`, 'ghcr.io/acme/web'],
    ['with a port', `localhost:5000/web@${digest}`, 'localhost:5000/web'],
  ])('takes a pulled image %s', (_, imageId, repository) => {
    expect(runningImage(imageId)).toEqual({ state: 'digest', digest, repository });
  });

  it.each([
    ['by Docker', `docker://${digest}`],
    ['by a bare digest', digest],
    ['by bare hexadecimal characters', hex],
    ['by another scheme', `containerd://${digest}`],
  ])(
    'P05 never takes the config digest of a local image, named %s, for one that a registry knows',
    (_, imageId) => {
      expect(runningImage(imageId)).toEqual({ state: 'local', imageId });
    },
  );

  it('keeps the digest when the repository before it makes no sense', () => {
    expect(runningImage(`<none>@${digest}`)).toEqual({ state: 'digest', digest });
  });

  it('knows that nothing has started', () => {
    expect(runningImage('')).toEqual({ state: 'pending' });
  });

  it.each([
    ['a tag', 'nginx:1.27'],
    ['another algorithm', `nginx@sha512:${'a'.repeat(128)}`],
    ['a short digest', 'nginx@sha256:abc'],
    ['upper case', `nginx@sha256:${'AB'.repeat(32)}`],
    ['no repository', `@${digest}`],
  ])('does not guess from %s', (_, imageId) => {
    expect(runningImage(imageId)).toEqual({ state: 'malformed', imageId });
  });
});
