import { sql } from 'kysely';
import { parseSearch, type SearchTerm } from '#lib/contract/search.ts';
import type { WorkloadFilter } from '#lib/contract/workloads.ts';
import type { ContainerClass, FindingClass } from './container-class.ts';
import type { Sql } from './database.ts';

/** Facets that are columns of a workload. */
export const placeFacets = ['cluster', 'namespace', 'team', 'kind'] as const;
export type PlaceFacet = (typeof placeFacets)[number];
/** Facets that a container decides. */
export const classFacets = [
  'status',
  'reason',
  'pin',
  'finding',
  'containerKind',
  'severity',
] as const;
export type ClassFacet = (typeof classFacets)[number];

/** A filter without any condition, for parts of the fleet. */
export const noFilter: WorkloadFilter = {
  cluster: [],
  namespace: [],
  team: [],
  status: [],
  finding: [],
  reason: [],
  pin: [],
  registry: [],
  kind: [],
  containerKind: [],
  severity: [],
  sort: 'attention',
  order: 'asc',
};

/** All of them; true when there is none. */
export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;

/** The LIKE pattern of a search pattern: `*` is any text; without one it may stand anywhere. */
export function likePattern(pattern: string): string {
  const escaped = pattern.replace(/[\\%_]/g, '\\$&');
  return escaped.includes('*') ? escaped.replaceAll('*', '%') : `%${escaped}%`;
}

/** Conditions on `w` (workload), all filters but those of containers; one facet may be left out. */
export function placeCondition(filter: WorkloadFilter, except?: PlaceFacet): Sql {
  const conditions: Sql[] = [];
  for (const facet of placeFacets)
    if (facet !== except && filter[facet].length > 0)
      conditions.push(sql`w.${sql.ref(facet)} = any(${filter[facet]}::text[])`);
  const { words, terms } = parseSearch(filter.q ?? '');
  for (const word of words) conditions.push(sql`w.search like ${likePattern(`*${word}*`)}`);
  return all([...conditions, ...placeTerms(terms)]);
}

/** Conditions on `w` by the terms that name a workload or its place. */
export const placeTerms = (terms: readonly SearchTerm[]): readonly Sql[] =>
  terms
    .filter(({ key }) => key === 'name' || placeFacets.some((facet) => facet === key))
    .map(({ key, pattern }) => sql`lower(w.${sql.ref(key)}) like ${likePattern(pattern)}`);

/** True when the filter asks anything that {@link placeCondition} tests. */
export function asksPlace(filter: WorkloadFilter): boolean {
  const { words, terms } = parseSearch(filter.q ?? '');
  const chosen = placeFacets.some((facet) => filter[facet].length > 0);
  return chosen || words.length > 0 || placeTerms(terms).length > 0;
}

/** Conditions on `u` (image_use) that a class does not hold: registry, digest, image and signer. */
export function containerCondition(filter: WorkloadFilter): Sql | undefined {
  const conditions: Sql[] = [];
  if (filter.registry.length > 0)
    conditions.push(sql`u.registry = any(${filter.registry}::text[])`);
  if (filter.digest !== undefined && filter.digest !== '')
    conditions.push(ofImages(sql`i.digest = ${filter.digest}`));
  for (const term of parseSearch(filter.q ?? '').terms) {
    const condition = termCondition(term);
    if (condition !== undefined) conditions.push(condition);
  }
  return conditions.length === 0 ? undefined : all(conditions);
}

function termCondition({ key, pattern }: SearchTerm): Sql | undefined {
  const like = likePattern(pattern);
  switch (key) {
    case 'digest':
      return ofImages(sql`i.digest like ${like}`);
    case 'signer':
      return ofImages(sql`lower(i.signer) like ${like}`);
    case 'registry':
      return sql`u.registry like ${like}`;
    case 'image':
      return sql`(lower(u.declared) like ${like} or u.registry || '/' || u.repository like ${like})`;
    default:
      return;
  }
}

/** Containers of images that meet these conditions on `i`: by index, there are few such images. */
const ofImages = (condition: Sql): Sql => sql`u.id in (
  select x.id from image_use as x
    where x.image_id = any(array(select i.id from image as i where ${condition}))
  union all select x.id from image_use as x
    where x.other_image_id = any(array(select i.id from image as i where ${condition})))`;

const allows = <T>(list: readonly T[], value: T): boolean =>
  list.length === 0 || list.includes(value);

/** True when the filter asks anything of a container's class. */
export function asksClass(filter: WorkloadFilter): boolean {
  return classFacets.some((facet) => filter[facet].length > 0) || filter.activity !== undefined;
}

/** Decides whether a container of a class is meant by the filter. */
export function classMatcher(filter: WorkloadFilter): (facts: ContainerClass) => boolean {
  return (facts) =>
    allows(filter.status, facts.status) &&
    allows(filter.pin, facts.pin) &&
    allows(filter.containerKind, facts.kind) &&
    (filter.activity === undefined || facts.running === (filter.activity === 'running')) &&
    matchesFindings(filter, facts);
}

/** A reason alone may be that of the status or of a finding; beside kind or severity it is the finding's. */
function matchesFindings(filter: WorkloadFilter, facts: ContainerClass): boolean {
  const { finding, severity, reason } = filter;
  if (finding.length > 0 || severity.length > 0)
    return facts.findings.some((item) => findingMatches(filter, item));
  if (reason.length === 0) return true;
  return (
    (facts.reason !== null && reason.includes(facts.reason)) ||
    facts.findings.some((item) => reason.includes(item.reason))
  );
}

/** Whether a finding has the kind, severity and reason that the filter asks for. */
export const findingMatches = (filter: WorkloadFilter, item: FindingClass): boolean =>
  allows(filter.finding, item.kind) &&
  allows(filter.severity, item.severity) &&
  allows(filter.reason, item.reason);

/** The values of a facet for which a container of this class is found, other filters as they are. */
export function classValues(
  facet: ClassFacet,
  facts: ContainerClass,
  filter: WorkloadFilter,
): readonly string[] {
  const findings = facts.findings.filter((item) =>
    findingMatches({ ...filter, [facet]: [] }, item),
  );
  switch (facet) {
    case 'status':
      return [facts.status];
    case 'pin':
      return [facts.pin];
    case 'containerKind':
      return [facts.kind];
    case 'finding':
      return findings.map(({ kind }) => kind);
    case 'severity':
      return findings.map(({ severity }) => severity);
    case 'reason': {
      const own = filter.finding.length + filter.severity.length === 0 ? facts.reason : null;
      return [...(own === null ? [] : [own]), ...findings.map(({ reason }) => reason)];
    }
  }
}
