import { z } from 'zod';

/** A query parameter that may be given once, several times or not at all. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || value === '' ? [] : [value].flat()),
    z.array(item),
  );

/** One page of a list: `cursor` is opaque and comes from `next` of the page before. */
export const PageRequest = z.object({
  cursor: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** `{ items, next, total }`: `total` counts every row of the filter, not of the page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable(), total: z.number().int() });

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total: number;
}

/** Counts of one facet, most frequent first. `total` values exist; all of them are listed. */
export const FacetValue = z.object({
  value: z.string(),
  label: z.string().optional(),
  count: z.number().int(),
});
export type FacetValue = z.infer<typeof FacetValue>;

export const Facets = z.record(z.string(), z.array(FacetValue));
export type Facets = z.infer<typeof Facets>;

export const exportFormats = ['csv', 'json', 'ndjson', 'sarif'] as const;
export const ExportFormat = z.enum(exportFormats);
export type ExportFormat = z.infer<typeof ExportFormat>;

/** Formats of lists whose rows are no findings. */
export const TableFormat = ExportFormat.exclude(['sarif']);
export type TableFormat = z.infer<typeof TableFormat>;

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    code: z.string().optional(),
    remedy: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
