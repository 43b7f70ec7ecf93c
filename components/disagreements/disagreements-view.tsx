'use client';

import { useMemo } from 'react';
import { visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu, tableFormats } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { isNarrowed, unsorted } from '#components/list/list-state.ts';
import { RowList } from '#components/list/row-list.tsx';
import { RowPanel } from '#components/list/row-panel.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { MissingAdmission, NoneFound } from '#components/status/admission-sources.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { DisagreementFilter, type DisagreementPage } from '#lib/contract/policies.ts';
import { useDisagreements } from '#lib/query/disagreements.ts';
import { disagreementColumns } from './disagreement-columns.tsx';
import { DisagreementPanel } from './disagreement-panel.tsx';
import {
  DisagreementView,
  defaultColumns,
  disagreementFacetList,
  disagreementIdentity,
  unfiltered,
} from './disagreement-view.ts';

/** Where an engine and we say different things about the same container. */
export function DisagreementsView() {
  const { value, dropped, change, filter, params } = useFiltered(
    DisagreementView,
    DisagreementFilter,
  );
  const choice = useRowChoice(filter);
  const list = useDisagreements(filter, choice.held);
  const shown = value.columns.length === 0 ? defaultColumns : value.columns;
  const columns = useMemo(() => visibleColumns(disagreementColumns, shown), [shown]);
  const filtered = isNarrowed(filter, unfiltered);
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfiltered);

  return (
    <ListLayout
      title="Disagreements"
      actions={
        <>
          <ColumnMenu
            columns={disagreementColumns}
            shown={shown}
            onChange={(ids) => change({ columns: ids as DisagreementView['columns'] }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          <ExportMenu
            path="/api/v1/disagreements/export"
            filter={params}
            total={list.outdated ? undefined : list.page?.total}
            noun="disagreements"
            formats={tableFormats}
          />
        </>
      }
      intro={<MissingAdmission noun="disagreements" />}
      filters={
        <FilterBar
          filter={filter}
          facets={disagreementFacetList}
          counts={undefined}
          tokens={[]}
          dropped={dropped}
          example="Words of the workload, its image, the policy or the cause"
          onChange={(patch, how) => change(patch as Partial<DisagreementView>, how)}
          onClear={filtered ? clear : undefined}
        />
      }
      panel={
        value.open && (
          <RowPanel id={value.open} list={list} noun="disagreement" onClose={close}>
            {(row) => <DisagreementPanel row={row} onClose={close} />}
          </RowPanel>
        )
      }
      panelTitle="Disagreement"
      onClosePanel={close}
    >
      <RowList
        noun="disagreements"
        list={list}
        columns={columns}
        identity={disagreementIdentity}
        {...unsorted}
        open={value.open}
        onOpen={(row) => change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')}
        choice={choice}
        totals={totals}
        order="Unproven greens first"
        filtered={filtered}
        onlyTrouble={false}
        onClear={clear}
        whenNone={
          <NoneFound noun="disagreements" title="No disagreements">
            Every report that an engine wrote says what we say.
          </NoneFound>
        }
      />
    </ListLayout>
  );
}

const totals = ({ total }: DisagreementPage): string => formatNoun(total, 'disagreement');
