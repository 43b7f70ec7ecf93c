import './globals.css';
import { setTimeout as sleep } from 'node:timers/promises';
import { dehydrate, HydrationBoundary, noop, type Query } from '@tanstack/react-query';
import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import { cookies } from 'next/headers';
import { AppShell } from '#components/shell/app-shell.tsx';
import { readPreferences } from '#components/shell/preferences.ts';
import { readScopes, readSources } from '#lib/api/fleet.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { scopesQuery, sourcesQuery } from '#lib/query/sources.ts';
import { Providers } from './providers.tsx';

// Preloaded, with a fallback of the same metrics: nothing moves when the letters arrive.
const sans = localFont({
  src: '../node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-geist',
  fallback: ['ui-sans-serif', 'system-ui', 'sans-serif'],
});
const mono = localFont({
  src: '../node_modules/@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-geist-mono',
  fallback: ['ui-monospace', 'monospace'],
  adjustFontFallback: false,
});

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

const frameMs = 1_500;

/** Only what the server rendered may be there when the browser takes over. */
const isRead = ({ state }: Query): boolean => state.status === 'success';

export default async function RootLayout({ children }: LayoutProps<'/'>) {
  const jar = await cookies();
  const preferences = readPreferences((name) => jar.get(name)?.value);
  const client = getQueryClient();

  // The frame's banners push the page down, so they should be in the first HTML; a slow database
  // is not waited for, the browser then asks itself.
  const frame = Promise.all([
    client.query({ ...sourcesQuery(), queryFn: readSources }).catch(noop),
    client.query({ ...scopesQuery(), queryFn: readScopes }).catch(noop),
  ]);
  await Promise.race([frame, sleep(frameMs)]);

  return (
    <html
      lang="en"
      className={`${sans.variable} ${mono.variable}`}
      {...(preferences.theme !== 'auto' && { 'data-theme': preferences.theme })}
    >
      <body>
        <Providers renderedAt={Date.now()}>
          <HydrationBoundary state={dehydrate(client, { shouldDehydrateQuery: isRead })}>
            <AppShell preferences={preferences}>{children}</AppShell>
          </HydrationBoundary>
        </Providers>
      </body>
    </html>
  );
}
