'use client';

import './globals.css';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

interface GlobalErrorProps {
  readonly reset: () => void;
}

export default function GlobalError({ reset }: GlobalErrorProps) {
  return (
    <html lang="en">
      <body>
        <title>Failed · Sealwatch</title>
        <main>
          <EmptyState
            heading
            role="alert"
            title="Sealwatch failed to draw this page"
            action={<Button onClick={reset}>Try again</Button>}
          >
            Nothing was lost: what is stored and what runs in the background is not touched.
          </EmptyState>
        </main>
      </body>
    </html>
  );
}
