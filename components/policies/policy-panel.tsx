import { Facts } from '#components/list/facts.tsx';
import { ListFailed } from '#components/list/list-states.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { decisionsHref, policyHref } from '#components/status/hrefs.ts';
import { AsOf } from '#components/ui/as-of.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';
import { usePolicy } from '#lib/query/policies.ts';
import { AuthorityList } from './authority-list.tsx';
import { gapSentence } from './gap.ts';
import { PatchBlock } from './patch-block.tsx';
import { Caveats, otherModesText } from './policy-head.tsx';

interface PolicyPanelProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** The policy beside its list: what it asks, whom it trusts, what enforcing it would do. */
export function PolicyPanel({ id, onClose }: PolicyPanelProps) {
  const { data, error, refetch } = usePolicy(id);
  if (data !== undefined) return <Loaded policy={data} onClose={onClose} />;
  if (error !== null)
    return <ListFailed what="this policy" error={error} onRetry={() => void refetch()} />;
  return <PanelSkeleton label="Reading the policy" />;
}

interface LoadedProps {
  readonly policy: PolicyDetail;
  readonly onClose: () => void;
}

function Loaded({ policy, onClose }: LoadedProps) {
  const { id, kind, cluster, namespace, name, engine, counts, problems } = policy;
  return (
    <>
      <PanelHead
        above={`${kind} in ${[cluster, namespace].filter(Boolean).join(' / ')}`}
        title={name}
        href={policyHref(id)}
        onClose={onClose}
      />
      <div className="grid gap-2 px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-3">
          <ModeBadge mode={policy.mode} />
          <span className="ml-auto text-ink-2">{engineNames[engine]}</span>
        </div>
        {policy.otherModes.length > 0 && <p className="text-ink-2">{otherModesText(policy)}</p>}
        {problems.length === 0 && (
          <p>
            {gapSentence(counts, 'it')}{' '}
            <Link
              href={decisionsHref({ policy: [id] })}
              className="text-accent underline underline-offset-3"
            >
              Show them
            </Link>
          </p>
        )}
      </div>
      <Caveats policy={policy} className="px-4 pb-3" />
      <PanelPart title="Images" hint={formatNoun(policy.images.length, 'pattern')}>
        <ImagePatterns images={policy.images} />
      </PanelPart>
      <PanelPart
        title="Trusts"
        hint={formatNoun(policy.trusted.length, 'authority', 'authorities')}
      >
        <AuthorityList policy={policy} />
      </PanelPart>
      {policy.patch !== null && (
        <PanelPart title="To make it enforce">
          <PatchBlock patch={policy.patch} />
        </PanelPart>
      )}
      <PanelPart title="Facts">
        <Facts
          entries={[
            {
              name: 'Exists for',
              value: policy.createdAt && <RelativeTime at={policy.createdAt} form="age" />,
            },
            { name: 'As of', value: <AsOf at={policy.asOf} stale={policy.stale} /> },
          ]}
        />
      </PanelPart>
    </>
  );
}

/** The patterns of the images that a policy is about, as written. */
export function ImagePatterns({ images }: { readonly images: readonly string[] }) {
  if (images.length === 0)
    return (
      <p className="text-ink-2">
        It names no image; which ones it is about follows from what it matches.
      </p>
    );
  return (
    <ul className="max-h-64 overflow-auto">
      {images.map((image) => (
        <li key={image}>
          <Wrap className="font-mono text-code">{image}</Wrap>
        </li>
      ))}
    </ul>
  );
}
