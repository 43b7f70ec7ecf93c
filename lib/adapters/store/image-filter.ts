import { sql } from 'kysely';
import type { ImageFilter } from '#lib/contract/images.ts';
import { parseSearch, type SearchTerm } from '#lib/contract/search.ts';
import { rankOf } from './container-class.ts';
import type { Sql } from './database.ts';
import { all, likePattern, placeTerms } from './workload-filter.ts';

/** Facets of the image list that are filters of it; each can be left out. */
export type ImageFacet =
  | 'status'
  | 'reason'
  | 'registry'
  | 'authority'
  | 'signer'
  | 'format'
  | 'origin';

/** A container runs it, or its template names it. */
export const inUse = sql<boolean>`(exists (select from image_use as u where u.image_id = i.id)
  or i.id in (select u.other_image_id from image_use as u where u.other_image_id is not null))`;
/** A declared repository has a tag on it. */
export const isPublished = sql<boolean>`exists (select from published_tag as p where p.image_id = i.id)`;

/** Conditions on `i` (image): only images in use or published are listed, the others are history. */
export function imageCondition(filter: ImageFilter, except?: ImageFacet): Sql {
  const conditions: Sql[] = [originCondition(except === 'origin' ? [] : filter.origin)];
  const among = (column: string, values: readonly string[]) => {
    if (values.length > 0) conditions.push(sql`i.${sql.ref(column)} = any(${values}::text[])`);
  };
  if (except !== 'status' && filter.status.length > 0)
    conditions.push(sql`i.rank = any(${filter.status.map(rankOf)}::int[])`);
  for (const column of ['reason', 'registry', 'authority', 'signer'] as const)
    if (except !== column) among(column, filter[column]);
  among('repository', filter.repository);
  if (except !== 'format' && filter.format.length > 0)
    conditions.push(sql`i.formats ?| ${filter.format}::text[]`);
  const { words, terms } = parseSearch(filter.q ?? '');
  for (const word of words) conditions.push(wordCondition(word));
  for (const term of terms) conditions.push(...termConditions(term));
  const places = placesOf(filter, terms);
  if (places.length > 0) conditions.push(usedIn(all(places)));
  return all(conditions);
}

function originCondition(origin: ImageFilter['origin']): Sql {
  if (origin.length === 1) return origin[0] === 'running' ? inUse : isPublished;
  return sql`(${inUse} or ${isPublished})`;
}

function wordCondition(word: string): Sql {
  const like = likePattern(`*${word}*`);
  return sql`(i.registry || '/' || i.repository || '@' || i.digest like ${like} or lower(i.signer) like ${like})`;
}

function termConditions({ key, pattern }: SearchTerm): readonly Sql[] {
  const like = likePattern(pattern);
  switch (key) {
    case 'image':
      return [sql`i.registry || '/' || i.repository like ${like}`];
    case 'registry':
    case 'digest':
      return [sql`i.${sql.ref(key)} like ${like}`];
    case 'signer':
      return [sql`lower(i.signer) like ${like}`];
    default:
      return [];
  }
}

function placesOf(filter: ImageFilter, terms: readonly SearchTerm[]): readonly Sql[] {
  const conditions = [...placeTerms(terms)];
  for (const place of ['cluster', 'namespace', 'team'] as const)
    if (filter[place].length > 0)
      conditions.push(sql`w.${sql.ref(place)} = any(${filter[place]}::text[])`);
  return conditions;
}

/** Used by a workload that meets these conditions on `w`. */
export const usedIn = (places: Sql): Sql => sql`i.id in (
  select u.image_id from image_use as u join workload as w on w.id = u.workload_id
    where u.image_id is not null and ${places}
  union all select u.other_image_id from image_use as u join workload as w on w.id = u.workload_id
    where u.other_image_id is not null and ${places})`;
