import { StatusBadge } from '#components/status/status-badge.tsx';
import { Digest } from '#components/ui/digest.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { PublishedTag } from '#lib/contract/sources.ts';
import { reasons } from '#lib/model/reasons.ts';

/** Tags with what they name and what it comes to. */
export function PublishedTable({ tags }: { readonly tags: readonly PublishedTag[] }) {
  return (
    <div className="overflow-x-auto print:overflow-visible">
      <Table caption="Published tags">
        <thead>
          <tr>
            <Th>Repository</Th>
            <Th>Tag</Th>
            <Th>Status</Th>
            <Th>Reason</Th>
            <Th>Digest</Th>
            <Th numeric>Running</Th>
            <Th numeric>Checked</Th>
          </tr>
        </thead>
        <Tbody>
          {tags.map((tag) => (
            <TagLine key={`${tag.repository}:${tag.tag}`} tag={tag} />
          ))}
        </Tbody>
      </Table>
    </div>
  );
}

function TagLine({ tag: row }: { readonly tag: PublishedTag }) {
  return (
    <Tr>
      <Td card="lead" className="max-w-72">
        <Clip className="text-ink-2">{row.repository}</Clip>
      </Td>
      <Td label="Tag" card="full" className="max-w-56">
        <span className="flex min-w-0 items-center gap-2">
          <TagName row={row} />
          {row.release && (
            <span className="rounded-sm border border-line px-1 text-ink-2 text-label">
              release
            </span>
          )}
        </span>
      </Td>
      <Td label="Status" card="full">
        <StatusBadge status={row.status} />
      </Td>
      <Td
        {...(row.reason === null
          ? { card: 'hidden' as const }
          : { label: 'Reason', card: 'full' as const })}
        className="max-w-72 text-ink-2"
      >
        {row.reason !== null && <Clip>{reasons[row.reason].title}</Clip>}
      </Td>
      <Td label="Digest" card="full">
        {row.digest === null ? (
          <span className="text-ink-3">not read</span>
        ) : (
          <Digest value={row.digest} />
        )}
      </Td>
      <Td numeric label="Running">
        <span className={row.running === 0 ? 'text-ink-3' : ''}>{formatCount(row.running)}</span>
      </Td>
      <Td numeric label="Checked" className="text-ink-2">
        {row.checkedAt === null ? 'never' : <RelativeTime at={row.checkedAt} form="age" />}
      </Td>
    </Tr>
  );
}

function TagName({ row: { digest, tag } }: { readonly row: PublishedTag }) {
  const name = <Clip className="font-mono text-code">{tag}</Clip>;
  if (digest === null) return name;
  return (
    <Link href={`/images/${encodeURIComponent(digest)}`} className="min-w-0">
      {name}
    </Link>
  );
}
