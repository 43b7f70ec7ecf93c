import { FindingBadge } from '#components/status/status-badge.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { FindingRow } from '#lib/contract/workloads.ts';

/** What a person should do about one workload, who that person is, and why. */
export function FindingList({ findings }: { readonly findings: readonly FindingRow[] }) {
  return (
    <ul>
      {findings.map((finding) => (
        <li key={finding.id} className="grid gap-1 border-line border-t px-4 py-3 first:border-t-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
            <FindingBadge kind={finding.kind} />
            <span className="text-ink-3 text-label">{finding.severity}</span>
            <span className="ml-auto text-ink-3 text-label">
              for <RelativeTime at={finding.since} form="age" />
            </span>
          </div>
          <p>
            <span className="font-medium">{finding.title}</span>
            <span className="text-ink-2">
              {' in '}
              <Wrap>{finding.container}</Wrap>
            </span>
          </p>
          {finding.detail !== '' && (
            <p className="text-ink-2">
              <Wrap>{finding.detail}</Wrap>
            </p>
          )}
          <p>
            <span className="text-ink-2 text-label">{actor(finding.owner)}</span> {finding.remedy}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** `Image owner:` */
const actor = (owner: string): string => `${owner.charAt(0).toUpperCase()}${owner.slice(1)}:`;
