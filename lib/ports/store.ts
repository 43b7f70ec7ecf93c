import type { ImageDetail, ImageFilter, ImagePage, ImageRow } from '#lib/contract/images.ts';
import type { Overview, SearchResult } from '#lib/contract/overview.ts';
import type { Facets, PageRequest } from '#lib/contract/paging.ts';
import type {
  ClusterRow,
  PublishedFilter,
  PublishedPage,
  PublishedTag,
  RegistryDetail,
  RegistryRow,
  ScanRow,
  SourceRow,
} from '#lib/contract/sources.ts';
import type {
  ContainerListRow,
  FindingPage,
  FindingRow,
  Scope,
  WorkloadDetail,
  WorkloadFilter,
  WorkloadPage,
  WorkloadRow,
} from '#lib/contract/workloads.ts';
import type { ReviewStore } from './review-store.ts';
import type { ScanStore } from './scan-store.ts';

/** Reading side: what the API asks, answered in its contract. */
export interface ReadStore {
  overview(scope: Scope, now: Date): Promise<Overview>;
  workloads(filter: WorkloadFilter, page: PageRequest): Promise<WorkloadPage>;
  workloadFacets(filter: WorkloadFilter): Promise<Facets>;
  workload(id: string): Promise<WorkloadDetail | undefined>;
  findings(filter: WorkloadFilter, page: PageRequest): Promise<FindingPage>;
  images(filter: ImageFilter, page: PageRequest): Promise<ImagePage>;
  imageFacets(filter: ImageFilter): Promise<Facets>;
  image(digest: string): Promise<ImageDetail | undefined>;
  clusters(): Promise<readonly ClusterRow[]>;
  registries(): Promise<readonly RegistryRow[]>;
  registry(host: string): Promise<RegistryDetail | undefined>;
  published(filter: PublishedFilter, page: PageRequest): Promise<PublishedPage>;
  sources(): Promise<readonly SourceRow[]>;
  scans(limit: number): Promise<readonly ScanRow[]>;
  /** The words of every facet of the top bar: clusters, namespaces, teams. */
  scopes(): Promise<Facets>;
  search(text: string, limit: number): Promise<SearchResult>;
  /** Images verified by each authority name. */
  authorityUse(): Promise<ReadonlyMap<string, number>>;
  /** Every row of the filter in list order, in batches; no row is left out or doubled. */
  allWorkloads(filter: WorkloadFilter): AsyncIterable<readonly WorkloadRow[]>;
  allFindings(filter: WorkloadFilter): AsyncIterable<readonly FindingRow[]>;
  /** Every container of every workload of the filter. */
  allContainers(filter: WorkloadFilter): AsyncIterable<readonly ContainerListRow[]>;
  allImages(filter: ImageFilter): AsyncIterable<readonly ImageRow[]>;
  allPublished(filter: PublishedFilter): AsyncIterable<readonly PublishedTag[]>;
}

/** The database: one of PGlite and PostgreSQL behind the same SQL. */
export interface Store extends ScanStore, ReadStore, ReviewStore {
  readonly kind: 'embedded' | 'postgresql';
  readonly location: string;
  /** Notifies every process on this database. */
  publish(channel: string, payload: string): Promise<void>;
  subscribe(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>;
  /** Answers within a second or throws. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
