import {
  BypassFilter,
  BypassPage,
  type BypassRow,
  ExceptionFilter,
  ExceptionPage,
  type ExceptionRow,
} from '#lib/contract/exceptions.ts';
import { writeUrl } from '#lib/contract/url-state.ts';
import { type ListQuery, listQuery } from './list.ts';
import { type List, useList } from './use-list.ts';

/** Under `policies`: what a policy decides and who is set free change together. */
export const exceptionKeys = {
  list: (filter: ExceptionFilter) => ['policies', 'exceptions', filter] as const,
  bypasses: (filter: BypassFilter) => ['policies', 'bypasses', filter] as const,
};

/** All exceptions of a filter, page by page. */
export const exceptionsQuery = (filter: ExceptionFilter): ListQuery<ExceptionPage> =>
  listQuery({
    queryKey: exceptionKeys.list(filter),
    path: '/api/v1/exceptions',
    filter: writeUrl(ExceptionFilter, filter),
    response: ExceptionPage,
  });

/** All ways past the engines under a filter, page by page. */
export const bypassesQuery = (filter: BypassFilter): ListQuery<BypassPage> =>
  listQuery({
    queryKey: exceptionKeys.bypasses(filter),
    path: '/api/v1/bypasses',
    filter: writeUrl(BypassFilter, filter),
    response: BypassPage,
  });

const exceptionKey = ({ id }: ExceptionRow): string => id;
const bypassKey = ({ id }: BypassRow): string => id;

/** Reads {@link exceptionsQuery}; the rows rest while `held`. */
export const useExceptions = (
  filter: ExceptionFilter,
  held: boolean,
): List<ExceptionRow, ExceptionPage> => useList(exceptionsQuery(filter), exceptionKey, held);

/** Reads {@link bypassesQuery}; the rows rest while `held`. */
export const useBypasses = (filter: BypassFilter, held: boolean): List<BypassRow, BypassPage> =>
  useList(bypassesQuery(filter), bypassKey, held);
