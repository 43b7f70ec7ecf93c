// @vitest-environment happy-dom
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { authorityFindingRow } from '#lib/contract/authority-findings.ts';
import type { Settings } from '#lib/contract/overview.ts';
import { AuthoritiesPanel } from './authorities-panel.tsx';
import { TrustRootsPanel } from './trust-roots-panel.tsx';

afterEach(cleanup);

type Authority = Settings['authorities'][number];

const authority: Authority = {
  name: 'builds',
  kind: 'keyless',
  images: ['ghcr.io/acme/**'],
  trusts: ['/https://github\\.com/acme/.+/ issued by https://issuer.example'],
  trustRoot: 'public-good',
  demands: ['transparency log required', 'certificate log ignored'],
  source: 'configuration',
  preset: null,
  fingerprint: 'f'.repeat(64),
  verifiedImages: 3,
};
const preset: Authority = {
  ...authority,
  name: 'kubernetes-releases',
  source: 'preset',
  preset: {
    name: 'kubernetes-releases',
    documents: ['https://kubernetes.io/docs/verify/', 'https://kubernetes.io/releases/'],
    readOn: '2026-11-21',
    confirmed: false,
    unconfirmed: ['That all of it is signed.'],
  },
};
const anyRef = authorityFindingRow({
  code: 'subject-any-ref',
  about: { kind: 'authority', name: 'builds' },
  where: 'keyless.identities[0].subjectPattern',
  detail: 'https://github\\.com/acme/.+ is signed for by any branch',
});
const oldRoot = authorityFindingRow({
  code: 'root-old',
  about: { kind: 'trust-root', name: 'builds' },
  where: 'seed',
  detail: 'it is as of 2025-11-21',
});

describe('the authorities', () => {
  it('show whom they trust, what they ask for and how many images they prove', () => {
    render(<AuthoritiesPanel authorities={[authority]} findings={[]} />);
    const row = screen.getAllByRole('row')[1];
    expect(row?.textContent).toContain('keyless, from configuration');
    expect(row?.textContent).toContain('issued by https://issuer.example');
    expect(row?.textContent).toContain('certificate log ignored');
    expect(screen.getByRole('link', { name: '3 images' }).getAttribute('href')).toBe(
      '/images?authority=builds',
    );
    expect(screen.queryByRole('list', { name: /^Weaknesses/ })).toBeNull();
  });

  it('show each weakness with its severity, its place and what to write instead', () => {
    render(<AuthoritiesPanel authorities={[preset, authority]} findings={[anyRef, oldRoot]} />);
    const weaknesses = within(screen.getByRole('list', { name: 'Weaknesses of builds' }));
    const [line, ...others] = weaknesses.getAllByRole('listitem');
    expect(line?.textContent).toContain('Every branch may sign medium');
    expect(line?.textContent).toContain('keyless.identities[0].subjectPattern: https://github');
    expect(line?.textContent).toContain('@refs/heads/main');
    expect(others).toEqual([]);
    expect(screen.queryByRole('list', { name: 'Weaknesses of kubernetes-releases' })).toBeNull();
  });

  it('link the documents of a preset, and say when they do not confirm all', () => {
    const confirmed = { ...preset, name: 'other', preset: preset.preset && { ...preset.preset } };
    if (confirmed.preset) confirmed.preset.confirmed = true;
    render(<AuthoritiesPanel authorities={[preset, confirmed]} findings={[]} />);
    const [first, second] = screen.getAllByRole('row').slice(1);
    expect(first?.textContent).toContain(
      'from presetnot confirmed in full by kubernetes.io, kubernetes.io 2, read 2026-11-21',
    );
    expect(second?.textContent).toContain('kubernetes-releases: confirmed by kubernetes.io');
    const [link] = screen.getAllByRole('link', { name: 'kubernetes.io' });
    expect(link?.getAttribute('href')).toBe('https://kubernetes.io/docs/verify/');
    expect(link?.getAttribute('rel')).toBe('noreferrer');
  });

  it('show what an attacker wrote as text only', () => {
    const detail = '<img src=x onerror="alert(1)">';
    const { container } = render(
      <AuthoritiesPanel authorities={[authority]} findings={[{ ...anyRef, detail }]} />,
    );
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByText(detail).tagName).toBe('BDI');
  });

  it('say what follows when there are none', () => {
    render(<AuthoritiesPanel authorities={[]} findings={[]} />);
    expect(screen.getByText(/no signature can be proven/)).toBeTruthy();
  });
});

describe('the trust roots', () => {
  const root = {
    name: 'builds',
    origin: 'seed',
    revision: `sha256:${'a'.repeat(64)}`,
    asOf: '2025-11-21T00:00:00.000Z',
    expiresAt: null,
    stale: null,
  };

  it('show their own weaknesses and not those of an authority of the same name', () => {
    render(<TrustRootsPanel roots={[root]} findings={[anyRef, oldRoot]} />);
    const lines = within(screen.getByRole('list', { name: 'Weaknesses of builds' }));
    expect(lines.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining('Trust root is older than half a year low'),
    ]);
  });
});
