// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { admissionKey } from '#lib/query/admission.ts';
import { policyKeys } from '#lib/query/policies.ts';
import { controlMatrix, controlRow, decisionRow } from '#tests/builders/policy-rows.ts';
import { ContainerPolicies } from './container-policies.tsx';

afterEach(cleanup);

const workload = { cluster: 'prod', namespace: 'shop' };
const use = { container: 'app', kind: 'main' } as const;
const why = 'the namespace is not opted in';

type Decisions = ComponentProps<typeof ContainerPolicies>['decisions'];

function show(decisions: Partial<Decisions>, missing: readonly object[] = []): string {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  });
  client.setQueryData(admissionKey, { engines: [], missing });
  client.setQueryData(
    policyKeys.control({ cluster: ['prod'], namespace: ['shop'], mode: [] }),
    controlMatrix([controlRow({ strongest: 'none', why })]),
  );
  render(
    <QueryClientProvider client={client}>
      <ContainerPolicies
        workload={workload}
        use={use}
        decisions={{ data: undefined, error: null, ...decisions }}
      />
    </QueryClientProvider>,
  );
  return screen.getByRole('region', { name: 'Policies that cover app' }).textContent ?? '';
}

describe('the policies that cover a container', () => {
  it('say what each decides today and if it enforced, and why', () => {
    const text = show({ data: [decisionRow()] });
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
    expect(show({ data })).not.toContain('other');
  });

  it('name a defect by which the engine may decide otherwise', () => {
    expect(show({ data: [decisionRow({ engineMayDiffer: 'version 1.9 skips it' })] })).toContain(
      'The engine may decide otherwise: version 1.9 skips it',
    );
  });

  it('are none only where everything about admission was read', () => {
    expect(show({ data: [] })).toContain(`Nothing controls this namespace: ${why}.`);
    cleanup();
    const missing = [{ cluster: 'prod', what: 'clusterpolicies', detail: '403' }];
    const text = show({ data: [] }, missing);
    expect(text).toContain('whether that is all of them is not known');
    expect(text).not.toContain('no policy that we know of');
  });

  it('are not said to be none when they could not be read', () => {
    const text = show({ error: new Error('the server answered 500') });
    expect(text).toContain('could not be read: the server answered 500');
    expect(text).not.toContain('None');
  });
});
