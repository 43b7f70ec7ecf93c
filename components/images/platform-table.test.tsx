// @vitest-environment happy-dom
import { render, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ImageLocation } from '#lib/contract/images.ts';
import { PlatformTable } from './platform-table.tsx';

type Platform = ImageLocation['platforms'][number];

function cellsOf(platform: Partial<Platform>, status: ImageLocation['status'] = 'verified') {
  const row = { platform: 'linux/arm64', digest: 'sha256:00', signed: 'neither', status: null };
  const location = { status, platforms: [{ ...row, ...platform }] } as unknown as ImageLocation;
  const { unmount } = render(<PlatformTable location={location} />);
  const [, line] = screen.getAllByRole('row');
  const cells = within(line as HTMLElement).getAllByRole('cell');
  const texts = cells.map((cell) => cell.textContent ?? '');
  unmount();
  return { direct: texts[2], inIndex: texts[3], proof: texts[4] };
}

describe('the platforms of an index', () => {
  it('are signed themselves, listed by a signed index, or neither', () => {
    expect(cellsOf({ signed: 'direct', status: 'verified' })).toMatchObject({
      direct: 'Yes',
      proof: 'Direct',
    });
    expect(cellsOf({ signed: 'inherited', status: 'unsigned' })).toMatchObject({
      direct: 'No',
      inIndex: 'Yes',
      proof: 'Inherited',
    });
    expect(cellsOf({ signed: 'neither', status: 'unsigned' }, 'unsigned')).toMatchObject({
      direct: 'No',
      inIndex: 'No',
      proof: 'Neither',
    });
  });

  it('may be signed themselves where nobody looked', () => {
    expect(cellsOf({ signed: 'inherited', status: null }).direct).toBe('Unknown');
  });
});
