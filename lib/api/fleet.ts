import 'server-only';
import type { Overview, SearchResult } from '#lib/contract/overview.ts';
import type { Facets, PageRequest } from '#lib/contract/paging.ts';
import type {
  ClusterList,
  PublishedFilter,
  PublishedPage,
  RegistryDetail,
  RegistryList,
  ScanList,
  ScanRow,
  SourceList,
} from '#lib/contract/sources.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { findPolicies } from '#lib/review/find-policies.ts';
import { server } from '#lib/wiring/server.ts';
import { HttpError } from './route.ts';

/** Coverage, trend and what needs a person, for one scope. */
export const readOverview = async (scope: Scope): Promise<Overview> =>
  (await server()).store.overview(scope, new Date());

/** Everything whose age matters, with the notice of the configuration. */
export async function readSources(): Promise<SourceList> {
  const { store, notice, problems } = await server();
  const items = [...(await store.sources())];
  // A trust root is as old as it is: the fleet is as fresh as the clusters and registries behind it.
  const ages = items
    .flatMap(({ kind, asOf }) => (kind === 'trust-root' || asOf === null ? [] : [asOf]))
    .sort();
  return {
    items,
    behind: items.filter(({ state }) => ['stale', 'failed', 'limited'].includes(state)).length,
    asOf: ages.at(-1) ?? null,
    notice: notice(),
    problems: problems().map(({ message }) => message),
  };
}

/** The words of the scope boxes: clusters, namespaces, teams. */
export const readScopes = async (): Promise<Facets> => (await server()).store.scopes();

/** Policies beside so many other finds: what was typed is mostly the name of a workload. */
const shownPolicies = 5;

/** What the palette finds for a text. */
export async function searchFleet(text: string): Promise<SearchResult> {
  const { store, review } = await server();
  const [{ items }, fleet] = await Promise.all([store.search(text, 20), review.fleet()]);
  return { items: [...items, ...findPolicies(fleet, text).slice(0, shownPolicies)] };
}

/** All clusters with their state and counts. */
export const readClusters = async (): Promise<ClusterList> => ({
  items: [...(await (await server()).store.clusters())],
});

/** All registries with their state and counts. */
export const readRegistries = async (): Promise<RegistryList> => ({
  items: [...(await (await server()).store.registries())],
});

/**
 * One registry with its repositories.
 * @throws HttpError 404
 */
export async function readRegistry(host: string): Promise<RegistryDetail> {
  const registry = await (await server()).store.registry(host);
  if (registry === undefined) throw new HttpError(404, `No image comes from the registry ${host}.`);
  return registry;
}

/** Published tags of declared repositories. */
export const listPublished = async (
  filter: PublishedFilter,
  page: PageRequest,
): Promise<PublishedPage> => (await server()).store.published(filter, page);

/** The latest scans, newest first. */
export const listScans = async (): Promise<ScanList> => ({
  items: [...(await (await server()).store.scans(20))],
});

/** Asks for a scan; when one runs already, that one is returned. */
export const requestScan = async (full: boolean): Promise<ScanRow> =>
  (await server()).requestScan(full);

/**
 * Stops a scan: what it has found stays.
 * @throws HttpError 404
 */
export async function stopScan(id: string): Promise<ScanRow> {
  const scan = await (await server()).stopScan(id);
  if (scan === undefined) throw new HttpError(404, `No scan has the id ${id}.`);
  return scan;
}
