// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { decisionOutcomes, policyModes } from '#lib/model/policy.ts';
import { DecisionBadge, ModeBadge } from './admission-badge.tsx';

afterEach(cleanup);

describe('badges of admission', () => {
  it.each([
    ['enforce', 'Enforce'],
    ['warn', 'Warn'],
    ['audit', 'Audit'],
    ['none', 'None'],
  ] as const)('write the mode %s as "%s"', (mode, word) => {
    render(<ModeBadge mode={mode} />);
    expect(screen.getByText(word)).toBeTruthy();
  });

  it('tell modes and decisions apart by word, each beside an icon that screen readers skip', () => {
    const modes = policyModes.map((mode) => render(<ModeBadge mode={mode} />).container);
    const decisions = decisionOutcomes.map(
      (outcome) => render(<DecisionBadge outcome={outcome} />).container,
    );
    for (const drawn of [modes, decisions])
      expect(new Set(drawn.map(({ textContent }) => textContent)).size).toBe(drawn.length);
    for (const drawn of [...modes, ...decisions])
      expect(drawn.querySelectorAll('svg[aria-hidden="true"]')).toHaveLength(1);
  });

  it('do not call what is admitted verified, nor colour it so', () => {
    const { container } = render(<DecisionBadge outcome="admit" />);
    expect(container.textContent).toBe('Admitted');
    expect(container.innerHTML).not.toContain('verified');
  });

  it('say that nobody could look where a block would come of that', () => {
    render(<DecisionBadge outcome="error" />);
    expect(screen.getByTitle('It would be blocked: nobody could look')).toBeTruthy();
  });
});
