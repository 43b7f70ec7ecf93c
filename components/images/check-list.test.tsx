// @vitest-environment happy-dom
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { CheckList } from './check-list.tsx';

afterEach(cleanup);

describe('the checks of one item of evidence', () => {
  it('are one line each, with outcome, reason and detail', () => {
    render(
      <CheckList
        checks={[
          { id: 'signature', outcome: 'passed', reason: null, detail: 'ECDSA P-256' },
          { id: 'claim', outcome: 'failed', reason: 'claim-digest', detail: 'names sha256:0a…' },
          { id: 'identity', outcome: 'not-run', reason: null, detail: 'a check before it failed' },
        ]}
      />,
    );
    const lines = within(screen.getByRole('list', { name: 'Checks' })).getAllByRole('listitem');
    expect(lines.map(({ textContent }) => textContent)).toEqual([
      'PassedSignature holdsECDSA P-256',
      'FailedSigned claim names this digestSignature is about another imagenames sha256:0a…',
      'Not runSigner is one the authority trustsa check before it failed',
    ]);
  });

  it('N95: show what an attacker wrote as text only', () => {
    const detail = '<img src=x onerror="alert(1)">\u202Egnp.exe';
    const { container } = render(
      <CheckList checks={[{ id: 'claim', outcome: 'failed', reason: null, detail }]} />,
    );
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText(detail).tagName).toBe('BDI');
  });
});
