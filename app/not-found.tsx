import type { Metadata } from 'next';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <EmptyState
      heading
      framed
      title="There is no such page"
      action={<ButtonLink href="/">Go to the overview</ButtonLink>}
    >
      The address may be old: what it named may have been deleted, or renamed.
    </EmptyState>
  );
}
