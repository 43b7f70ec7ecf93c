'use client';

import { RotateCw } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <EmptyState
      heading
      framed
      role="alert"
      title="This page failed"
      action={
        <Button onClick={reset}>
          <RotateCw aria-hidden="true" />
          Try again
        </Button>
      }
    >
      <p>Nothing was lost: what is stored and what runs in the background is not touched.</p>
      {error.digest !== undefined && (
        <p className="text-ink-3 text-label">The log of the server has it under {error.digest}.</p>
      )}
    </EmptyState>
  );
}
