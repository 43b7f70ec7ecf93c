import {
  defaultShouldDehydrateQuery,
  QueryClient,
  useQueryErrorResetBoundary,
} from '@tanstack/react-query';
import { ProblemError } from './fetch-json.ts';

let browserClient: QueryClient | undefined;

/** A new client for each server render, one client in the browser. */
export function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return createQueryClient();
  browserClient ??= createQueryClient();
  return browserClient;
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Changes are announced by the event stream; this only saves a request after hydration.
        staleTime: 30_000,
        retry: (failures, error) => typeof window !== 'undefined' && isWorthAsking(failures, error),
        refetchOnWindowFocus: false,
      },
      dehydrate: {
        // Pending queries cross to the browser as promises, so that the shell streams first.
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
    },
  });
}

/** A failed prefetch arrives without its cause: the browser asks once more and learns it. */
const isWorthAsking = (failures: number, error: Error): boolean =>
  error instanceof ProblemError ? failures < 2 && error.retryable : failures < 1;

/** Lets failed suspended queries run again; for the retry button of an error boundary. */
export const useQueryReset = (): (() => void) => useQueryErrorResetBoundary().reset;
