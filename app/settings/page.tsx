import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { Settings } from '#components/settings/settings.tsx';
import { readSettings } from '#lib/api/settings.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { settingsQuery } from '#lib/query/settings.ts';

export const metadata: Metadata = { title: 'Settings' };

export default function SettingsPage() {
  const client = getQueryClient();
  void client.query({ ...settingsQuery(), queryFn: readSettings }).catch(noop);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Settings />
    </HydrationBoundary>
  );
}
