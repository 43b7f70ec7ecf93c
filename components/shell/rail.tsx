import clsx from 'clsx';
import { PanelLeft, Stamp } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { isBehind } from '#components/status/source-state.ts';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { useAttention, useSources } from '#lib/query/sources.ts';

import { type PageEntry, pageOf, pages } from './pages.ts';
import { useScope } from './use-scope.ts';

/** Counts beside the names, only where they ask for action. */
function useCounts(): Readonly<Record<string, { count: number; says: string }>> {
  const { scope } = useScope();
  const attention = useAttention(scope).data ?? 0;
  const sources = useSources().data?.items ?? [];
  const behind = (kind: string) =>
    sources.filter((source) => source.kind === kind && isBehind(source)).length;
  return {
    '/workloads': { count: attention, says: 'not proven' },
    '/registries': { count: behind('registry'), says: 'behind' },
    '/clusters': { count: behind('cluster'), says: 'behind' },
  };
}

interface NavigationProps {
  /** Called when an entry is followed; closes the sheet on a small screen. */
  readonly onFollow?: () => void;
}

export function Navigation({ onFollow }: NavigationProps) {
  const current = pageOf(usePathname());
  const counts = useCounts();
  const { within } = useScope();
  const entry = (page: PageEntry) => {
    const { count = 0, says = '' } = counts[page.path] ?? {};
    return (
      <Entry
        key={page.path}
        page={page}
        href={within(page.path)}
        current={current === page}
        count={count}
        says={says}
        onFollow={onFollow}
      />
    );
  };
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col gap-px">
      {pages.filter((page) => !page.foot).map(entry)}
      <div className="mt-auto">{pages.filter((page) => page.foot).map(entry)}</div>
    </nav>
  );
}

interface EntryProps {
  readonly page: PageEntry;
  readonly href: string;
  readonly current: boolean;
  readonly count: number;
  readonly says: string;
  readonly onFollow: (() => void) | undefined;
}

function Entry({ page: { name, Icon }, href, current, count, says, onFollow }: EntryProps) {
  return (
    <Link
      href={href}
      prefetch={null}
      title={name}
      {...(onFollow && { onClick: onFollow })}
      {...(current && { 'aria-current': 'page' as const })}
      className={clsx(
        'relative flex h-[30px] items-center gap-2.5 rounded-md px-2 narrow:h-[34px] narrow:justify-center narrow:px-0 max-md:h-11',
        current
          ? 'bg-selected font-[550] text-ink hover:text-ink'
          : 'font-[450] text-ink-2 hover:bg-hover hover:text-ink',
      )}
    >
      <Icon aria-hidden="true" className={clsx('size-4', current ? 'text-ink' : 'text-ink-3')} />
      <span className="narrow:sr-only">{name}</span>
      {count > 0 && (
        <>
          <span className="sr-only">
            {formatCount(count)} {says}
          </span>
          <span
            aria-hidden="true"
            title={`${formatCount(count)} ${says}`}
            className="ml-auto text-ink-3 text-label tabular-nums narrow:absolute narrow:top-[7px] narrow:right-[7px] narrow:size-1.5 narrow:overflow-hidden narrow:rounded-full narrow:bg-ink-2 narrow:indent-[9px]"
          >
            {formatCount(count)}
          </span>
        </>
      )}
    </Link>
  );
}

interface RailProps {
  readonly onToggle: () => void;
}

export function Rail({ onToggle }: RailProps) {
  const { within } = useScope();
  return (
    <aside
      aria-label="Sealwatch"
      data-print="none"
      className="border-line border-r bg-rail max-md:hidden"
    >
      <div className="sticky top-0 flex h-screen flex-col px-2 pb-3">
        <Link
          href={within('/')}
          className="flex h-(--top) flex-none items-center gap-2 px-2 font-semibold text-body tracking-[-0.01em] hover:text-ink narrow:justify-center narrow:px-0"
        >
          <Stamp aria-hidden="true" className="size-[18px]" />
          <span className="narrow:sr-only">Sealwatch</span>
        </Link>
        <Navigation />
        <button
          type="button"
          onClick={onToggle}
          title="Fold or unfold the navigation"
          className="mt-px flex h-[30px] items-center gap-2.5 rounded-md px-2 text-ink-3 hover:bg-hover hover:text-ink rail-fixed:hidden narrow:justify-center narrow:px-0"
        >
          <PanelLeft aria-hidden="true" className="size-4" />
          <span className="narrow:sr-only">Fold</span>
        </button>
      </div>
    </aside>
  );
}
