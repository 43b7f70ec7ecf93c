import { describe, expect, it } from 'vitest';
import { measure } from './measure.ts';
import { allTargets } from './targets.ts';

const targets = await allTargets();
const seed = Date.now() % 2 ** 31;

describe('readers of what an attacker writes', () => {
  it.each(targets)('neither throw nor believe: $name', (target) => {
    const { finding, runs } = measure(target, { runs: 200, seed, collect: () => undefined });
    expect(finding).toBeUndefined();
    expect(runs).toBe(200);
  });
});
