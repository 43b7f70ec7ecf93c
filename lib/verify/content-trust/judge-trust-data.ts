import type { Digest } from '#lib/model/digest.ts';
import { decodeBase64 } from '#lib/verify/base64.ts';
import { invalid, isRefusal, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import type { OpenedRole, OpenedTrustData } from './open-trust-data.ts';
import type { FileMeta } from './role-schema.ts';
import type { RootKeyMatcher } from './root-key-pin.ts';
import type { TrustKey } from './trust-key.ts';

/** What is asked of trust data: does it name this digest, and may it? */
export interface TrustDataQuestion {
  readonly digest: Digest;
  /** Bytes of the manifest, where they are known. */
  readonly size?: number;
  /** Tags under which the digest was asked for; empty: any tag will do. */
  readonly tags: readonly string[];
  /** Whether a root key was pinned; absent: any root is believed, and it is said so. */
  readonly isPinned?: RootKeyMatcher;
  /** Roles that must all name the digest; empty: those that docker asks. */
  readonly delegations: readonly string[];
  readonly now: Date;
}

/** What trust data comes to for one digest. */
export interface TrustDataAnswer {
  /** Absent when the digest is signed. */
  readonly refusal?: Refusal;
  /** Every tag that names the digest, whatever the roles are worth. */
  readonly tags: readonly { readonly tag: string; readonly roles: readonly string[] }[];
  /** The root key that counted. */
  readonly rootKey?: TrustKey;
  /** Tags that count, once nothing is refused. */
  readonly signedTags: readonly string[];
  /** Roles that had to name it. */
  readonly roles: readonly string[];
  /** When the first of all these lapses, in milliseconds. */
  readonly expires: number;
}

/** The delegation that `docker trust sign` writes, and asks before anything else. */
const releases = 'targets/releases';

/**
 * Judges a digest by trust data that holds: root keys, expiry, roles and tags. Docker asks
 * `targets/releases`, and `targets` where no such delegation was published; what lies only in
 * `targets` beside a published delegation is refused and never fallen back on.
 */
export function judgeTrustData(
  data: OpenedTrustData,
  question: TrustDataQuestion,
): TrustDataAnswer {
  const roles = demandedRoles(data, question);
  const found = tagsOf(data, question.digest);
  const about = { tags: found, roles, expires: firstExpiry(data, roles) };
  const refused = (refusal: Refusal): TrustDataAnswer => ({ ...about, refusal, signedTags: [] });
  const rootKey = countedRootKey(data, question);
  if (isRefusal(rootKey)) return refused(rootKey);
  const lapsed = checkExpiry(data, roles, question.now);
  if (lapsed) return { ...refused(lapsed), rootKey };
  const signedTags = signedTagsOf(data, roles, question, found);
  if (isRefusal(signedTags)) return { ...refused(signedTags), rootKey };
  return { ...about, rootKey, signedTags };
}

function demandedRoles(
  { roles }: OpenedTrustData,
  { delegations }: TrustDataQuestion,
): readonly string[] {
  if (delegations.length > 0) return delegations;
  return [roles.has(releases) ? releases : 'targets'];
}

/** A day's leeway before a certificate begins, as notary gives it. */
const leewayMs = 86_400_000;

function countedRootKey(
  { rootSigners, rootThreshold }: OpenedTrustData,
  { isPinned, now }: TrustDataQuestion,
): TrustKey | Refusal {
  const at = now.getTime();
  const current = rootSigners.filter(
    ({ certificate }) =>
      certificate !== undefined &&
      at + leewayMs >= certificate.notBefore &&
      at <= certificate.notAfter,
  );
  const [first] = current;
  if (first === undefined || current.length < rootThreshold)
    return invalid('trust-data-expired', 'the certificate of the root key has expired');
  if (isPinned === undefined) return first;
  const pinned = current.filter(isPinned);
  const [counted] = pinned;
  if (counted !== undefined && pinned.length >= rootThreshold) return counted;
  const ids = current.map(({ canonicalId }) => canonicalId).join(', ');
  return untrusted('key-not-trusted', `the root is signed by ${ids}, which is not pinned`);
}

function checkExpiry(
  { expires, roles }: OpenedTrustData,
  demanded: readonly string[],
  now: Date,
): Refusal | undefined {
  const ends: [string, number][] = [
    ...Object.entries(expires),
    ...['targets', ...demanded.flatMap(withParents)].flatMap((name): [string, number][] => {
      const role = roles.get(name);
      return role === undefined || isRefusal(role) ? [] : [[name, role.expires]];
    }),
  ];
  return ends
    .map(([name, end]) => whyLapsed(name, end, now))
    .find((refusal) => refusal !== undefined);
}

/** Why a role does not count any more; `end` in milliseconds. */
export const whyLapsed = (name: string, end: number, now: Date): Refusal | undefined =>
  end >= now.getTime()
    ? undefined
    : invalid('trust-data-expired', `${name} expired at ${new Date(end).toISOString()}`);

/** `targets/a/b` hangs on `targets/a`. */
const withParents = (role: string): string[] =>
  role.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));

function firstExpiry({ expires, roles }: OpenedTrustData, demanded: readonly string[]): number {
  const ends = ['targets', ...demanded].flatMap((name) => {
    const role = roles.get(name);
    return role === undefined || isRefusal(role) ? [] : [role.expires];
  });
  return Math.min(...Object.values(expires), ...ends);
}

const names = ({ hashes }: FileMeta, digest: Digest): boolean =>
  decodeBase64(hashes['sha256'] ?? '')?.toString('hex') === digest.slice('sha256:'.length);

function tagsOf({ roles }: OpenedTrustData, digest: Digest): TrustDataAnswer['tags'] {
  const found = new Map<string, string[]>();
  for (const [name, role] of roles) {
    if (isRefusal(role)) continue;
    for (const [tag, meta] of role.targets)
      if (names(meta, digest)) found.set(tag, [...(found.get(tag) ?? []), name]);
  }
  return [...found].map(([tag, where]) => ({ tag, roles: where }));
}

function signedTagsOf(
  { roles }: OpenedTrustData,
  demanded: readonly string[],
  question: TrustDataQuestion,
  found: TrustDataAnswer['tags'],
): readonly string[] | Refusal {
  const opened: (readonly [string, OpenedRole])[] = [];
  for (const name of demanded) {
    const role = roles.get(name);
    if (role === undefined)
      return untrusted('role-not-trusted', `no metadata of the role ${name} is published`);
    if (isRefusal(role)) return role;
    opened.push([name, role]);
  }
  const asked = question.tags.length > 0 ? question.tags : found.map(({ tag }) => tag);
  const outcomes = asked.map((tag) => checkTag(opened, tag, question, isNamed(roles, tag)) ?? tag);
  const signed = outcomes.filter((outcome) => typeof outcome === 'string');
  const refusal = outcomes.find((outcome) => typeof outcome !== 'string');
  // Of the tags that were asked for none may be contradicted; of those that happen to name it one is enough.
  if (refusal !== undefined && (question.tags.length > 0 || signed.length === 0)) return refusal;
  if (signed.length > 0) return signed;
  return untrusted('tag-not-signed', 'the trust data holds, and no tag in it names this digest');
}

const isNamed = (roles: OpenedTrustData['roles'], tag: string): boolean =>
  [...roles.values()].some((role) => !isRefusal(role) && role.targets.has(tag));

function checkTag(
  roles: readonly (readonly [string, OpenedRole])[],
  tag: string,
  { digest, size }: TrustDataQuestion,
  named: boolean,
): Refusal | undefined {
  const shown = JSON.stringify(tag.slice(0, 128));
  for (const [name, { targets }] of roles) {
    const meta = targets.get(tag);
    if (meta === undefined)
      return untrusted(
        named ? 'role-not-trusted' : 'tag-not-signed',
        `the role ${name} does not name the tag ${shown}`,
      );
    if (!names(meta, digest))
      return invalid('claim-digest', `${name} names another digest for the tag ${shown}`);
    if (size !== undefined && meta.length !== size)
      return invalid(
        'claim-digest',
        `${name} names ${meta.length} bytes for the tag ${shown}, and the manifest has ${size}`,
      );
  }
  return undefined;
}
