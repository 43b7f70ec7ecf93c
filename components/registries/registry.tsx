'use client';

import { CoverageBand } from '#components/coverage/coverage-band.tsx';
import { rangeOf } from '#components/coverage/coverage-figure.tsx';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { ReasonNote } from '#components/status/reason-note.tsx';
import { StateBadge } from '#components/status/state-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { PublishedFilter, RegistryRow } from '#lib/contract/sources.ts';
import type { StatusCounts } from '#lib/model/posture.ts';
import { useRegistry } from '#lib/query/registries.ts';
import { Budget } from './budget.tsx';
import { PublishedPanel } from './published-panel.tsx';
import { credentialsWord, referrersWord } from './registry-facts.ts';
import { RepositoryTable } from './repository-table.tsx';

interface RegistryProps {
  readonly host: string;
  readonly filter: PublishedFilter;
}

/** One registry: how it answers, its repositories, and what is published there. */
export function Registry({ host, filter }: RegistryProps) {
  return (
    <>
      <PageHeader
        above={
          <Link href="/registries" className="hover:underline">
            Registries
          </Link>
        }
        title={<Wrap>{host}</Wrap>}
      />
      <div className="grid gap-4">
        <QueryBoundary
          what="this registry"
          framed
          skeleton={
            <Panel title="State">
              <SkeletonRows rows={7} widths={[12, 8, 6]} label="Loading the registry" />
            </Panel>
          }
        >
          <Body host={host} filter={filter} />
        </QueryBoundary>
      </div>
    </>
  );
}

function Body({ host, filter }: RegistryProps) {
  const { registry, repositories } = useRegistry(host).data;
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        <StatePanel registry={registry} />
        <div className="grid gap-4">
          <Share title="Images in use" noun="image" counts={registry.images} />
          <Share title="Release tags" noun="release tag" counts={registry.releaseTags} />
        </div>
      </div>
      <Panel title="Repositories" hint={`${formatCount(repositories.length)} known`}>
        <RepositoryTable repositories={repositories} chosen={filter.repository} />
      </Panel>
      <PublishedPanel filter={filter} />
    </>
  );
}

function StatePanel({ registry }: { readonly registry: RegistryRow }) {
  const { reason, detail, retryAt } = registry;
  return (
    <Panel title="State" action={<StateBadge state={registry.state} />}>
      <dl className="grid grid-cols-[132px_minmax(0,1fr)] gap-x-3 gap-y-1.5 border-line border-t px-4 py-3 tabular-nums [&_dt]:text-ink-2">
        <dt>Credentials</dt>
        <dd>
          <Wrap>{credentialsWord(registry)}</Wrap>
        </dd>
        <dt>Referrers API</dt>
        <dd>{referrersWord(registry)}</dd>
        <dt>Transport</dt>
        <dd>{registry.insecure ? 'plain HTTP, as configured' : 'TLS'}</dd>
        <dt>Requests</dt>
        <dd>
          {formatCount(registry.requests)}, {formatCount(registry.failures)} failed,{' '}
          {formatCount(registry.rateLimited)} rate limited
        </dd>
        <dt>Budget</dt>
        <dd>
          <Budget budget={registry.budget} />
        </dd>
        <dt>Last success</dt>
        <dd>
          {registry.lastSuccessAt === null ? 'never' : <RelativeTime at={registry.lastSuccessAt} />}
        </dd>
      </dl>
      {reason !== null && (
        <div className="mx-4 mb-3 rounded-md bg-sunken px-3 py-2">
          <ReasonNote reason={reason} detail={detail} retryAt={retryAt} />
        </div>
      )}
    </Panel>
  );
}

interface ShareProps {
  readonly title: string;
  readonly noun: string;
  readonly counts: StatusCounts;
}

function Share({ title, noun, counts }: ShareProps) {
  return (
    <Panel title={title} hint={`${formatCount(counts.total)} in all`}>
      <div className="grid gap-2 border-line border-t px-4 py-3">
        <p className="text-count tabular-nums">{rangeOf(counts)}</p>
        <CoverageBand counts={counts} size="cell" noun={noun} />
      </div>
    </Panel>
  );
}
