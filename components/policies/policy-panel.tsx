import { Maximize2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { CodeBlock } from '#components/list/code-block.tsx';
import { Facts } from '#components/list/facts.tsx';
import { ListFailed } from '#components/list/list-states.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { gapHref, policyHref } from '#components/status/hrefs.ts';
import { IconButton, iconButtonClass } from '#components/ui/button.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';
import { usePolicy } from '#lib/query/policies.ts';
import { AuthorityList } from './authority-list.tsx';
import { gapSentence } from './gap.ts';
import { PatchBlock } from './patch-block.tsx';
import { Caveats, modeText } from './policy-head.tsx';

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
      <div className="flex items-start border-line border-b py-3 pr-3 pl-4">
        <div className="min-w-0">
          <p className="text-ink-2 text-label">
            <Wrap>{`${kind} in ${[cluster, namespace].filter(Boolean).join(' / ')}`}</Wrap>
          </p>
          <h2 className="text-[16px] leading-[22px] font-semibold">
            <Wrap>{name}</Wrap>
          </h2>
        </div>
        <div className="ml-auto flex flex-none">
          <Link
            href={policyHref(id)}
            aria-label="Open the page"
            title="Open the page"
            className={iconButtonClass()}
          >
            <Maximize2 aria-hidden="true" />
          </Link>
          <IconButton label="Close" onClick={onClose} className="max-xl:hidden">
            <X aria-hidden="true" />
          </IconButton>
        </div>
      </div>
      <div className="grid gap-2 px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-3">
          <ModeBadge mode={policy.mode} />
          <span className="ml-auto text-ink-2">{engineNames[engine]}</span>
        </div>
        {policy.otherModes.length > 0 && <p className="text-ink-2">{modeText(policy)}</p>}
        {problems.length === 0 && (
          <p>
            {gapSentence(counts, 'it')}{' '}
            <Link
              href={gapHref({ policy: [id], enforced: [] })}
              className="text-accent hover:underline hover:underline-offset-3"
            >
              Show them
            </Link>
          </p>
        )}
        <Stale policy={policy} />
      </div>
      <Caveats policy={policy} className="px-4 pb-3" />
      <Part title="Images" hint={formatNoun(policy.images.length, 'pattern')}>
        <ImagePatterns images={policy.images} />
      </Part>
      <Part title="Trusts" hint={formatNoun(policy.trusted.length, 'authority', 'authorities')}>
        <AuthorityList policy={policy} />
      </Part>
      {policy.patch !== null && (
        <Part title="To make it enforce">
          <div className="px-4 py-3">
            <PatchBlock patch={policy.patch} />
          </div>
        </Part>
      )}
      <Part title="Document">
        <div className="px-4 py-3">
          <CodeBlock what="the document" text={policy.document} />
        </div>
      </Part>
      <div className="border-line border-t px-4 py-3">
        <Facts
          entries={[
            {
              name: 'Exists for',
              value: policy.createdAt && <RelativeTime at={policy.createdAt} form="age" />,
            },
            {
              name: 'As of',
              value: policy.asOf === null ? 'never read' : <RelativeTime at={policy.asOf} />,
            },
          ]}
        />
      </div>
    </>
  );
}

function Stale({ policy: { stale, asOf } }: { readonly policy: PolicyDetail }) {
  if (!stale) return null;
  return (
    <p className="text-notice-text">
      {asOf === null ? (
        'Its cluster has never reported.'
      ) : (
        <>
          Its cluster reported last <RelativeTime at={asOf} />.
        </>
      )}
    </p>
  );
}

/** The patterns of the images that a policy is about, as written. */
export function ImagePatterns({ images }: { readonly images: readonly string[] }) {
  if (images.length === 0)
    return (
      <p className="px-4 py-2 text-ink-2">
        It names no image; which ones it is about follows from what it matches.
      </p>
    );
  return (
    <ul className="max-h-64 overflow-auto px-4 py-2">
      {images.map((image) => (
        <li key={image}>
          <Wrap className="font-mono text-code">{image}</Wrap>
        </li>
      ))}
    </ul>
  );
}

interface PartProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Part({ title, hint, children }: PartProps) {
  return (
    <section className="border-line border-t">
      <div className="flex items-baseline px-4 pt-3">
        <h3 className="text-section">{title}</h3>
        {hint !== undefined && <span className="ml-auto text-ink-3">{hint}</span>}
      </div>
      {children}
    </section>
  );
}
