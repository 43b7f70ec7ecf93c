import {
  DisagreementFilter,
  DisagreementPage,
  type DisagreementRow,
} from '#lib/contract/disagreements.ts';
import { writeUrl } from '#lib/contract/url-state.ts';
import { type ListQuery, listQuery } from './list.ts';
import { type List, useList } from './use-list.ts';

/** Under `policies`, so that it is read again with them. */
export const disagreementKeys = {
  list: (filter: DisagreementFilter) => ['policies', 'disagreements', filter] as const,
};

/** All disagreements of a filter, page by page. */
export const disagreementsQuery = (filter: DisagreementFilter): ListQuery<DisagreementPage> =>
  listQuery({
    queryKey: disagreementKeys.list(filter),
    path: '/api/v1/disagreements',
    filter: writeUrl(DisagreementFilter, filter),
    response: DisagreementPage,
  });

const rowKey = ({ id }: DisagreementRow): string => id;

/** Reads {@link disagreementsQuery}; the rows rest while `held`. */
export const useDisagreements = (
  filter: DisagreementFilter,
  held: boolean,
): List<DisagreementRow, DisagreementPage> => useList(disagreementsQuery(filter), rowKey, held);
