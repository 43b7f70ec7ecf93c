'use client';

import { tableFormats } from '#components/list/export-menu.tsx';
import { ListPage } from '#components/list/list-page.tsx';
import { isNarrowed } from '#components/list/list-state.ts';
import { RowPanel } from '#components/list/row-panel.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { MissingAdmission, NoneFound } from '#components/status/admission-sources.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { DisagreementFilter, type DisagreementPage } from '#lib/contract/disagreements.ts';
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
  const state = useFiltered(DisagreementView, DisagreementFilter);
  const choice = useRowChoice(state.filter);
  const list = useDisagreements(state.filter, choice.held);
  return (
    <ListPage
      title="Disagreements"
      noun="disagreements"
      state={state}
      list={list}
      choice={choice}
      columns={disagreementColumns}
      usual={defaultColumns}
      identity={disagreementIdentity}
      orders="Unproven greens first"
      intro={<MissingAdmission noun="disagreements" />}
      facets={disagreementFacetList}
      example="Words of the workload, its image, the policy or the cause"
      filtered={isNarrowed(state.filter, unfiltered)}
      unfiltered={unfiltered}
      exported="/api/v1/disagreements/export"
      formats={tableFormats}
      totals={totals}
      whenNone={
        <NoneFound noun="disagreements" title="No disagreements">
          Every report that an engine wrote says what we say.
        </NoneFound>
      }
      panelTitle="Disagreement"
      panel={(open, onClose) => (
        <RowPanel id={open} list={list} noun="disagreement" onClose={onClose}>
          {(row) => <DisagreementPanel row={row} onClose={onClose} />}
        </RowPanel>
      )}
    />
  );
}

const totals = ({ total }: DisagreementPage): string => formatNoun(total, 'disagreement');
