import { describe, expect, it } from 'vitest';
import { createGate, createInFlight } from './gate.ts';

describe('a gate', () => {
  it('never lets more in than it is wide, and everyone in the end', async () => {
    const gate = createGate(3);
    let inside = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => gate.run(task)));
    expect([most, inside]).toEqual([3, 0]);
  });

  it('is left by a task that fails', async () => {
    const gate = createGate(1);
    await expect(gate.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await gate.run(async () => 'next')).toBe('next');
  });
});

describe('tasks in flight', () => {
  it('are shared while they run and begun anew afterwards', async () => {
    const share = createInFlight<number>();
    let runs = 0;
    const task = async (): Promise<number> => {
      runs += 1;
      await new Promise(setImmediate);
      return runs;
    };
    expect(await Promise.all([share('a', task), share('a', task), share('b', task)])).toEqual([
      2, 2, 2,
    ]);
    await share('a', task);
    expect(runs).toBe(3);
  });
});
