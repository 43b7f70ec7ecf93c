import type { SavedView } from '#components/list/saved-views.tsx';
import { decisionsHref, gapHref, policiesHref } from '#components/status/hrefs.ts';
import type { Scope } from '#lib/contract/workloads.ts';

/** The pages about policies: they themselves, what enforcing would refuse, and all that they decide. */
export const policyTabs = (
  { cluster, namespace, team }: Scope,
  current: 'policies' | 'gap' | 'decisions',
): readonly SavedView[] => {
  const scope = { cluster, namespace, team };
  return [
    { name: 'Policies', href: policiesHref(scope), current: current === 'policies' },
    { name: 'Audit gap', href: gapHref(scope), current: current === 'gap' },
    { name: 'All decisions', href: decisionsHref(scope), current: current === 'decisions' },
  ];
};
