import { expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import { createAnswerCache } from './answer-cache.ts';

it('drops the oldest answers when they are too large together', () => {
  const cache = createAnswerCache(() => new Date());
  const bytes = new Uint8Array(limits.revocationCacheBytes / 4);
  for (const key of ['a', 'b', 'c', 'd']) cache.put({ key, outcome: 'answered', bytes });
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
  ]);
  cache.put({ key: 'd', outcome: 'failed', detail: 'gone' });
  cache.put({ key: 'e', outcome: 'answered', bytes });
  expect(cache.get('b')).toBeDefined();
  expect(cache.get('d')).toMatchObject({ outcome: 'failed' });
});
