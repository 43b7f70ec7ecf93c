'use client';

import { z } from 'zod';
import { HistoryList } from '#components/list/history-list.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { useUrlState } from '#components/list/use-url-state.ts';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { CopyButton } from '#components/ui/copy.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageLocation } from '#lib/contract/images.ts';
import { shortDigest } from '#lib/model/digest.ts';
import { useImagePage } from '#lib/query/images.ts';
import { HowDrawer } from './how-drawer.tsx';
import { repositoryOf } from './image-words.ts';
import { LocationBody, VerdictHead } from './location-section.tsx';
import { UsedByTable } from './used-by-table.tsx';
import { VisibilityPanel } from './visibility-panel.tsx';

/** `how` names the repository whose verdict is explained in the drawer. */
const PageState = z.object({ how: z.string().max(500).optional() });

/** One digest on a page of its own, wherever it was met. */
export function ImagePage({ digest }: { readonly digest: string }) {
  return (
    <QueryBoundary what="this image" skeleton={<PanelSkeleton label="Reading the image" />}>
      <Loaded digest={digest} />
    </QueryBoundary>
  );
}

function Loaded({ digest }: { readonly digest: string }) {
  const image = useImagePage(digest);
  const { value, change } = useUrlState(PageState);
  const { locations, history } = image;
  const [only] = locations;
  const explained = locations.find((location) => repositoryOf(location) === value.how);
  const head = (location: ImageLocation) => (
    <VerdictHead
      location={location}
      onHow={() => change({ how: repositoryOf(location) }, 'replace')}
    />
  );
  return (
    <>
      <div className="mb-5">
        <Above locations={locations} />
        <div className="flex flex-wrap items-center gap-x-3">
          <h1 className="min-w-0 text-title">
            <Wrap>{titleOf(locations)}</Wrap>
          </h1>
          <span className="inline-flex items-center gap-1">
            <code title={digest} className="text-[14px] text-ink-2">
              sha256:{shortDigest(digest)}
            </code>
            <CopyButton text={digest} what="the whole digest" />
          </span>
        </div>
        {locations.length === 1 && only && head(only)}
        {locations.length > 1 && (
          <p className="mt-1 text-body text-ink-2">
            Found in {formatNoun(locations.length, 'repository', 'repositories')}. Signatures lie
            beside the digest, so each has a verdict of its own.
          </p>
        )}
      </div>
      <div className="grid gap-4">
        {locations.map((location) => (
          <section key={repositoryOf(location)} className="grid gap-4">
            {locations.length > 1 && (
              <div className="border-line border-t pt-4">
                <h2 className="text-[16px] leading-[22px] font-semibold">
                  <Wrap>{repositoryOf(location)}</Wrap>
                </h2>
                {head(location)}
              </div>
            )}
            <LocationBody location={location} />
          </section>
        ))}
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)]">
          <UsedByTable image={image} />
          <Panel title="History">
            <HistoryList entries={history} />
          </Panel>
        </div>
        <VisibilityPanel digest={digest} />
      </div>
      <HowDrawer location={explained} onClose={() => change({ how: undefined }, 'replace')} />
    </>
  );
}

const titleOf = ([first, second]: readonly ImageLocation[]): string =>
  first === undefined || second !== undefined
    ? 'Image'
    : first.repository.slice(first.repository.lastIndexOf('/') + 1);

function Above({ locations }: { readonly locations: readonly ImageLocation[] }) {
  const [only] = locations.length === 1 ? locations : [];
  const path = only && repositoryOf(only).split('/').slice(0, -1).join(' / ');
  return (
    <p className="text-ink-2 text-label">
      <Link href="/images">Images</Link>
      {path !== undefined && (
        <>
          {' / '}
          <Wrap>{path}</Wrap>
        </>
      )}
    </p>
  );
}
