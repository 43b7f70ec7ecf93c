'use client';

import { FlaskConical } from 'lucide-react';
import { CodeBlock } from '#components/list/code-block.tsx';
import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { ListFailed } from '#components/list/list-states.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { AsOf } from '#components/ui/as-of.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';
import { usePolicy } from '#lib/query/policies.ts';
import { AuthorityList } from './authority-list.tsx';
import { DecisionList } from './decision-list.tsx';
import { type DecisionColumnId, engineFacets } from './decision-view.ts';
import { gapFigure, gapSentence } from './gap.ts';
import { PatchBlock } from './patch-block.tsx';
import { Caveats, otherModesText } from './policy-head.tsx';
import { ImagePatterns } from './policy-panel.tsx';
import { ReportedPanel } from './reported-panel.tsx';
import { PolicyExceptions, WaysPast } from './ways-past.tsx';

/** One policy on a page of its own. */
export function PolicyPage({ id }: { readonly id: string }) {
  const { data, error, refetch } = usePolicy(id);
  if (data !== undefined) return <Loaded policy={data} />;
  if (error !== null)
    return <ListFailed what="this policy" error={error} onRetry={() => void refetch()} />;
  return <PanelSkeleton label="Reading the policy" />;
}

const usual: readonly DecisionColumnId[] = [
  'cluster',
  'container',
  'today',
  'enforced',
  'why',
  'event',
  'status',
  'image',
  'pods',
];
/** Engine is the same in every row. */
const facets = engineFacets.filter(({ key }) => key !== 'engine');

interface PolicyProps {
  readonly policy: PolicyDetail;
}

function Loaded({ policy }: PolicyProps) {
  const { id, patch, document } = policy;
  return (
    <>
      <Head policy={policy} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <section aria-label="What it says">
          <DecisionList
            title="What it says"
            level="section"
            fixed={{ policy: [id] }}
            facets={facets}
            usual={usual}
            whenNone={<SaysNothing policy={policy} />}
          />
        </section>
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <div className="grid min-w-0 gap-4">
            <Panel
              title="Trusts"
              hint={formatNoun(policy.trusted.length, 'authority', 'authorities')}
            >
              <div className="px-4 pb-3">
                <AuthorityList policy={policy} />
              </div>
            </Panel>
            <Panel title="Images" hint={formatNoun(policy.images.length, 'pattern')}>
              <div className="px-4 pb-3">
                <ImagePatterns images={policy.images} />
              </div>
            </Panel>
            <Panel title="To make it enforce" hint="nothing is applied">
              <div className="px-4 pb-4">
                {patch === null ? (
                  <p className="text-ink-2">{noPatch(policy)}</p>
                ) : (
                  <PatchBlock patch={patch} />
                )}
              </div>
            </Panel>
          </div>
          <div className="grid min-w-0 gap-4">
            <ReportedPanel reported={policy.reported} engine={policy.engine} />
            <WaysPast bypasses={policy.bypasses} />
            <PolicyExceptions exceptions={policy.exceptions} />
          </div>
        </div>
        <Panel title="Document" hint="as the cluster has it">
          <div className="px-4 pb-4">
            {document === '' ? (
              <p className="text-ink-2">
                It has no object of its own: the settings of the engine decide it.
              </p>
            ) : (
              <CodeBlock what="the document" text={document} />
            )}
          </div>
        </Panel>
      </div>
    </>
  );
}

function Head({ policy }: PolicyProps) {
  const { id, cluster, namespace, name, mode, counts, problems } = policy;
  return (
    <div className="mb-5">
      <p className="text-ink-2 text-label">
        <Link href="/policies">Policies</Link>
        {' / '}
        <Wrap>{[cluster, namespace].filter(Boolean).join(' / ')}</Wrap>
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="min-w-0 text-title">
          <Wrap>{name}</Wrap>
        </h1>
        <CopyButton text={name} what="the name" />
        <span data-print="none" className="ml-auto max-md:ml-0">
          <ButtonLink href={`/simulate?policy=${encodeURIComponent(id)}`}>
            <FlaskConical aria-hidden="true" />
            Simulate enforcement
          </ButtonLink>
        </span>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-body">
        <ModeBadge
          mode={mode}
          className="text-[16px]! leading-6 font-semibold! text-ink! [&_.lucide]:size-5!"
        />
        <p className="max-w-[84ch] text-pretty text-ink-2">
          {otherModesText(policy)} {problems.length === 0 && gapSentence(counts, 'it')}
        </p>
      </div>
      <Facts form="row" entries={facts(policy)} className="mt-4" />
      <Caveats policy={policy} className="mt-4" />
    </div>
  );
}

const facts = (policy: PolicyDetail): readonly FactEntry[] => [
  { name: 'Engine', value: engineNames[policy.engine] },
  { name: 'Kind', value: <Wrap>{`${policy.kind}.${policy.group}`}</Wrap> },
  { name: 'Cluster', value: <Wrap>{policy.cluster}</Wrap> },
  {
    name: 'Scope',
    value:
      policy.namespace === null ? 'whole cluster' : <Wrap>{`namespace ${policy.namespace}`}</Wrap>,
  },
  { name: 'Workloads', value: formatCount(policy.counts.workloads) },
  { name: 'Would refuse', value: policy.problems.length > 0 ? null : gapFigure(policy.counts) },
  { name: 'Refuses today', value: formatCount(policy.counts.refusedToday) },
  {
    name: 'Exists for',
    value: policy.createdAt && <RelativeTime at={policy.createdAt} form="age" />,
  },
  { name: 'As of', value: <AsOf at={policy.asOf} stale={policy.stale} /> },
];

/** Why there is nothing to copy. */
function noPatch({ mode, otherModes, document }: PolicyDetail): string {
  if (mode === 'enforce' && otherModes.length === 0) return 'It enforces already.';
  if (document === '') return 'Its engine has no object of it that could be changed.';
  return 'What would make it enforce is not a change of this document alone.';
}

function SaysNothing({ policy: { problems } }: PolicyProps) {
  return problems.length > 0 ? (
    <EmptyState title="Cannot tell" role="status">
      Its document cannot be read, so nothing is decided by it here.
    </EmptyState>
  ) : (
    <EmptyState title="It is about nothing">
      No workload that we know of uses an image, or lies in a namespace, that it matches.
    </EmptyState>
  );
}
