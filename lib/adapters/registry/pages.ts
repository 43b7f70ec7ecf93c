import type { ReasonCode } from '#lib/model/reasons.ts';

/** One page of a list and where the next is, as the registry says. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly link: string | undefined;
  readonly url: URL;
}

/** A list as far as it could be read; `problem` says why it ends early. */
export interface PagedList<T> {
  readonly items: readonly T[];
  readonly problem?: { readonly reason: ReasonCode; readonly detail: string };
}

interface PagingLimits {
  readonly pages: number;
  readonly items: number;
}

/**
 * Follows `Link: <…>; rel="next"` within one origin. What came before a loop, a foreign link or a
 * limit is kept, because good items on the first page must not suffer from the second.
 * @param read fetches one page by path and query below the endpoint's origin
 */
export async function readPages<T>(
  first: string,
  read: (path: string) => Promise<Page<T>>,
  { pages, items: most }: PagingLimits,
): Promise<PagedList<T>> {
  const items: T[] = [];
  const seen = new Set<string>();
  let path: string | undefined = first;
  for (let count = 1; path !== undefined; count += 1) {
    seen.add(path);
    const page: Page<T> = await read(path);
    items.push(...page.items.slice(0, most - items.length + 1));
    if (items.length > most)
      return { items: items.slice(0, most), problem: tooMany(`more than ${most} entries`) };
    const next = nextPath(page);
    if (typeof next === 'object') return { items, problem: next };
    if (next !== undefined && seen.has(next))
      return { items, problem: against('the pages of the list lead back to an earlier one') };
    if (next !== undefined && count >= pages)
      return { items, problem: tooMany(`more than ${pages} pages`) };
    path = next;
  }
  return { items };
}

const tooMany = (what: string): { reason: ReasonCode; detail: string } => ({
  reason: 'limit-exceeded',
  detail: `the list has ${what}; the rest was not read`,
});
const against = (detail: string): { reason: ReasonCode; detail: string } => ({
  reason: 'registry-protocol',
  detail,
});

function nextPath({
  link,
  url,
}: Page<unknown>): string | undefined | { reason: ReasonCode; detail: string } {
  const target = nextLink(link);
  if (target === undefined) return undefined;
  if (!URL.canParse(target, url)) return against('the next page of the list is not a URL');
  const next = new URL(target, url);
  if (next.origin !== url.origin) return against(`the next page of the list is on ${next.host}`);
  return `${next.pathname}${next.search}`;
}

/**
 * The target of `rel="next"` in a `Link` header.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function nextLink(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(
    /<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g,
  )) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
    if ((relation?.[1] ?? relation?.[2] ?? '').split(/\s+/).includes('next')) return target;
  }
  return undefined;
}
