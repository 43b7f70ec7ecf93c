import type { ObjectHead, TextMap } from '#lib/policy/object.ts';

/**
 * Names of labels and annotations that say who answers for an object, and until when it is to stand,
 * best first; a prefix before a slash does not matter, nor do case and the sign between words.
 */
export const ownerKeys = [
  'owner',
  'owners',
  'ownedby',
  'team',
  'contact',
  'responsible',
  'maintainer',
  'requestedby',
] as const;
export const expiryKeys = [
  'expires',
  'expiresat',
  'expireson',
  'expiry',
  'expirydate',
  'expiration',
  'expirationdate',
  'validuntil',
  'until',
  'enddate',
] as const;

/** Who answers for an object and until when it is to stand, as far as it says so itself. */
export interface Ownership {
  readonly owner?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  readonly createdAt?: string;
}

/** Reads labels, annotations and further texts of an object, in this order. */
export function ownershipOf(
  { labels, annotations, createdAt }: Pick<ObjectHead, 'labels' | 'annotations' | 'createdAt'>,
  more: TextMap = {},
): Ownership {
  const texts = [labels, annotations, more].map(normalised);
  const first = (keys: readonly string[]): string | undefined =>
    keys.flatMap((key) => texts.flatMap((one) => one.get(key) ?? [])).find((text) => text !== '');
  const owner = first(ownerKeys);
  const expiresAt = expiryKeys
    .flatMap((key) => texts.flatMap((one) => one.get(key) ?? []))
    .map(instantOf)
    .find((at) => at !== undefined);
  return {
    ...(owner !== undefined && { owner: owner.slice(0, 200) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(createdAt !== undefined && { createdAt }),
  };
}

const normalised = (texts: TextMap): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(texts).map(([key, value]) => [
      key
        .slice(key.lastIndexOf('/') + 1)
        .toLowerCase()
        .replaceAll(/[-_.]/g, ''),
      value.trim(),
    ]),
  );

/** A day lasts to its end (UTC). Labels cannot hold colons, so `20261231` and `2026-12-31` are common. */
export function instantOf(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text) ?? [];
  const written = year === undefined ? text : `${year}-${month}-${day}T23:59:59Z`;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(written)) return undefined;
  const time = Date.parse(written);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
