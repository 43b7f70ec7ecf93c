import type { ReactNode } from 'react';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { useAdmissionSources } from '#lib/query/admission.ts';
import { useHydrated } from '#lib/query/use-list.ts';

/** Says which admission objects could not be read, above a list that lacks what is in them. */
export function MissingAdmission({ noun }: { readonly noun: string }) {
  const sources = useAdmissionSources();
  const hydrated = useHydrated();
  if (!hydrated || sources === undefined || sources.missing.length === 0) return null;
  return (
    <div role="status" className="mb-3 text-notice-text">
      <p>Rows may be missing: {noun} are told from objects that could not all be read.</p>
      <ul>
        {sources.missing.map(({ cluster, what, detail }) => (
          <li key={`${cluster} ${what} ${detail}`}>
            <Wrap className="font-medium">{cluster}</Wrap>: <Wrap>{what}</Wrap>,{' '}
            <Wrap>{detail}</Wrap>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface NoneFoundProps {
  /** Plural: "exceptions". */
  readonly noun: string;
  readonly title: string;
  /** What it means that there are none although everything was read. */
  readonly children: ReactNode;
}

/** An empty list: good news only when there are engines and all of their objects were read. */
export function NoneFound({ noun, title, children }: NoneFoundProps) {
  const sources = useAdmissionSources();
  const toClusters = <ButtonLink href="/clusters">See the clusters</ButtonLink>;
  if (sources === undefined || sources.missing.length > 0) {
    return (
      <EmptyState title="Cannot tell" role="status" action={toClusters}>
        No {noun} among what we could read, and not everything that would show them could be read.
      </EmptyState>
    );
  }
  if (sources.engines.length === 0) {
    return (
      <EmptyState title="No engine is installed" action={toClusters}>
        No admission engine runs in the clusters that we read, so there are no {noun}.
      </EmptyState>
    );
  }
  return <EmptyState title={title}>{children}</EmptyState>;
}
