import { z } from 'zod';
import type { TextMap } from './object.ts';

/** A Kubernetes label selector (`metav1.LabelSelector`). */
export const LabelSelector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .optional(),
});
export type LabelSelector = z.infer<typeof LabelSelector>;

/** Whether labels fit a selector: all of its parts must hold, and an empty one holds for everything. */
export function selects(selector: LabelSelector | undefined, labels: TextMap): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labelOf(labels, key) === value) &&
    matchExpressions.every((demand) => holds(demand, labelOf(labels, demand.key)))
  );
}

const labelOf = (labels: TextMap, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

type Demand = NonNullable<LabelSelector['matchExpressions']>[number];

function holds({ operator, values }: Demand, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** The selector in words, for a reader. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) =>
      values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(', ')})`,
    ),
  ].join(', ');
}

/** True when it asks for nothing, and so selects everything. */
export const selectsAll = (selector: LabelSelector | undefined): boolean =>
  selector === undefined || selectorText(selector) === '';
