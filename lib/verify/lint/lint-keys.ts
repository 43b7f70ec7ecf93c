import type { Authority, TrustedKey } from '#lib/model/authority.ts';
import type { AuthorityFinding, WeaknessCode } from '#lib/model/authority-findings.ts';
import { prepareTrustedKeys } from '#lib/verify/keys.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import type { TrustDomain } from '#lib/verify/trusted-root.ts';

type KeyAuthority = Extract<Authority, { readonly kind: 'key' }>;

/** What is weak about the keys of one authority. `domain` is its trust root, when it is there. */
export function lintKeys(
  authority: KeyAuthority,
  domain: TrustDomain | undefined,
  now: Date,
): readonly AuthorityFinding[] {
  const { keys } = authority;
  const finding = (code: WeaknessCode, where: string, detail: string): AuthorityFinding => ({
    code,
    about: { kind: 'authority', name: authority.name },
    where,
    detail,
  });
  const rotates = keys.length > 1 && keys.some(hasWindow);
  const past = keys.filter((key) => endOf(key) < now.getTime());
  return [
    ...keys.flatMap((key, index) => {
      const where = `key[${index}]`;
      return [
        ...weakParts(key).map((detail) => finding('key-weak', where, detail)),
        ...(past.includes(key) ? [finding('key-expired', where, endText(key))] : []),
        ...(Date.parse(key.validFrom ?? '') > now.getTime()
          ? [finding('key-not-yet-valid', where, `it counts from ${key.validFrom}`)]
          : []),
        ...(rotates && !hasWindow(key)
          ? [finding('key-without-window', where, 'it counts at any time, beside keys that do not')]
          : []),
        ...(hasWindow(key) && !provesTime(authority, domain)
          ? [finding('key-window-unprovable', where, unprovable(authority))]
          : []),
      ];
    }),
    ...(keys.length > 0 && past.length === keys.length
      ? [finding('keys-all-expired', 'key', `the last one ended at ${latestEnd(past)}`)]
      : []),
  ];
}

const hasWindow = ({ validFrom, validUntil, revokedFrom }: TrustedKey): boolean =>
  (validFrom ?? validUntil ?? revokedFrom) !== undefined;

const endOf = ({ validUntil, revokedFrom }: TrustedKey): number =>
  Math.min(
    ...[validUntil, revokedFrom].map((end) => (end === undefined ? Infinity : Date.parse(end))),
  );

const endText = ({ revokedFrom, validUntil }: TrustedKey): string =>
  revokedFrom === undefined
    ? `it counted until ${validUntil}`
    : `it is revoked from ${revokedFrom}`;

const latestEnd = (keys: readonly TrustedKey[]): string =>
  new Date(Math.max(...keys.map(endOf))).toISOString();

/** A log is one way to prove a time, a timestamp authority the other. */
const provesTime = ({ tlog }: KeyAuthority, domain: TrustDomain | undefined): boolean =>
  domain !== undefined &&
  ((tlog === 'required' && domain.logs.length > 0) || domain.timestampAuthorities.length > 0);

const unprovable = ({ trustRoot }: KeyAuthority): string =>
  trustRoot === undefined
    ? 'no trust root is named, so nothing proves when it signed'
    : `the trust root ${trustRoot} has nothing that proves when it signed`;

/** Keys that lie elsewhere are not looked at: they are read when a scan begins. */
const weakParts = (key: TrustedKey): readonly string[] =>
  key.pem === ''
    ? []
    : prepareTrustedKeys(key)
        .filter(isRefusal)
        .map(({ detail }) => detail);
