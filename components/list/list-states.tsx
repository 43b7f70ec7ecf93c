import { RotateCw } from 'lucide-react';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Wrap } from '#components/ui/text.tsx';
import type { SourceList } from '#lib/contract/sources.ts';
import { ProblemError } from '#lib/query/fetch-json.ts';
import type { EmptyKind } from './list-state.ts';

interface ListFailedProps {
  /** What could not be shown: "the workloads". */
  readonly what: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

/** A request that failed: what it was, why, the remedy, and another try. */
export function ListFailed({ what, error, onRetry }: ListFailedProps) {
  const remedy = error instanceof ProblemError ? error.remedy : undefined;
  return (
    <EmptyState
      role="alert"
      title={`Cannot show ${what}`}
      action={
        <Button onClick={onRetry}>
          <RotateCw aria-hidden="true" />
          Try again
        </Button>
      }
    >
      <p>
        <Wrap>{error.message}</Wrap>
      </p>
      {remedy !== undefined && <p>{remedy}</p>}
    </EmptyState>
  );
}

interface ListEmptyProps {
  readonly kind: EmptyKind;
  /** Plural: "workloads". */
  readonly noun: string;
  readonly sources: SourceList | undefined;
  readonly onClear: () => void;
  readonly onRetry: () => void;
}

/** A list without rows. Which of the kinds it is decides what may be claimed. */
export function ListEmpty({ kind, noun, sources, onClear, onRetry }: ListEmptyProps) {
  switch (kind) {
    case 'nothing-configured':
      return (
        <EmptyState
          title="Nothing is connected yet"
          action={<ButtonLink href="/clusters">See how to connect a cluster</ButtonLink>}
        >
          Name a cluster or a repository in the configuration, and what runs there appears here.
        </EmptyState>
      );
    case 'not-read-yet':
      return (
        <EmptyState
          title="Still reading"
          action={<ButtonLink href="/clusters">See the progress</ButtonLink>}
        >
          The first scan has not reported any {noun} yet. This list fills by itself.
        </EmptyState>
      );
    case 'no-match':
      return (
        <EmptyState
          title={`No ${noun} match`}
          action={<Button onClick={onClear}>Clear the filter</Button>}
        >
          Nothing that we know of has all of these properties.
        </EmptyState>
      );
    case 'all-good':
      return (
        <EmptyState
          title="Nothing needs you here"
          action={<Button onClick={onClear}>Show all {noun}</Button>}
        >
          Every source is current, and no {noun} match this filter.
        </EmptyState>
      );
    case 'cannot-tell':
      return <CannotTell sources={sources} noun={noun} onRetry={onRetry} />;
  }
}

function CannotTell({
  sources,
  noun,
  onRetry,
}: Pick<ListEmptyProps, 'sources' | 'noun' | 'onRetry'>) {
  const behind = sources?.items.filter(({ state }) => state !== 'current') ?? [];
  const first = behind[0];
  return (
    <EmptyState
      title="Cannot tell"
      role="status"
      action={
        <Button onClick={onRetry}>
          <RotateCw aria-hidden="true" />
          Try again
        </Button>
      }
    >
      <p>
        No {noun} match among what we could read, but{' '}
        {behind.length === 0
          ? 'the state of the sources is not known.'
          : `${formatNoun(behind.length, 'source')} of ${sources?.items.length} ${behind.length === 1 ? 'is' : 'are'} not current.`}
      </p>
      {first && (
        <p>
          <Wrap>{`${first.name}: ${first.detail ?? first.state}`}</Wrap>
        </p>
      )}
    </EmptyState>
  );
}
