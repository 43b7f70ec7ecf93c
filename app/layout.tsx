import '@fontsource-variable/geist/index.css';
import '@fontsource-variable/geist-mono/index.css';
import './globals.css';
import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import { AppShell } from '#components/shell/app-shell.tsx';
import { readPreferences } from '#components/shell/preferences.ts';
import { readScopes, readSources } from '#lib/api/fleet.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { scopesQuery, sourcesQuery } from '#lib/query/sources.ts';
import { Providers } from './providers.tsx';

export const metadata: Metadata = {
  title: { default: 'Sealwatch', template: '%s · Sealwatch' },
  description: 'Signature posture of what runs and what is published.',
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f8f9fb' },
    { media: '(prefers-color-scheme: dark)', color: '#111317' },
  ],
};

export default async function RootLayout({ children }: LayoutProps<'/'>) {
  const jar = await cookies();
  const preferences = readPreferences((name) => jar.get(name)?.value);
  const client = getQueryClient();

  // Not awaited: the frame streams while its figures load.
  void client.query({ ...sourcesQuery(), queryFn: readSources }).catch(noop);
  void client.query({ ...scopesQuery(), queryFn: readScopes }).catch(noop);

  return (
    <html lang="en" {...(preferences.theme !== 'auto' && { 'data-theme': preferences.theme })}>
      <body>
        <Providers renderedAt={Date.now()}>
          <HydrationBoundary state={dehydrate(client)}>
            <AppShell preferences={preferences}>{children}</AppShell>
          </HydrationBoundary>
        </Providers>
      </body>
    </html>
  );
}
