import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { isEvidenceTag, repositoryGlob, wholePattern } from './tag-filter.ts';

const hex = 'a'.repeat(64);

describe('isEvidenceTag', () => {
  it.each([`sha256-${hex}`, `sha256-${hex}.sig`, `sha256-${hex}.att`, `sha256-${hex}.sbom`])(
    'knows %s',
    (tag) => {
      expect(isEvidenceTag(tag)).toBe(true);
    },
  );
  it.each(['v1', 'sha256-abc.sig', `${hex}`, `sha256-${hex}.zip`, 'sha-256'])(
    'takes %s for an image',
    (tag) => {
      expect(isEvidenceTag(tag)).toBe(false);
    },
  );
});

describe('wholePattern', () => {
  it('matches the whole and nothing less', () => {
    const matches = wholePattern('v[0-9]+|latest', 'tags');
    expect(['v1', 'latest', 'v1-rc', 'xlatest', 'v1\n'].map(matches)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(wholePattern(undefined, 'tags')('anything')).toBe(true);
  });

  it('names the place of a pattern that is none', () => {
    expect(() => wholePattern('v(', 'registry.example/app: tags')).toThrow(ConfigurationError);
    expect(() => wholePattern('(?=x)', 'registry.example/app: tags')).toThrow(/app: tags/);
  });

  it('takes linear time', () => {
    const before = performance.now();
    wholePattern('(a+)+$', 'tags')(`${'a'.repeat(127)}!`);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('repositoryGlob', () => {
  it.each([
    ['team/*', 'team/app', true],
    ['team/*', 'team/app/sub', false],
    ['team/**', 'team/app/sub', true],
    ['team/*', 'other/team/app', false],
    ['*/app', 'team/app', true],
    ['te.m/*', 'team/app', false],
    ['team/app-*', 'team/app-1', true],
  ])('%s and %s: %s', (glob, repository, expected) => {
    expect(repositoryGlob(glob)(repository)).toBe(expected);
  });
});
