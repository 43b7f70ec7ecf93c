// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { DecisionRow } from '#lib/contract/decisions.ts';
import { decisionRow } from '#tests/builders/policy-rows.ts';
import { ContainerPolicies } from './container-policies.tsx';

afterEach(cleanup);

const use = { container: 'app', kind: 'main' } as const;
const why = 'the namespace is not opted in';

function show(admission: ComponentProps<typeof ContainerPolicies>['admission']): string {
  render(<ContainerPolicies use={use} admission={admission} />);
  return screen.getByRole('region', { name: 'Policies that cover app' }).textContent ?? '';
}

const told = (decisions: readonly DecisionRow[], complete = true): string =>
  show({ data: { decisions, complete, why }, error: null });

describe('the policies that cover a container', () => {
  it('say what each decides today and if it enforced, and why', () => {
    const text = told([decisionRow()]);
    expect(text).toContain('verify-release');
    expect(text).toContain('TodayAdmitted');
    expect(text).toContain('If enforcedRefused');
    expect(text).toContain('no signature of the release key');
    expect(screen.getByRole('link', { name: 'verify-release' }).getAttribute('href')).toBe(
      '/policies/p1',
    );
  });

  it('are those of this container alone, by name and kind', () => {
    const data = [
      decisionRow({ id: 'a', container: 'proxy', policy: 'other' }),
      decisionRow({ id: 'b', containerKind: 'init', policy: 'other' }),
    ];
    expect(told(data)).not.toContain('other');
  });

  it('name a defect by which the engine may decide otherwise', () => {
    expect(told([decisionRow({ engineMayDiffer: 'version 1.9 skips it' })])).toContain(
      'The engine may decide otherwise: version 1.9 skips it',
    );
  });

  it('are none only where everything about admission was read', () => {
    expect(told([])).toContain(`Nothing controls this namespace: ${why}.`);
    cleanup();
    const text = told([], false);
    expect(text).toContain('whether that is all of them is not known');
    expect(text).not.toContain('no policy that we know of');
  });

  it('are not said to be none when they could not be read', () => {
    const text = show({ data: undefined, error: new Error('the server answered 500') });
    expect(text).toContain('could not be read: the server answered 500');
    expect(text).not.toContain('None');
  });
});
