// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { controlRow } from '#tests/builders/policy-rows.ts';
import { ControlTable, whyNot } from './control-matrix.tsx';
import { controlSentence } from './control-panel.tsx';

afterEach(cleanup);

const enforced = controlRow({
  namespace: 'payments',
  strongest: 'enforce',
  cells: [
    { engine: 'kyverno', mode: 'enforce', why: null },
    { engine: 'policy-controller', mode: 'none', why: 'the namespace is not opted in' },
  ],
});
const uncontrolled = controlRow({
  namespace: 'sandbox',
  strongest: 'none',
  why: 'no policy matches it',
  cells: [{ engine: 'kyverno', mode: 'none', why: 'no rule matches' }],
});

describe('the control matrix', () => {
  it('shows the mode in effect, each engine beside it, and where an engine does not run', () => {
    render(
      <ControlTable rows={[enforced, uncontrolled]} engines={['kyverno', 'policy-controller']} />,
    );
    const cells = (name: RegExp) =>
      [...screen.getByRole('row', { name }).querySelectorAll('td')].map((cell) => cell.textContent);
    expect(cells(/payments/)).toEqual(['payments', 'Enforce', '4', 'Enforce', 'None', '']);
    expect(cells(/sandbox/)).toEqual([
      'sandbox',
      'None',
      '4',
      'None',
      'not here',
      'no policy matches it',
    ]);
  });

  it('says once that all of a cluster is old', () => {
    const old = { ...enforced, asOf: '2026-11-01T00:00:00Z', stale: true };
    render(<ControlTable rows={[old]} engines={['kyverno']} />);
    expect(screen.getByRole('button', { name: /^prod/ }).textContent).toContain('stale');
    cleanup();
    render(<ControlTable rows={[enforced]} engines={['kyverno']} />);
    expect(screen.getByRole('button', { name: /^prod/ }).textContent).not.toContain('stale');
  });

  it('folds a cluster, and opens it again by its button', () => {
    render(<ControlTable rows={[uncontrolled]} engines={['kyverno']} />);
    const button = screen.getByRole('button', { name: /prod/, expanded: true });
    fireEvent.click(button);
    expect(screen.queryByText('sandbox')).toBeNull();
    fireEvent.click(button);
    expect(screen.getByText('sandbox')).toBeTruthy();
  });

  it('draws many namespaces in parts, with all of them within reach', () => {
    const rows = Array.from({ length: 130 }, (_, index) =>
      controlRow({ namespace: `team-${index}` }),
    );
    render(<ControlTable rows={rows} engines={['kyverno']} />);
    expect(screen.queryByText('team-129')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Show all 130' }));
    expect(screen.getByText('team-129')).toBeTruthy();
  });

  it('gives the reasons of the engines where the namespace has none of its own', () => {
    expect(whyNot(enforced)).toBe('');
    expect(whyNot(uncontrolled)).toBe('no policy matches it');
    expect(whyNot(controlRow())).toBe('the policy only audits');
  });

  it('counts namespaces by the strongest mode in its sentence', () => {
    expect(controlSentence([enforced, uncontrolled, controlRow()])).toBe(
      '2 of 3 namespaces have a policy that verifies: 1 enforce, 0 warn, 1 audit; 1 none',
    );
  });
});
