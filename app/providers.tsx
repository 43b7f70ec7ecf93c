'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Clock } from '#components/ui/clock.tsx';
import { getQueryClient } from '#lib/query/client.ts';

interface ProvidersProps {
  readonly renderedAt: number;
  readonly children: ReactNode;
}

/** The cache and the clock that server and browser share. */
export function Providers({ renderedAt, children }: ProvidersProps) {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <Clock renderedAt={renderedAt}>{children}</Clock>
    </QueryClientProvider>
  );
}
