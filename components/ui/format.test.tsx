// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it } from 'vitest';
import { Clock } from './clock.tsx';
import {
  formatCount,
  formatDelta,
  formatInstant,
  formatShare,
  formatShareAgainst,
  formatSpan,
} from './format.ts';
import { ReferenceText } from './reference-text.tsx';
import { RelativeTime } from './relative-time.tsx';
import { Clip } from './text.tsx';

afterEach(cleanup);

const plain = (text: string) => text.replaceAll(' ', ' ');

describe('figures', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [172_800_000, '2 d'],
    [-5_000, '0 s'],
  ])('write %i ms as %s', (ms, text) => {
    expect(plain(formatSpan(ms))).toBe(text);
  });

  it('never round in our favour', () => {
    expect(plain(formatShare(9999, 10_000))).toBe('99.9 %');
    expect(plain(formatShareAgainst(1, 10_000, false))).toBe('0.1 %');
    expect(plain(formatShare(5, 5))).toBe('100 %');
    expect(plain(formatShare(0, 0))).toBe('0 %');
  });

  it('group thousands and sign differences', () => {
    expect(formatCount(1_284_000)).toBe('1,284,000');
    expect([formatDelta(51), formatDelta(-9), formatDelta(0)]).toEqual(['+51', '−9', '±0']);
  });

  it('write instants in UTC whatever the time zone of the machine', () => {
    expect(plain(formatInstant('2026-11-21T23:59:03.000Z'))).toBe('21 Nov 2026, 23:59:03 UTC');
  });
});

describe('relative times', () => {
  it('are written by the server from the time of its render, so that hydration matches', () => {
    const html = renderToString(
      <Clock renderedAt={Date.parse('2026-11-21T12:00:04Z')}>
        <RelativeTime at="2026-11-21T12:00:00Z" />
      </Clock>,
    );
    expect(plain(html)).toContain('4 s ago');
  });

  it('keep the exact time within reach', () => {
    render(<RelativeTime at="2026-11-21T12:00:00.000Z" form="age" />);
    const [time] = document.getElementsByTagName('time');
    expect(plain(time?.title ?? '')).toBe('21 Nov 2026, 12:00:00 UTC');
  });
});

describe('text from outside', () => {
  it('is text, isolated and whole in the tooltip', () => {
    const evil = 'evil‮gnp.exe<img src=x onerror=alert(1)>';
    render(<Clip>{evil}</Clip>);
    const element = screen.getByTitle(evil);
    expect(element.tagName).toBe('BDI');
    expect(element.children).toHaveLength(0);
  });

  it('of a reference keeps name and tag whole and shortens the digest', () => {
    const digest = `sha256:${'9f2c41d0bf43'.padEnd(64, '0')}`;
    const { container } = render(
      <ReferenceText value={`registry.example.com:5000/acme/cart:7.2.0@${digest}`} />,
    );
    expect(container.textContent).toBe('registry.example.com:5000/acme/cart:7.2.0@9f2c41d0bf43');
    expect(screen.getByText('cart').className).toContain('flex-none');
  });
});
