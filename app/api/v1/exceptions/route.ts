import { listLedger } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { ExceptionFilter, ExceptionPage } from '#lib/contract/exceptions.ts';
import { PageRequest } from '#lib/contract/paging.ts';

/** `GET /api/v1/exceptions`: ways in which rules are set aside. */
export const GET = route({
  query: ExceptionFilter.extend(PageRequest.shape),
  response: ExceptionPage,
  handle: ({ query }) => listLedger(query, query),
});
