import type { SavedView } from '#components/list/saved-views.tsx';
import { gapHref, policiesHref } from '#components/status/hrefs.ts';
import type { Scope } from '#lib/contract/workloads.ts';

/** The pages about policies: the policies themselves, and what enforcing would refuse. */
export const policyTabs = (
  { cluster }: Pick<Scope, 'cluster'>,
  current: 'policies' | 'gap',
): readonly SavedView[] => [
  { name: 'Policies', href: policiesHref({ cluster }), current: current === 'policies' },
  { name: 'Audit gap', href: gapHref({ cluster }), current: current === 'gap' },
];
