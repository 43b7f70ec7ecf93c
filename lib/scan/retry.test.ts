import { describe, expect, it } from 'vitest';
import type { ImageDetail } from '#lib/contract/images.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { aDigest } from '#tests/builders/workload.ts';
import { createRetryBook, lastKnown, retryDelayMs } from './retry.ts';

const subject = { registry: 'ghcr.io', repository: 'acme/web', digest: aDigest('web') };
const verdict = (change: Partial<ImageVerdict>): ImageVerdict => ({
  ...subject,
  status: 'inconclusive',
  reason: 'registry-timeout',
  retryable: true,
  attested: false,
  evidence: [],
  places: [],
  warnings: [],
  verifierVersion: 'test',
  ...change,
});

describe('createRetryBook', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const waited = (given: ImageVerdict): number =>
    (Date.parse(given.retryAt ?? '') - now.getTime()) / 1000;

  it('waits a minute, then twice as long each time, at most an hour', () => {
    const book = createRetryBook();
    const waits = Array.from({ length: 8 }, () => waited(book.scheduled('a', verdict({}), now)));
    expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(retryDelayMs(1_000)).toBe(3_600_000);
  });

  it('begins anew after a check that worked, and counts each image for itself', () => {
    const book = createRetryBook();
    book.scheduled('a', verdict({}), now);
    book.scheduled('a', verdict({ status: 'verified', retryable: false }), now);
    expect(waited(book.scheduled('a', verdict({}), now))).toBe(60);
    expect(waited(book.scheduled('b', verdict({}), now))).toBe(60);
  });

  it('waits as long as the registry asks, never shorter', () => {
    const book = createRetryBook();
    const asked = verdict({ retryAt: '2026-11-21T16:00:00Z' });
    expect(waited(book.scheduled('a', asked, now))).toBe(6 * 3600);
    const soon = verdict({ retryAt: '2026-11-21T10:00:01Z' });
    expect(waited(book.scheduled('b', soon, now))).toBe(60);
  });

  it('does not try again what trying cannot change', () => {
    const final = verdict({ retryable: false, reason: 'unsupported-format' });
    expect(createRetryBook().scheduled('a', final, now)).toBe(final);
  });
});

describe('lastKnown', () => {
  const known = (change: object): ImageDetail =>
    ({
      digest: subject.digest,
      locations: [
        {
          ...subject,
          status: 'verified',
          reason: null,
          detail: null,
          checkedAt: '2026-11-20T08:00:00.000Z',
          ...change,
        },
      ],
    }) as unknown as ImageDetail;

  it('N85: tells the verdict before, with its reason and age', () => {
    expect(lastKnown(subject, known({}))).toBe('Last known: verified on 2026-11-20T08:00:00.000Z.');
    expect(lastKnown(subject, known({ status: 'unsigned', reason: 'no-signature' }))).toBe(
      'Last known: unsigned (no-signature) on 2026-11-20T08:00:00.000Z.',
    );
  });

  it('hands the oldest truth on through failures in a row', () => {
    const detail = 'timed out Last known: invalid (claim-digest) on 2026-11-20T08:00:00.000Z.';
    expect(lastKnown(subject, known({ status: 'inconclusive', detail }))).toBe(
      'Last known: invalid (claim-digest) on 2026-11-20T08:00:00.000Z.',
    );
  });

  it('tells nothing of what was never checked, or lies elsewhere', () => {
    expect(lastKnown(subject, undefined)).toBeUndefined();
    expect(lastKnown(subject, known({ checkedAt: null }))).toBeUndefined();
    expect(lastKnown(subject, known({ repository: 'acme/copy' }))).toBeUndefined();
    expect(lastKnown(subject, known({ status: 'inconclusive' }))).toBeUndefined();
  });
});
