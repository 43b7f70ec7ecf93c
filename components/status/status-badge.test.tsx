// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { findingKinds } from '#lib/model/posture.ts';
import { pins } from '#lib/model/reference.ts';
import { verdictStatuses } from '#lib/model/verdict.ts';
import { PinBadge } from './pin-badge.tsx';
import { FindingBadge, StatusBadge } from './status-badge.tsx';

afterEach(cleanup);

describe('badges', () => {
  it.each([
    ['verified', 'Verified'],
    ['untrusted', 'Untrusted signer'],
    ['invalid', 'Invalid'],
    ['unsigned', 'Unsigned'],
    ['inconclusive', 'Could not check'],
  ] as const)('write %s as "%s"', (status, word) => {
    render(<StatusBadge status={status} />);
    expect(screen.getByText(word)).toBeTruthy();
  });

  it.each(verdictStatuses)('draw %s with an icon that screen readers skip', (status) => {
    const { container } = render(<StatusBadge status={status} />);
    expect(container.querySelectorAll('svg[aria-hidden="true"]')).toHaveLength(1);
  });

  it('tell every kind of finding apart by word, not by colour', () => {
    const words = findingKinds.map((kind) => {
      const { container } = render(<FindingBadge kind={kind} />);
      return container.textContent;
    });
    expect(new Set(words).size).toBe(findingKinds.length);
  });

  it('tell every way of pinning apart by word', () => {
    const words = pins.map((pin) => render(<PinBadge pin={pin} />).container.textContent);
    expect(new Set(words).size).toBe(pins.length);
    expect(render(<PinBadge pin="tag" moved />).container.textContent).toBe('Tag moved');
  });
});
