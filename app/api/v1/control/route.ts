import { readControl } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { ControlFilter, ControlMatrix } from '#lib/contract/decisions.ts';

/** `GET /api/v1/control`: which engine controls which namespace, and how. */
export const GET = route({
  query: ControlFilter,
  response: ControlMatrix,
  handle: ({ query }) => readControl(query),
});
