import { ShieldCheck } from 'lucide-react';
import { workloadsHref } from '#components/status/hrefs.ts';
import { FindingBadge } from '#components/status/status-badge.tsx';
import { formatClock, formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import type { Need, Overview } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { findingKinds } from '#lib/model/posture.ts';

interface NeedsPanelProps {
  readonly fleet: Overview;
  readonly scope: Scope;
}

/** Kinds of finding by reason, widest blast first and what can wait last, each with the rows behind it. */
export function NeedsPanel({ fleet: { needs, needsTotal, counts }, scope }: NeedsPanelProps) {
  if (needs.length === 0) {
    return (
      <Panel title="What needs you" className="self-start">
        <p className="flex items-center gap-2 border-line border-t px-4 py-6 text-body">
          <ShieldCheck aria-hidden="true" className="size-4 text-verified" />
          Nothing: {formatNoun(counts.total, 'running container')} and no finding.
        </p>
      </Panel>
    );
  }
  return (
    <Panel
      title="What needs you"
      hint="running or at rest, widest blast first"
      footer={
        <>
          <span>
            {needs.length === needsTotal.lines
              ? `All ${formatNoun(needsTotal.lines, 'line')}, `
              : `The first ${needs.length} of ${formatNoun(needsTotal.lines, 'line')}, `}
            {formatNoun(needsTotal.containers, 'container')} with a finding in all.
          </span>
          <Link
            href={workloadsHref({ ...scope, finding: [...findingKinds] })}
            className="ml-auto whitespace-nowrap text-accent hover:underline"
          >
            All findings
          </Link>
        </>
      }
    >
      <Table caption="Findings by kind and reason" className="table-fixed">
        <thead>
          <tr>
            <Th className="w-[148px]">Finding</Th>
            <Th>Reason and where</Th>
            <Th numeric className="w-[88px]">
              Containers
            </Th>
            <Th className="w-[32%] pl-4">What to do, who acts</Th>
          </tr>
        </thead>
        <Tbody>
          {needs.map((need) => (
            <NeedRow key={`${need.kind} ${need.reason}`} need={need} scope={scope} />
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}

function NeedRow({ need, scope }: { readonly need: Need; readonly scope: Scope }) {
  const href = workloadsHref({ ...scope, finding: [need.kind], reason: [need.reason] });
  const about = [
    formatNoun(need.workloads, 'workload'),
    need.where.join(', '),
    need.retryAt !== null && `next try ${formatClock(need.retryAt)}`,
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <Tr>
      <Td card="full">
        <FindingBadge kind={need.kind} />
      </Td>
      <Td card="lead" className="py-2">
        <Link href={href} title={need.title} className="block font-[550]">
          {need.title}
        </Link>
        <bdi title={about} className="line-clamp-2 text-ink-3 text-label [overflow-wrap:anywhere]">
          {about}
        </bdi>
      </Td>
      <Td numeric label="Containers" card="full">
        <Link href={href}>{formatCount(need.containers)}</Link>
      </Td>
      <Td card="lead" className="py-2 pl-4">
        <span title={need.remedy} className="line-clamp-2 text-label">
          {need.remedy}
        </span>
        <span className="block text-ink-3 text-label first-letter:uppercase">{need.owner}</span>
      </Td>
    </Tr>
  );
}
