import type { Metadata } from 'next';
import { PolicyPage } from '#components/policies/policy-page.tsx';

export const metadata: Metadata = { title: 'Policy' };

export default async function Page({ params }: PageProps<'/policies/[policy]'>) {
  return <PolicyPage id={decodeURIComponent((await params).policy)} />;
}
