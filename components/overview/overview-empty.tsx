import type { ReactNode } from 'react';
import { FirstScan } from '#components/scans/first-scan.tsx';
import { ScanButton } from '#components/scans/scan-button.tsx';
import { isBehind } from '#components/status/source-state.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { Overview } from '#lib/contract/overview.ts';
import type { SourceRow } from '#lib/contract/sources.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { reasons } from '#lib/model/reasons.ts';

/** What stands on the page while there is nothing to count: undefined when there is. */
export function emptyOverview(fleet: Overview, scope: Scope): ReactNode | undefined {
  if (fleet.counts.total > 0) return undefined;
  const clusters = fleet.sources.filter(({ kind }) => kind === 'cluster');
  if (clusters.length === 0) return <NothingConfigured />;
  const behind = clusters.filter(isBehind);
  if (behind.length > 0 && behind.length === clusters.length)
    return <CannotTell sources={behind} />;
  if (!fleet.scanned) return <FirstScan />;
  return Object.values(scope).some((values) => values.length > 0) ? (
    <EmptyState
      framed
      title="Nothing runs in this scope"
      action={<ButtonLink href="/">Show everything</ButtonLink>}
    >
      No running container belongs to the clusters, namespaces and teams chosen above.
    </EmptyState>
  ) : (
    <EmptyState framed title="Nothing runs" action={<ScanButton />}>
      Every cluster was read, and no container runs in any of them.
    </EmptyState>
  );
}

function NothingConfigured() {
  return (
    <EmptyState
      framed
      title="Nothing is connected yet"
      action={<ButtonLink href="/settings">See what is configured</ButtonLink>}
    >
      Name a kubeconfig, or a cluster in sealwatch.yaml: what runs there appears here.
    </EmptyState>
  );
}

function CannotTell({ sources }: { readonly sources: readonly SourceRow[] }) {
  return (
    <EmptyState framed title="Cannot tell what runs" role="alert" action={<ScanButton />}>
      <p>No cluster could be read, so nothing is claimed about any image.</p>
      <ul className="mt-2 grid gap-2">
        {sources.map(({ id, name, reason, detail }) => (
          <li key={id}>
            <Wrap className="font-medium text-ink">{name}</Wrap>
            {reason !== null && `: ${reasons[reason].title}. ${reasons[reason].remedy}`}
            {detail !== null && <Wrap className="block text-ink-3 text-label">{detail}</Wrap>}
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}
