import type { Metadata } from 'next';
import { GapView } from '#components/policies/gap-view.tsx';

export const metadata: Metadata = { title: 'Audit gap' };

export default function GapPage() {
  return <GapView />;
}
