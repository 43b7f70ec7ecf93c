import { describe, expect, it } from 'vitest';
import { failureOf, retryAfter } from './answers.ts';

const now = new Date('2026-11-21T12:00:00Z');

describe('retryAfter', () => {
  it.each([
    [undefined, undefined],
    ['120', '2026-11-21T12:02:00.000Z'],
    ['0', '2026-11-21T12:00:00.000Z'],
    ['Sat, 21 Nov 2026 12:05:00 GMT', '2026-11-21T12:05:00.000Z'],
    ['Sat, 21 Nov 2026 11:00:00 GMT', '2026-11-21T12:00:00.000Z'],
    ['999999999', '2026-11-22T12:00:00.000Z'],
    ['-5', undefined],
    ['soon', undefined],
  ])('reads %j', (header, expected) => {
    expect(retryAfter(header, now)?.toISOString()).toBe(expected);
  });
});

describe('failureOf', () => {
  const response = (status: number, body = '') => ({
    url: new URL('https://registry.example/v2/'),
    status,
    headers: { 'retry-after': '60' },
    bytes: Buffer.from(body),
  });

  it.each([
    [200, undefined],
    [404, undefined],
    [401, 'registry-unauthorized'],
    [403, 'registry-forbidden'],
    [429, 'registry-ratelimited'],
    [500, 'registry-error'],
    [503, 'registry-error'],
    [418, 'registry-protocol'],
    [302, 'registry-protocol'],
  ])('of %i is %s', (status, code) => {
    expect(failureOf(response(status), 'test', now)?.code).toBe(code);
  });

  it('tells what the registry said, on one line, and when to come back', () => {
    const body = JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'slow\ndown' }] });
    const failure = failureOf(response(429, body), 'manifest x', now);
    expect(failure?.message).toContain('registry.example answered 429 (TOOMANYREQUESTS: slow');
    expect(failure?.message).not.toMatch(/\n/);
    expect(failure?.retryAt).toEqual(new Date('2026-11-21T12:01:00Z'));
  });
});
