import type { DocumentProblem } from '#lib/model/policy.ts';

/** A problem with a value: the message names the field and shows the value, cut to a line. */
export const refusedValue = (
  path: string,
  value: string | undefined,
  why: string,
): DocumentProblem => ({
  path,
  message: `${path}: ${JSON.stringify((value ?? '').slice(0, 200))} ${why}`,
});
