import { Download, X } from 'lucide-react';
import type { Route } from 'next';
import { usePathname, useRouter } from 'next/navigation';
import { registryHref } from '#components/status/hrefs.ts';
import { statusWords } from '#components/status/status-words.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { MultiCombobox } from '#components/ui/combobox.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Menu, MenuLink } from '#components/ui/menu.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { exportFormats } from '#lib/contract/paging.ts';
import { PublishedFilter, type PublishedTag } from '#lib/contract/sources.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { verdictStatuses } from '#lib/model/verdict.ts';
import { usePublished } from '#lib/query/published.ts';
import { PublishedTable } from './published-table.tsx';

interface PublishedPanelProps {
  readonly filter: PublishedFilter;
}

/** Published tags of the registry, narrowed by the URL: repository, status, releases only. */
export function PublishedPanel({ filter }: PublishedPanelProps) {
  const list = usePublished(filter);
  return (
    <Panel
      id="tags"
      title="Published tags"
      {...(list.total !== undefined && { hint: formatNoun(list.total, 'tag') })}
      footer={<Footer list={list} />}
    >
      <FilterBar filter={filter} />
      {list.pending && (
        <SkeletonRows rows={8} widths={[12, 8, 6, 4]} label="Loading the published tags" />
      )}
      {list.error !== null && (
        <EmptyState
          role="alert"
          title="Cannot show the published tags"
          action={<Button onClick={list.retry}>Try again</Button>}
        >
          {list.error.message}
        </EmptyState>
      )}
      {!list.pending && list.error === null && <Rows rows={list.rows} filter={filter} />}
    </Panel>
  );
}

function Rows({ rows, filter }: PublishedPanelProps & { readonly rows: readonly PublishedTag[] }) {
  if (rows.length > 0) return <PublishedTable tags={rows} />;
  const narrowed = filter.repository !== undefined || filter.status.length > 0 || filter.release;
  return narrowed ? (
    <EmptyState
      title="Nothing matches"
      action={<ButtonLink href={registryHref(filter.registry ?? '')}>Clear the filter</ButtonLink>}
    >
      No published tag has what was chosen.
    </EmptyState>
  ) : (
    <EmptyState title="No repository is declared here">
      Only images that run are checked in this registry. Declare repositories in sealwatch.yaml
      (registries[].repositories) to check what is published.
    </EmptyState>
  );
}

function Footer({ list }: { readonly list: ReturnType<typeof usePublished> }) {
  return (
    <>
      <span className="self-center tabular-nums">
        {list.total === undefined
          ? 'Not read yet'
          : `${formatCount(list.rows.length)} of ${formatNoun(list.total, 'tag')} shown`}
      </span>
      {list.more && (
        <Button className="ml-auto" disabled={list.fetchingMore} onClick={list.fetchMore}>
          {list.fetchingMore ? 'Loading' : 'Show more'}
        </Button>
      )}
    </>
  );
}

function FilterBar({ filter }: PublishedPanelProps) {
  const pathname = usePathname();
  const router = useRouter();
  const { registry: _, ...rest } = filter;
  const narrow = (change: Partial<PublishedFilter>) =>
    router.push(urlOf(pathname, writeUrl(PublishedFilter, { ...rest, ...change })) as Route, {
      scroll: false,
    });
  const onlyReleases = filter.release === 'true';
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-t px-4 py-2.5">
      <MultiCombobox
        label="Status"
        value={filter.status}
        options={verdictStatuses.map((value) => ({ value, label: statusWords[value].word }))}
        onChange={(values) =>
          narrow({ status: verdictStatuses.filter((status) => values.includes(status)) })
        }
        trigger={
          <Button
            aria-label={`Status: ${filter.status.length === 0 ? 'all' : `${filter.status.length} chosen`}`}
          >
            Status {filter.status.length > 0 && filter.status.length}
          </Button>
        }
      />
      <Button
        aria-pressed={onlyReleases}
        className={onlyReleases ? 'bg-accent-soft' : ''}
        onClick={() => narrow({ release: onlyReleases ? undefined : 'true' })}
      >
        Releases only
      </Button>
      {filter.repository !== undefined && (
        <Button
          onClick={() => narrow({ repository: undefined })}
          title={`Show every repository again, not only ${filter.repository}`}
        >
          <bdi className="max-w-60 truncate">{filter.repository}</bdi>
          <X aria-hidden="true" />
        </Button>
      )}
      <span className="ml-auto">
        <Menu
          trigger={
            <Button>
              <Download aria-hidden="true" />
              Export
            </Button>
          }
        >
          {exportFormats.map((format) => (
            <MenuLink key={format} href={exportUrl(filter, format)} download>
              {format.toUpperCase()}
            </MenuLink>
          ))}
        </Menu>
      </span>
    </div>
  );
}

function exportUrl(filter: PublishedFilter, format: string): string {
  const params = writeUrl(PublishedFilter, filter);
  params.set('as', format);
  return urlOf('/api/v1/published/export', params);
}
