// @vitest-environment happy-dom
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { StatusCounts } from '#lib/model/posture.ts';
import { CoverageBand } from './coverage-band.tsx';
import { rangeOf } from './coverage-figure.tsx';
import { CoverageTable } from './coverage-table.tsx';

afterEach(cleanup);

const counts: StatusCounts = {
  verified: 1041,
  inconclusive: 87,
  untrusted: 44,
  unsigned: 96,
  invalid: 16,
  total: 1284,
};
const none: StatusCounts = {
  verified: 0,
  inconclusive: 0,
  untrusted: 0,
  unsigned: 0,
  invalid: 0,
  total: 0,
};

describe('the coverage band', () => {
  it('keeps one order: verified, could not check, untrusted, unsigned, invalid', () => {
    render(<CoverageBand counts={counts} size="large" href={(status) => `/w?status=${status}`} />);
    expect(screen.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
      '/w?status=verified',
      '/w?status=inconclusive',
      '/w?status=untrusted',
      '/w?status=unsigned',
      '/w?status=invalid',
    ]);
  });

  it('reads itself aloud with its denominator', () => {
    render(<CoverageBand counts={counts} size="cell" noun="running container" />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe(
      '1,041 of 1,284 running containers verified, 87 could not be checked, 156 refuted',
    );
  });

  it('draws no segment for a status that nothing has', () => {
    render(
      <CoverageBand
        counts={{ ...none, verified: 3, total: 3 }}
        size="cell"
        href={(status) => `/${status}`}
      />,
    );
    const link = screen.getByRole('link');
    expect(link.getAttribute('aria-label')).toBe('Verified: 3 of 3 containers');
  });

  it('never lets a single container of a million vanish', () => {
    render(
      <CoverageBand
        counts={{ ...none, verified: 999_999, invalid: 1, total: 1_000_000 }}
        size="cell"
        href={(status) => `/${status}`}
      />,
    );
    const group = screen.getByRole('group');
    const invalid = within(group).getByRole('link', { name: /Invalid: 1 of/ });
    expect(invalid.className).toContain('min-w-[3px]');
  });

  it('hatches what could not be checked and nothing else', () => {
    render(<CoverageBand counts={counts} size="large" href={(status) => `/${status}`} />);
    const hatched = screen.getAllByRole('link').filter((link) => link.className.includes('hatch'));
    expect(hatched.map((link) => link.getAttribute('href'))).toEqual(['/inconclusive']);
  });
});

describe('the figure of a band', () => {
  it.each([
    ['a range while something is unchecked', counts, '81–88 %'],
    ['one figure when nothing is unchecked', { ...counts, inconclusive: 0, total: 1197 }, '86 %'],
    ['a dash when there is nothing to count', none, '–'],
    ['100 % only when all is proven', { ...none, verified: 5, total: 5 }, '100 %'],
    [
      'never 100 % while one is refuted',
      { ...none, verified: 9999, invalid: 1, total: 10_000 },
      '99 %',
    ],
  ])('is %s', (_, given, text) => {
    expect(rangeOf(given).replaceAll(' ', ' ')).toBe(text);
  });
});

describe('a row that no filter can name', () => {
  it('shows its figures without a link to other rows', () => {
    render(
      <CoverageTable
        caption="By team"
        head="Team"
        child="namespace"
        rows={[{ key: '', name: 'no team', counts, asOf: null, stale: false, children: [] }]}
        hrefOf={(row) => (row === '' ? undefined : `/workloads?team=${row}`)}
      />,
    );
    expect(screen.getByText('no team')).toBeTruthy();
    expect(screen.getByText('1,284')).toBeTruthy();
    expect(screen.queryAllByRole('link')).toEqual([]);
  });
});
