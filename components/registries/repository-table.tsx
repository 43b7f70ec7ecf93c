import clsx from 'clsx';
import { registryHref } from '#components/status/hrefs.ts';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { RepositoryRow } from '#lib/contract/sources.ts';
import { urlOf } from '#lib/contract/url-state.ts';
import { reasons } from '#lib/model/reasons.ts';
import { BandCell } from './registry-table.tsx';

interface RepositoryTableProps {
  readonly repositories: readonly RepositoryRow[];
  /** The repository whose tags are listed below. */
  readonly chosen: string | undefined;
}

/** Repositories with the coverage of their release tags; a name narrows the list of tags. */
export function RepositoryTable({ repositories, chosen }: RepositoryTableProps) {
  if (repositories.length === 0)
    return <p className="border-line border-t px-4 py-4 text-ink-2">No repository is known yet.</p>;
  return (
    <div className="overflow-x-auto print:overflow-visible">
      <Table caption="Repositories of this registry">
        <thead>
          <tr>
            <Th>Repository</Th>
            <Th className="w-[26%] min-w-[140px]">Release tags</Th>
            <Th numeric>Tags</Th>
            <Th numeric>Left out</Th>
            <Th numeric>Running</Th>
            <Th numeric>As of</Th>
          </tr>
        </thead>
        <Tbody>
          {repositories.map((repository) => (
            <RepositoryLine
              key={repository.repository}
              row={repository}
              chosen={repository.repository === chosen}
            />
          ))}
        </Tbody>
      </Table>
    </div>
  );
}

function RepositoryLine({
  row,
  chosen,
}: {
  readonly row: RepositoryRow;
  readonly chosen: boolean;
}) {
  const { registry, repository, reason, detail } = row;
  const href = urlOf(registryHref(registry), new URLSearchParams(chosen ? [] : { repository }));
  return (
    <Tr
      {...(chosen && { 'aria-current': 'true' as const })}
      className={clsx(chosen && 'bg-selected')}
    >
      <Td card="lead" className="max-w-96 py-1.5">
        <Link href={`${href}#tags`} className="block font-[550]">
          <Clip>{repository}</Clip>
        </Link>
        {reason !== null && (
          <>
            <Clip className="text-label text-notice-text">
              {`${reasons[reason].title}${detail === null ? '' : `: ${detail}`}`}
            </Clip>
            <span className="block whitespace-normal text-ink-2 text-label">
              {reasons[reason].remedy}
            </span>
          </>
        )}
      </Td>
      <BandCell label="Release tags" noun="release tag" counts={row.releaseTags} className="" />
      <Td numeric label="Tags">
        {formatCount(row.tags)}
      </Td>
      <Td
        numeric
        label="Left out"
        title="Outside the pattern, or older than the newest that are read"
      >
        {formatCount(row.skippedTags)}
      </Td>
      <Td numeric label="Running">
        {formatCount(row.running)}
      </Td>
      <Td numeric label="As of">
        {row.asOf === null ? 'never' : <RelativeTime at={row.asOf} form="age" />}
      </Td>
    </Tr>
  );
}
