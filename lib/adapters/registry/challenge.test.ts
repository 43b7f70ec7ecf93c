import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('parseChallenges', () => {
  it.each([
    ['nothing', '', []],
    ['a scheme alone', 'Basic', [['basic', {}]]],
    [
      'commas and equals signs in quotes',
      'Bearer realm="https://auth.example/token?a=b",service="reg",scope="repository:a:pull,push"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.example/token?a=b',
            service: 'reg',
            scope: 'repository:a:pull,push',
          },
        ],
      ],
    ],
    ['escaped quotes', String.raw`Basic realm="a \"b\", c"`, [['basic', { realm: 'a "b", c' }]]],
    [
      'several challenges in one header',
      'Basic realm="x", Bearer Realm = "https://a/t" , service=s',
      [
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'https://a/t', service: 's' }],
      ],
    ],
    [
      'a repeated parameter, of which the first counts',
      'Bearer realm="https://good/t",realm="https://evil/t"',
      [['bearer', { realm: 'https://good/t' }]],
    ],
    ['an unclosed quote', 'Bearer realm="https://a', [['bearer', { realm: '' }]]],
    ['something else', '"', []],
  ])('reads %s', (_, header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it('takes no longer than its input is long', () => {
    const before = performance.now();
    parseChallenges(`Bearer ${'a="\\'.repeat(100_000)}`);
    parseChallenges(','.repeat(1_000_000));
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
