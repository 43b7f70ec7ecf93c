'use client';

import { Contrast, Keyboard, RefreshCw } from 'lucide-react';
import type { Route } from 'next';
import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { TooltipProvider } from '#components/ui/tooltip.tsx';
import { useScanControl } from '#lib/query/scans.ts';
import { useLiveUpdates } from '#lib/query/use-live-updates.ts';
import { Banners } from './banners.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { pageOf, pages } from './pages.ts';
import { type Command, Palette } from './palette.tsx';
import { type Preferences, savePreference } from './preferences.ts';
import { Rail } from './rail.tsx';
import { useTheme } from './theme-menu.tsx';
import { TopBar } from './top-bar.tsx';
import { useScope } from './use-scope.ts';
import { useShortcuts } from './use-shortcuts.ts';

interface AppShellProps {
  readonly preferences: Preferences;
  readonly children: ReactNode;
}

/** The frame around every page: rail, top bar, banners, palette and keys. */
export function AppShell({ preferences, children }: AppShellProps) {
  const { theme, choose } = useTheme(preferences.theme);
  const [rail, setRail] = useState(preferences.rail);
  const [opened, setOpened] = useState<'palette' | 'keys' | undefined>();
  const list = pageOf(usePathname())?.list === true;
  const go = useGo();
  useLiveUpdates();

  const toggleRail = () => {
    const next = rail === 'narrow' ? 'wide' : 'narrow';
    setRail(next);
    savePreference('rail', next);
  };
  const commands = useCommands({
    onKeys: () => setOpened('keys'),
    onTheme: () => choose(theme === 'dark' ? 'light' : 'dark'),
  });
  useShortcuts({
    '/': () => setOpened('palette'),
    'mod+k': () => setOpened('palette'),
    '?': () => setOpened('keys'),
    '[': toggleRail,
    ...Object.fromEntries(pages.map(({ key, path }) => [`g ${key}`, () => go(path)])),
  });

  return (
    <TooltipProvider>
      <nav aria-label="Skip">
        <a
          href="#main"
          className="fixed -top-20 left-2 z-30 rounded-md bg-raised px-3 py-2 shadow-float focus:top-2"
        >
          Skip to content
        </a>
      </nav>
      <div data-rail={rail} {...(list && { 'data-list': '' })}>
        <div className="grid min-h-screen narrow:grid-cols-[56px_minmax(0,1fr)] md:grid-cols-[var(--rail-w)_minmax(0,1fr)] print:block">
          <Rail onToggle={toggleRail} />
          <div className="min-w-0">
            <TopBar theme={theme} onTheme={choose} onSearch={() => setOpened('palette')} />
            <Banners />
            <main
              id="main"
              tabIndex={-1}
              className="max-w-(--content) px-6 pt-5 pb-10 outline-none focus-visible:shadow-none max-md:px-4 max-md:pt-4 max-md:pb-8 print:p-0"
            >
              {children}
            </main>
          </div>
        </div>
      </div>
      <Palette
        open={opened === 'palette'}
        onOpenChange={(open) => setOpened(open ? 'palette' : undefined)}
        commands={commands}
      />
      <KeysDialog
        open={opened === 'keys'}
        onOpenChange={(open) => setOpened(open ? 'keys' : undefined)}
      />
    </TooltipProvider>
  );
}

function useGo(): (path: string) => void {
  const router = useRouter();
  const { within } = useScope();
  return (path) => router.push(within(path) as Route);
}

interface CommandActions {
  readonly onKeys: () => void;
  readonly onTheme: () => void;
}

function useCommands({ onKeys, onTheme }: CommandActions): readonly Command[] {
  const go = useGo();
  const { start } = useScanControl();
  return [
    ...pages.map(
      ({ path, name, key, Icon }): Command => ({
        id: path,
        title: `Go to ${name}`,
        keys: `g ${key}`,
        Icon,
        run: () => go(path),
      }),
    ),
    {
      id: 'scan',
      title: 'Scan now',
      Icon: RefreshCw,
      run: () => {
        start.mutate(false);
        go('/clusters');
      },
    },
    { id: 'theme', title: 'Switch light and dark', Icon: Contrast, run: onTheme },
    { id: 'keys', title: 'Show the keys', keys: '?', Icon: Keyboard, run: onKeys },
  ];
}
