import { RotateCw } from 'lucide-react';
import { type ReactNode, Suspense } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { ErrorBoundary } from '#components/ui/error-boundary.tsx';
import { Wrap } from '#components/ui/text.tsx';
import { useQueryReset } from '#lib/query/client.ts';
import { ProblemError } from '#lib/query/fetch-json.ts';

interface QueryBoundaryProps {
  /** What this part of the page shows, for the sentence when it cannot: "the clusters". */
  readonly what: string;
  /** A skeleton in the size of what comes; without it, it waits with what is around it. */
  readonly skeleton?: ReactNode;
  /** For what stands on a page by itself and not in a panel. */
  readonly framed?: boolean;
  readonly children: ReactNode;
}

/** Where suspended queries wait, and where they fail without taking the page. */
export function QueryBoundary({ what, skeleton, framed = false, children }: QueryBoundaryProps) {
  const reset = useQueryReset();
  return (
    <ErrorBoundary
      onRetry={reset}
      fallback={(error, retry) => (
        <Failed what={what} framed={framed} error={error} onRetry={retry} />
      )}
    >
      {skeleton === undefined ? children : <Suspense fallback={skeleton}>{children}</Suspense>}
    </ErrorBoundary>
  );
}

interface FailedProps {
  readonly what: string;
  readonly framed: boolean;
  readonly error: Error;
  readonly onRetry: () => void;
}

function Failed({ what, framed, error, onRetry }: FailedProps) {
  const remedy = error instanceof ProblemError ? error.remedy : undefined;
  return (
    <EmptyState
      role="alert"
      framed={framed}
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
