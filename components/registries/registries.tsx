'use client';

import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { useRegistries } from '#lib/query/registries.ts';
import { RegistryTable } from './registry-table.tsx';

/** Every registry that a running image names or the configuration declares. */
export function Registries() {
  return (
    <>
      <PageHeader
        title="Registries"
        description="Where images and their signatures are stored: every registry that a running image names, and those that are declared."
      />
      <Panel title="Registries" titleHidden>
        <QueryBoundary
          what="the registries"
          skeleton={
            <SkeletonRows rows={5} widths={[12, 8, 10, 6, 6, 8]} label="Loading the registries" />
          }
        >
          <List />
        </QueryBoundary>
      </Panel>
    </>
  );
}

function List() {
  const { items } = useRegistries().data;
  if (items.length > 0) return <RegistryTable registries={items} />;
  return (
    <EmptyState title="No registry is known yet">
      The first scan names them: every registry from which an image runs appears here.
    </EmptyState>
  );
}
