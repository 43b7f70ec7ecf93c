import clsx from 'clsx';
import type { ReactNode } from 'react';
import { Sheet } from '#components/ui/dialog.tsx';
import { docked, useMedia } from './use-media.ts';

interface ListLayoutProps {
  readonly title: string;
  /** `section`: the list is a part of a page that has a title of its own. */
  readonly level?: 'page' | 'section';
  readonly views?: ReactNode;
  readonly actions: ReactNode;
  /** What stands between the head and the filters. */
  readonly intro?: ReactNode;
  readonly filters: ReactNode;
  /** What the panel shows; undefined when it is closed. */
  readonly panel?: ReactNode;
  readonly panelTitle: string;
  readonly onClosePanel: () => void;
  readonly children: ReactNode;
}

/** A list page: head, filters, rows, and a panel that docks beside them or lies over them. */
export function ListLayout(props: ListLayoutProps) {
  const { title, level = 'page', views, actions, intro, filters, panel, panelTitle } = props;
  const { onClosePanel, children } = props;
  const wide = useMedia(docked);
  const open = panel !== undefined;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        {level === 'page' ? (
          <h1 className="text-title">{title}</h1>
        ) : (
          <h2 className="text-section">{title}</h2>
        )}
        {views}
        <div data-print="none" className="ml-auto flex gap-2">
          {actions}
        </div>
      </div>
      {intro}
      {filters}
      <div
        className={clsx(
          'grid items-start gap-3',
          open ? 'xl:grid-cols-[minmax(0,1fr)_408px]' : 'grid-cols-[minmax(0,1fr)]',
        )}
      >
        {children}
        {open && wide && (
          <aside
            aria-label={panelTitle}
            className="sticky top-[calc(var(--top)+12px)] max-h-[calc(100dvh-var(--top)-24px)] overflow-y-auto rounded-md border border-line bg-surface"
          >
            {panel}
          </aside>
        )}
      </div>
      <Sheet
        open={open && wide === false}
        onOpenChange={(next) => !next && onClosePanel()}
        title={panelTitle}
        side="right"
      >
        {panel}
      </Sheet>
    </>
  );
}
