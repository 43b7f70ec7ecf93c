import { describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import { CheckLog, checksOfRefusal } from './checks.ts';
import { invalid } from './refusal.ts';

describe('what is told of the steps', () => {
  it('N95: is cut where an attacker wrote a mebibyte', () => {
    const detail = `${'x'.repeat(limits.displayText - 1)}\u{1f4a3}${'y'.repeat(2 ** 20)}`;
    const checks = checksOfRefusal('format', invalid('json-malformed', detail));
    const told = checks.find(({ outcome }) => outcome === 'failed')?.detail ?? '';
    expect(told).toHaveLength(limits.displayText + 1);
    expect(told.isWellFormed()).toBe(true);
    expect(told.startsWith('xxx')).toBe(true);
  });

  it('lets a failure of a step stand, and names what was not reached', () => {
    const log = new CheckLog();
    log.passed('format', 'good');
    log.failed('signature', invalid('signature-bad', 'bad'));
    log.passed('signature', 'after all');
    const [, format, , , , , , , , signature, claim] = log.finish();
    expect(format).toMatchObject({ id: 'format', outcome: 'passed', detail: 'good' });
    expect(signature).toMatchObject({ id: 'signature', outcome: 'failed', detail: 'bad' });
    expect(claim).toEqual({
      id: 'claim',
      outcome: 'not-run',
      detail: 'not reached: "signature" failed first',
    });
  });
});
