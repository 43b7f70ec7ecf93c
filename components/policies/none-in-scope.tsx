import { EmptyState } from '#components/ui/empty-state.tsx';
import type { Scope } from '#lib/contract/workloads.ts';

/** True when the top bar narrows a page to a part of the fleet. */
export const isScoped = ({ cluster, namespace, team }: Scope): boolean =>
  cluster.length + namespace.length + team.length > 0;

/** A list without rows in a part of the fleet, which says nothing of the rest. */
export function NoneInScope({ noun }: { readonly noun: string }) {
  return (
    <EmptyState title={`No ${noun} in this scope`} role="status">
      The clusters, namespaces and teams chosen above hold none that we know of.
    </EmptyState>
  );
}
