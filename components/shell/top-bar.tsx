import { ListFilter, Menu as MenuIcon, Search } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '#components/ui/button.tsx';
import { Sheet } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Freshness } from './freshness.tsx';
import type { Theme } from './preferences.ts';
import { Navigation } from './rail.tsx';
import { ScopeBoxes } from './scope-boxes.tsx';
import { ThemeMenu } from './theme-menu.tsx';

interface TopBarProps {
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
  readonly onSearch: () => void;
}

/** Scope, freshness, search, theme: the same on every page. */
export function TopBar({ theme, onTheme, onSearch }: TopBarProps) {
  const [sheet, setSheet] = useState<'navigation' | 'scope' | undefined>();
  const toggle = (which: 'navigation' | 'scope') => (open: boolean) =>
    setSheet(open ? which : undefined);
  return (
    <header
      data-print="none"
      className="sticky top-0 z-10 flex h-(--top) items-center gap-2 border-line border-b bg-canvas px-6 max-md:px-3"
    >
      <IconButton
        label="Open navigation"
        className="md:hidden"
        onClick={() => setSheet('navigation')}
      >
        <MenuIcon aria-hidden="true" />
      </IconButton>
      <b className="font-semibold md:hidden">Sealwatch</b>
      <div className="-ml-2 flex min-w-0 items-center max-md:hidden">
        <ScopeBoxes />
      </div>
      <span className="flex-1" />
      <Freshness />
      <IconButton label="Narrow the scope" className="md:hidden" onClick={() => setSheet('scope')}>
        <ListFilter aria-hidden="true" />
      </IconButton>
      <IconButton label="Search" className="lg:hidden" onClick={onSearch}>
        <Search aria-hidden="true" />
      </IconButton>
      <button
        type="button"
        onClick={onSearch}
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K Meta+K"
        className="flex h-control w-52 items-center gap-2 rounded-md border border-line-field bg-surface pr-1.5 pl-2 text-ink-3 hover:border-ink-3 max-lg:hidden"
      >
        <Search aria-hidden="true" className="size-3.5" />
        <span className="flex-1 text-left">Search</span>
        <Kbd>/</Kbd>
      </button>
      <button
        type="button"
        onClick={onSearch}
        aria-label="Ctrl K: command palette"
        className="inline-flex h-control items-center rounded-md px-2 hover:bg-hover max-xl:hidden"
      >
        <Kbd>Ctrl K</Kbd>
      </button>
      <ThemeMenu theme={theme} onChoose={onTheme} />
      <Sheet
        open={sheet === 'navigation'}
        onOpenChange={toggle('navigation')}
        title="Sealwatch"
        side="left"
      >
        <div className="flex min-h-full flex-col px-2 pb-4">
          <Navigation onFollow={() => setSheet(undefined)} />
        </div>
      </Sheet>
      <Sheet open={sheet === 'scope'} onOpenChange={toggle('scope')} title="Scope" side="bottom">
        <div className="grid gap-2 px-3 pb-6">
          <ScopeBoxes />
        </div>
      </Sheet>
    </header>
  );
}
