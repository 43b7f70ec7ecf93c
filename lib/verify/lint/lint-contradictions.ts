import type { Authority, TrustedKey } from '#lib/model/authority.ts';
import type { AuthorityFinding } from '#lib/model/authority-findings.ts';
import { globsOverlap } from './glob-overlap.ts';

/**
 * Pairs of authorities that believe the same signer about some image and ask for different things. Any
 * authority suffices, so what the stricter one demands is not demanded at all.
 */
export function lintContradictions(authorities: readonly Authority[]): readonly AuthorityFinding[] {
  return authorities.flatMap((authority, index) =>
    authorities.slice(index + 1).flatMap((other) => {
      const [strict, lax, why] = differ(authority, other) ?? [];
      if (!strict || !lax || !shareImages(strict, lax)) return [];
      return [
        {
          code: 'authorities-contradict',
          about: { kind: 'authority', name: strict.name } as const,
          where: 'images',
          detail: `${lax.name} ${why} for images of both`,
        } as const,
      ];
    }),
  );
}

const shareImages = (one: Authority, other: Authority): boolean =>
  one.images.some((glob) => other.images.some((that) => globsOverlap(glob, that)));

type Difference = readonly [strict: Authority, lax: Authority, why: string];

function differ(one: Authority, other: Authority): Difference | undefined {
  if (one.kind === 'key' && other.kind === 'key')
    return firstOf(one, other, laxerKeys) ?? logsDiffer(one, other, shareKey(one.keys, other.keys));
  if (one.kind === 'keyless' && other.kind === 'keyless') {
    if (one.trustRoot !== other.trustRoot) return undefined;
    const same = one.identities.some((rule) =>
      other.identities.some((that) => sameWho(rule, that)),
    );
    return firstOf(one, other, laxerIdentities) ?? logsDiffer(one, other, same);
  }
  if (one.kind === 'notation' && other.kind === 'notation') return firstOf(one, other, laxerLevel);
  return undefined;
}

/** Looks for a demand of either that the other drops. */
function firstOf<A extends Authority>(
  one: A,
  other: A,
  laxer: (strict: A, lax: A) => string | undefined,
): Difference | undefined {
  const why = laxer(one, other);
  if (why !== undefined) return [one, other, why];
  const turned = laxer(other, one);
  return turned === undefined ? undefined : [other, one, turned];
}

type Kind<K extends Authority['kind']> = Extract<Authority, { readonly kind: K }>;

function logsDiffer<A extends Kind<'key'> | Kind<'keyless'>>(
  one: A,
  other: A,
  same: boolean,
): Difference | undefined {
  if (!same) return undefined;
  const demands = (authority: A): readonly string[] => [
    ...(authority.tlog === 'required' ? ['transparency log'] : []),
    ...(authority.kind === 'keyless' && authority.sct === 'required' ? ['certificate log'] : []),
  ];
  return firstOf<A>(one, other, (strict, lax) => {
    const missing = demands(strict).find((demand) => !demands(lax).includes(demand));
    return missing && `asks for no ${missing}`;
  });
}

const sameKey = (a: TrustedKey, b: TrustedKey): boolean => {
  const textOf = ({ pem, reference }: TrustedKey) => reference ?? pem.replaceAll(/\s/g, '');
  return textOf(a) === textOf(b);
};

const shareKey = (some: readonly TrustedKey[], others: readonly TrustedKey[]): boolean =>
  some.some((key) => others.some((that) => sameKey(key, that)));

function laxerKeys(strict: Kind<'key'>, lax: Kind<'key'>): string | undefined {
  for (const key of strict.keys)
    for (const that of lax.keys.filter((candidate) => sameKey(key, candidate))) {
      if (key.revokedFrom !== undefined && that.revokedFrom === undefined)
        return 'does not know that the key is revoked';
      if (endOf(that) > endOf(key)) return 'lets the key count for longer';
    }
  return undefined;
}

const endOf = ({ validUntil }: TrustedKey): number =>
  validUntil === undefined ? Infinity : Date.parse(validUntil);

type Identity = Kind<'keyless'>['identities'][number];

const sameWho = (a: Identity, b: Identity): boolean =>
  JSON.stringify([a.subject, a.issuer]) === JSON.stringify([b.subject, b.issuer]);

function laxerIdentities(strict: Kind<'keyless'>, lax: Kind<'keyless'>): string | undefined {
  for (const rule of strict.identities) {
    const claims = Object.keys(rule.claims ?? {});
    const that = lax.identities.find((candidate) => sameWho(rule, candidate));
    const dropped = that && claims.find((name) => !Object.hasOwn(that.claims ?? {}, name));
    if (dropped) return `does not ask for the claim ${dropped}`;
  }
  return undefined;
}

function laxerLevel(strict: Kind<'notation'>, lax: Kind<'notation'>): string | undefined {
  const shared = strict.trustStores.ca.some((pem) => lax.trustStores.ca.includes(pem));
  const enforced = (authority: Kind<'notation'>) =>
    Object.values(authority.enforcement).filter((action) => action === 'enforce').length;
  return shared && enforced(lax) < enforced(strict)
    ? `enforces less (level ${lax.level})`
    : undefined;
}
