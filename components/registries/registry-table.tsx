import { CoverageBand } from '#components/coverage/coverage-band.tsx';
import { rangeOf } from '#components/coverage/coverage-figure.tsx';
import { registryHref } from '#components/status/hrefs.ts';
import { ReasonNote } from '#components/status/reason-note.tsx';
import { isBehind } from '#components/status/source-state.ts';
import { StateBadge } from '#components/status/state-badge.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { RegistryRow } from '#lib/contract/sources.ts';
import type { StatusCounts } from '#lib/model/posture.ts';
import { Budget } from './budget.tsx';
import { credentialsWord, referrersWord } from './registry-facts.ts';

/** One row a registry; what is wrong with it stands beneath. */
export function RegistryTable({ registries }: { readonly registries: readonly RegistryRow[] }) {
  return (
    <div className="overflow-x-auto print:overflow-visible">
      <Table caption="Registries with state, coverage, requests and budget">
        <thead>
          <tr>
            <Th>Registry</Th>
            <Th>State</Th>
            <Th>Credentials</Th>
            <Th className="w-[15%] min-w-[120px]">Images</Th>
            <Th className="w-[15%] min-w-[120px]">Release tags</Th>
            <Th numeric>Requests</Th>
            <Th numeric>Budget</Th>
            <Th numeric>Last success</Th>
          </tr>
        </thead>
        {registries.map((registry) => (
          <RegistryGroup key={registry.host} registry={registry} />
        ))}
      </Table>
    </div>
  );
}

function RegistryGroup({ registry }: { readonly registry: RegistryRow }) {
  const { host, reason, detail, retryAt } = registry;
  const cell = reason === null ? '' : 'md:border-b-0';
  return (
    <Tbody>
      <Tr>
        <Td card="lead" className={`max-w-72 py-2 ${cell}`}>
          <Link href={registryHref(host)} className="block font-[550]">
            <Clip>{host}</Clip>
          </Link>
          <Clip className="text-ink-3 text-label">
            {[
              formatNoun(registry.repositories, 'repository', 'repositories'),
              registry.declared && 'declared',
              registry.insecure && 'plain HTTP',
            ]
              .filter(Boolean)
              .join(' · ')}
          </Clip>
          {registry.unreadRepositories > 0 && (
            <Clip className="text-label text-notice-text">
              {`${formatNoun(registry.unreadRepositories, 'repository', 'repositories')} could not be read`}
            </Clip>
          )}
        </Td>
        <Td label="State" card="full" className={cell}>
          <StateBadge state={registry.state} />
        </Td>
        <Td label="Credentials" card="full" className={`max-w-48 ${cell}`}>
          <span className="min-w-0">
            <Clip className={registry.credentials === null ? 'text-ink-3' : ''}>
              {credentialsWord(registry)}
            </Clip>
            <Clip className="text-ink-3 text-label max-md:hidden">{`referrers ${referrersWord(registry)}`}</Clip>
          </span>
        </Td>
        <BandCell label="Images" noun="image" counts={registry.images} className={cell} />
        <BandCell
          label="Release tags"
          noun="release tag"
          counts={registry.releaseTags}
          className={cell}
        />
        <Td numeric label="Requests" card="full" className={cell}>
          <Requests registry={registry} />
        </Td>
        <Td numeric label="Budget" card="full" className={cell}>
          <Budget budget={registry.budget} />
        </Td>
        <Td numeric label="Last success" className={cell}>
          <Success registry={registry} />
        </Td>
      </Tr>
      {reason !== null && (
        <Tr>
          <Td colSpan={8} card="lead" className="pb-3">
            <div className="rounded-md bg-sunken px-3 py-2">
              <ReasonNote reason={reason} detail={detail} retryAt={retryAt} />
            </div>
          </Td>
        </Tr>
      )}
    </Tbody>
  );
}

interface BandCellProps {
  readonly label: string;
  readonly noun: string;
  readonly counts: StatusCounts;
  readonly className: string;
}

export function BandCell({ label, noun, counts, className }: BandCellProps) {
  return (
    <Td label={label} card="full" className={className}>
      {counts.total === 0 ? (
        <span className="text-ink-3">none</span>
      ) : (
        <span className="grid w-full gap-1 max-md:max-w-56">
          <span className="whitespace-nowrap text-label tabular-nums">
            {rangeOf(counts)} <span className="text-ink-3">of {formatCount(counts.total)}</span>
          </span>
          <CoverageBand counts={counts} size="cell" noun={noun} />
        </span>
      )}
    </Td>
  );
}

function Requests({ registry }: { readonly registry: RegistryRow }) {
  const { requests, failures, rateLimited } = registry;
  const trouble = [
    failures > 0 && `${formatCount(failures)} failed`,
    rateLimited > 0 && `${formatCount(rateLimited)} × 429`,
  ].filter(Boolean);
  return (
    <span className="grid justify-items-end">
      {formatCount(requests)}
      {trouble.length > 0 && <span className="text-ink-3 text-label">{trouble.join(', ')}</span>}
    </span>
  );
}

function Success({ registry }: { readonly registry: RegistryRow }) {
  if (registry.lastSuccessAt === null) return <span className="text-ink-3">never</span>;
  return (
    <RelativeTime
      at={registry.lastSuccessAt}
      form="age"
      className={isBehind(registry) ? 'font-medium text-notice-text' : 'text-ink-2'}
    />
  );
}
