import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTree } from '#tests/builders/transparency-log.ts';
import { leafHash, rootOfProof } from './inclusion.ts';

const body = Buffer.from('entry');
const place = property(integer({ min: 1, max: 70 }), integer({ min: 0, max: 69 }), (size, at) => {
  const index = at % size;
  const { root, path } = aTree(body, index, size);
  const prove = (leaf: Buffer, where: number, of: number, hashes: readonly Buffer[]) =>
    rootOfProof(leaf, BigInt(where), BigInt(of), hashes);
  expect(prove(leafHash(body), index, size, path)).toEqual(root);
  expect(prove(leafHash(Buffer.from('other')), index, size, path)).not.toEqual(root);
  // Another place in the same tree never has the same proof.
  for (let other = 0; other < size; other++)
    if (other !== index) expect(prove(leafHash(body), other, size, path)).not.toEqual(root);
  expect(prove(leafHash(body), index, size, [...path, root])).toBeUndefined();
  if (path.length > 0) expect(prove(leafHash(body), index, size, path.slice(1))).not.toEqual(root);
});

describe('an inclusion proof', () => {
  it('N26: leads to the root from its own place and from no other', async () => {
    await assert(place, { numRuns: 60 });
  });

  it.each([
    ['a negative index', -1n, 1n, []],
    ['an index at the end of the tree', 1n, 1n, []],
    ['an empty tree', 0n, 0n, []],
    ['a hash too many', 0n, 1n, [Buffer.alloc(32)]],
    ['a hash of another length', 0n, 2n, [Buffer.alloc(31)]],
    ['more than 64 hashes', 0n, 2n ** 63n, Array<Buffer>(65).fill(Buffer.alloc(32))],
  ])('N26: leads nowhere with %s', (_, index, size, hashes) => {
    expect(rootOfProof(leafHash(body), index, size, hashes)).toBeUndefined();
  });

  it('counts in trees beyond 2^53', () => {
    const hashes = Array<Buffer>(60).fill(Buffer.alloc(32));
    expect(rootOfProof(leafHash(body), 2n ** 59n + 1n, 2n ** 60n, hashes)).toHaveLength(32);
  });
});
