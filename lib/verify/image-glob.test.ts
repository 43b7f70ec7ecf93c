import { expect, it } from 'vitest';
import { compileImageGlob } from './image-glob.ts';

it.each([
  ['ghcr.io/acme/app', 'ghcr.io/acme/app', true],
  ['ghcr.io/acme/app', 'ghcr.io/acme/app2', false],
  ['ghcr.io/acme/*', 'ghcr.io/acme/app', true],
  ['ghcr.io/acme/*', 'ghcr.io/acme/team/app', false],
  ['ghcr.io/acme/**', 'ghcr.io/acme/team/app', true],
  ['ghcr.io/acme/**', 'ghcr.io/acme', false],
  ['**', 'docker.io/library/nginx', true],
  ['*', 'docker.io/library/nginx', false],
  ['*.acme.example/**', 'registry.acme.example/app', true],
  ['ghcr.io/acme/*', 'ghcrXio/acme/app', false],
  ['ghcr.io/acme/app', 'evil.example/ghcr.io/acme/app', false],
  ['ghcr.io/(a|b)/*', 'ghcr.io/a/app', false],
  ['*/*/*-prod', 'ghcr.io/acme/app-prod', true],
])('%s covers %s: %s', (glob, name, expected) => {
  expect(compileImageGlob(glob)(name)).toBe(expected);
});
