import type { Metadata } from 'next';
import { DecisionsView } from '#components/policies/gap-view.tsx';

export const metadata: Metadata = { title: 'Decisions' };

export default function DecisionsPage() {
  return <DecisionsView />;
}
