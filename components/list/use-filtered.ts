import { useMemo } from 'react';
import type { z } from 'zod';
import { readUrl, writeUrl } from '#lib/contract/url-state.ts';
import { type UrlStateHandle, useUrlState } from './use-url-state.ts';

/** The state of a list page and, within it, the filter that the API is asked with. */
export interface Filtered<V, F> extends UrlStateHandle<V> {
  /** The same object for as long as it means the same. */
  readonly filter: F;
  readonly params: URLSearchParams;
}

/**
 * Reads a page's state of `view` from its URL; opening a panel or choosing columns is no other filter.
 * What is `fixed` the page itself asks for, whatever its URL says.
 */
export function useFiltered<V extends z.ZodObject, F extends z.ZodObject>(
  view: V,
  schema: F,
  fixed?: Partial<z.output<F>>,
): Filtered<z.output<V>, z.output<F>> {
  const { value, dropped, change } = useUrlState(view);
  const text = writeUrl(schema, { ...(value as Partial<z.output<F>>), ...fixed }).toString();
  return useMemo(() => {
    const params = new URLSearchParams(text);
    return { value, dropped, change, filter: readUrl(schema, params).value, params };
  }, [schema, text, value, dropped, change]);
}
