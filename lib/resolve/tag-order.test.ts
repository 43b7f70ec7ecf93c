import { describe, expect, it } from 'vitest';
import { compareTags } from './tag-order.ts';

describe('compareTags', () => {
  it.each([
    [
      ['1.9.0', '1.10.0', '1.2.0'],
      ['1.10.0', '1.9.0', '1.2.0'],
    ],
    [
      ['v1', '2', 'v1.5'],
      ['2', 'v1.5', 'v1'],
    ],
    [
      ['1.0.0-rc.2', '1.0.0', '1.0.0-rc.10'],
      ['1.0.0', '1.0.0-rc.10', '1.0.0-rc.2'],
    ],
    [
      ['1.27-alpine', '1.27', '1.28-alpine'],
      ['1.28-alpine', '1.27', '1.27-alpine'],
    ],
    [
      ['latest', '1.0', 'main', '0.1'],
      ['1.0', '0.1', 'main', 'latest'],
    ],
    [
      ['20260101', '20251231', '1.0'],
      ['20260101', '20251231', '1.0'],
    ],
    [
      ['build-9', 'build-10'],
      ['build-10', 'build-9'],
    ],
    [
      ['1.0+b2', '1.0_b1'],
      ['1.0+b2', '1.0_b1'],
    ],
  ])('orders %j newest first', (tags, expected) => {
    expect([...tags].sort(compareTags)).toEqual(expected);
    expect([...tags].reverse().sort(compareTags)).toEqual(expected);
  });
});
