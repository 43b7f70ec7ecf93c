import type { ReactNode } from 'react';
import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { PinBadge } from '#components/status/pin-badge.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { Digest } from '#components/ui/digest.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { ReferenceText } from '#components/ui/reference-text.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ContainerRow } from '#lib/contract/workloads.ts';
import { reasonOf } from '#lib/model/reasons.ts';

interface UseProps {
  readonly use: ContainerRow;
}

interface ContainerBlockProps extends UseProps {
  /** What stands below the facts. */
  readonly children?: ReactNode;
}

/** One container: what was declared, what runs, what the tag names now, and why we say so. */
export function ContainerBlock({ use, children }: ContainerBlockProps) {
  return (
    <section className="grid gap-2 border-line border-t px-4 py-3 first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-2">
        <h3 className="min-w-0 text-section">
          <Wrap>{use.container}</Wrap>
        </h3>
        <span className="text-ink-2 text-label">{use.kind.replaceAll('-', ' ')}</span>
        <StatusBadge status={use.status} className="ml-auto" />
      </div>
      <ReferenceText value={use.declared} wrap />
      <Why use={use} />
      <Facts entries={facts(use)} />
      {use.digest !== null && (
        <Link
          href={howHref(use)}
          className="justify-self-start text-accent hover:underline hover:underline-offset-3"
        >
          How do we know?
        </Link>
      )}
      {children}
    </section>
  );
}

/** The image's page, with the drawer for the repository from which this container pulled. */
const howHref = ({ digest, registry, repository }: ContainerRow): string =>
  registry === null || repository === null
    ? `/images/${digest}`
    : `/images/${digest}?how=${encodeURIComponent(`${registry}/${repository}`)}`;

function Why({ use }: UseProps) {
  if (use.reason === null) return null;
  const { title, remedy } = reasonOf(use.reason);
  return (
    <div className="grid gap-0.5">
      <p className="font-medium">{title}</p>
      {use.detail !== null && (
        <p className="text-ink-2">
          <Wrap>{use.detail}</Wrap>
        </p>
      )}
      <p className="text-ink-2">{remedy}</p>
      {use.retryAt !== null && (
        <p className="text-ink-2">
          Tried again <RelativeTime at={use.retryAt} form="until" />.
        </p>
      )}
    </div>
  );
}

const facts = (use: ContainerRow): readonly FactEntry[] => [
  { name: 'Pinned by', value: <PinBadge pin={use.pin} moved={use.tagNow.state === 'moved'} /> },
  { name: 'Running', value: <Running use={use} /> },
  { name: 'Tag now', value: use.tag === null ? null : <TagNow use={use} /> },
  {
    name: 'Signed by',
    value: use.signer && <Wrap className="font-mono text-code">{use.signer}</Wrap>,
  },
  { name: 'Authority', value: use.authority && <Wrap>{use.authority}</Wrap> },
  { name: 'Pods', value: use.examples.length > 0 ? <Examples use={use} /> : null },
  {
    name: 'Checked',
    value: use.checkedAt === null ? 'not yet' : <RelativeTime at={use.checkedAt} />,
  },
];

const notRunning: Readonly<Record<Exclude<ContainerRow['running'], 'digest'>, string>> = {
  local: 'an image that no registry named',
  pending: 'nothing yet',
  malformed: 'an image id that cannot be read',
};

function Running({ use }: UseProps) {
  const where = use.pods === 0 ? 'at rest' : `in ${formatNoun(use.pods, 'pod')}`;
  return (
    <Line>
      {use.digest === null || use.running !== 'digest' ? (
        use.running !== 'digest' && notRunning[use.running]
      ) : (
        <Digest value={use.digest} />
      )}
      <span className="text-ink-2">{where}</span>
    </Line>
  );
}

function TagNow({ use: { tagNow } }: UseProps) {
  const { state, digest, reason, detail, checkedAt } = tagNow;
  const words: Readonly<Record<typeof state, string>> = {
    same: 'the same',
    moved: 'another digest: the next restart pulls it',
    gone: 'no longer exists: the next pull fails',
    unknown: `could not be asked: ${reason === null ? 'no answer' : reasonOf(reason).title}`,
    'not-asked': 'not asked',
  };
  return (
    <Line>
      {digest !== null && <Digest value={digest} />}
      <span className={state === 'same' ? 'text-ink-2' : ''} title={detail ?? undefined}>
        {words[state]}
      </span>
      {checkedAt !== null && (
        <span className="text-ink-3">
          <RelativeTime at={checkedAt} />
        </span>
      )}
    </Line>
  );
}

function Examples({ use: { examples, pods } }: UseProps) {
  const more = pods - examples.length;
  return (
    <span>
      {examples.map((pod, index) => (
        <span key={pod}>
          {index > 0 && ', '}
          <Wrap className="font-mono text-code text-ink-2">{pod}</Wrap>
        </span>
      ))}
      {more > 0 && <span className="text-ink-3"> and {formatCount(more)} more</span>}
    </span>
  );
}

function Line({ children }: { readonly children: ReactNode }) {
  return <span className="flex flex-wrap items-baseline gap-x-2">{children}</span>;
}
