import { CoverageBand } from '#components/coverage/coverage-band.tsx';
import { rangeOf } from '#components/coverage/coverage-figure.tsx';
import { runningHref } from '#components/status/hrefs.ts';
import { ReasonNote } from '#components/status/reason-note.tsx';
import { isBehind } from '#components/status/source-state.ts';
import { StateBadge } from '#components/status/state-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Clip, Wrap } from '#components/ui/text.tsx';
import type { ClusterRow } from '#lib/contract/sources.ts';

const kinds: Readonly<Record<ClusterRow['kind'], string>> = {
  kubeconfig: 'kubeconfig',
  'in-cluster': 'this cluster',
  'pods-file': 'file of pods',
  manifests: 'manifests',
};

/** One row a cluster; what is wrong with it stands beneath. */
export function ClusterTable({ clusters }: { readonly clusters: readonly ClusterRow[] }) {
  return (
    <div className="overflow-x-auto print:overflow-visible">
      <Table caption="Clusters with state, coverage and counts">
        <thead>
          <tr>
            <Th>Cluster</Th>
            <Th>State</Th>
            <Th>Proven</Th>
            <Th className="w-[22%] min-w-[140px]">
              <span className="sr-only">Band</span>
            </Th>
            <Th numeric>Running</Th>
            <Th numeric>Namespaces</Th>
            <Th numeric>Workloads</Th>
            <Th numeric>Pods</Th>
            <Th numeric>As of</Th>
          </tr>
        </thead>
        {clusters.map((cluster) => (
          <ClusterGroup key={cluster.id} cluster={cluster} />
        ))}
      </Table>
    </div>
  );
}

function ClusterGroup({ cluster }: { readonly cluster: ClusterRow }) {
  const { id, name, counts } = cluster;
  const source = [kinds[cluster.kind], cluster.server, cluster.version].filter(Boolean).join(' · ');
  const troubled = cluster.reason !== null || cluster.problems.length > 0;
  const cell = troubled ? 'md:border-b-0' : '';
  return (
    <Tbody id={encodeURIComponent(id)} className="scroll-mt-16 target:bg-selected">
      <Tr>
        <Td card="lead" className={`max-w-80 py-2 max-md:-order-2 ${cell}`}>
          <Link href={runningHref({ cluster: [id] })} className="block font-[550]">
            <Clip>{name}</Clip>
          </Link>
          <Clip className="text-ink-3 text-label">{source}</Clip>
        </Td>
        <Td label="State" card="full" className={cell}>
          <StateBadge state={cluster.state} />
        </Td>
        <Td label="Proven" className={`whitespace-nowrap tabular-nums ${cell}`}>
          {rangeOf(counts)}
        </Td>
        <Td card="full" className={`max-md:-order-1 ${cell}`}>
          <CoverageBand
            counts={counts}
            size="cell"
            noun="running container"
            href={(status) => runningHref({ cluster: [id], status: [status] })}
          />
        </Td>
        <Td numeric label="Running" className={cell}>
          {formatCount(counts.total)}
        </Td>
        <Td numeric label="Namespaces" className={cell}>
          {formatCount(cluster.namespaces)}
        </Td>
        <Td numeric label="Workloads" className={cell}>
          {formatCount(cluster.workloads)}
        </Td>
        <Td numeric label="Pods" className={cell}>
          {formatCount(cluster.pods)}
        </Td>
        <Td numeric label="As of" className={cell}>
          <Age cluster={cluster} />
        </Td>
      </Tr>
      {troubled && (
        <Tr>
          <Td colSpan={9} card="lead" className="pb-3 md:pl-4">
            <Trouble cluster={cluster} />
          </Td>
        </Tr>
      )}
    </Tbody>
  );
}

function Age({ cluster }: { readonly cluster: ClusterRow }) {
  if (cluster.asOf === null) return <span className="text-ink-3">never</span>;
  return (
    <span className="grid justify-items-end">
      <RelativeTime
        at={cluster.asOf}
        form="age"
        className={isBehind(cluster) ? 'font-medium text-notice-text' : 'text-ink-2'}
      />
      <span className="text-ink-3 text-label max-md:hidden">
        {cluster.watching ? 'watching' : 'not watched'}
      </span>
    </span>
  );
}

function Trouble({
  cluster: { reason, detail, retryAt, problems },
}: {
  readonly cluster: ClusterRow;
}) {
  return (
    <div className="grid gap-2 rounded-md bg-sunken px-3 py-2">
      {reason !== null && <ReasonNote reason={reason} detail={detail} retryAt={retryAt} />}
      {problems.length > 0 && (
        <ul className="grid gap-2">
          {problems.map((problem) => (
            <li key={`${problem.what} ${problem.reason}`}>
              <Wrap className="font-mono text-code">{problem.what}</Wrap>
              <ReasonNote reason={problem.reason} detail={problem.detail} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
