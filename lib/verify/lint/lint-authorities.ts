import type {
  Authority,
  NotationAuthority,
  SigstoreAuthority,
  TrustRoot,
} from '#lib/model/authority.ts';
import {
  type AuthorityFinding,
  gravestFirst,
  type WeaknessCode,
} from '#lib/model/authority-findings.ts';
import { readPem } from '#lib/verify/pem.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { loadTrustRoot, type TrustDomain } from '#lib/verify/trusted-root.ts';
import { lintCertificate } from './lint-certificates.ts';
import { lintContradictions } from './lint-contradictions.ts';
import { lintIdentities } from './lint-identities.ts';
import { lintImages } from './lint-images.ts';
import { lintKeys } from './lint-keys.ts';
import { lintTrustRoot } from './lint-trust-roots.ts';

/**
 * What is weaker about authorities and trust roots than their reader may think, the gravest first. No
 * verdict depends on it: a weak rule is still the operator's. Takes time linear in the rules, whatever
 * their patterns, and in pairs of authorities.
 */
export function lintAuthorities(
  authorities: readonly Authority[],
  trustRoots: readonly TrustRoot[],
  now: Date,
): readonly AuthorityFinding[] {
  const domains = new Map(trustRoots.map((root) => [root, loadTrustRoot(root)] as const));
  return gravestFirst([
    ...authorities.flatMap((authority) => [
      ...lintImages(authority),
      ...lintSource(authority),
      ...lintKind(authority, domains, now),
    ]),
    ...lintContradictions(authorities),
    ...[...domains].flatMap(([root, domain]) => lintTrustRoot(root, domain, now)),
  ]);
}

type Domains = ReadonlyMap<TrustRoot, TrustDomain | Refusal>;

const about = (authority: Authority, code: WeaknessCode, where: string, detail: string) =>
  ({ code, about: { kind: 'authority', name: authority.name }, where, detail }) as const;

const lintSource = (authority: Authority): readonly AuthorityFinding[] =>
  authority.source.kind === 'preset'
    ? authority.source.unconfirmed.map((fact) =>
        about(authority, 'preset-unconfirmed', 'preset', fact),
      )
    : [];

function lintKind(authority: Authority, domains: Domains, now: Date): readonly AuthorityFinding[] {
  switch (authority.kind) {
    case 'notation':
      return lintNotation(authority, now);
    case 'content-trust':
      return authority.rootKeys.length === 0
        ? []
        : [about(authority, 'content-trust-ends', 'rootKeys', 'its signatures count till then')];
    case 'key':
    case 'keyless':
      return lintSigstore(authority, domains, now);
  }
}

function lintSigstore(
  authority: SigstoreAuthority,
  domains: Domains,
  now: Date,
): readonly AuthorityFinding[] {
  const { trustRoot: name } = authority;
  const root = [...domains.keys()].find((candidate) => candidate.name === name);
  const loaded = root && domains.get(root);
  const domain = loaded === undefined || isRefusal(loaded) ? undefined : loaded;
  const rootKey = authority.kind === 'keyless' ? 'keyless.trustRoot' : 'trustRoot';
  const missing =
    name !== undefined && root === undefined
      ? [about(authority, 'root-missing', rootKey, `${name} could not be loaded`)]
      : [];
  return [
    ...missing,
    ...(authority.kind === 'key'
      ? lintKeys(authority, domain, now)
      : lintIdentities(authority, root?.privatePki === true)),
    ...lintLogs(authority, domain),
  ];
}

/** Logs that are there to be asked, and are not. */
function lintLogs(
  authority: SigstoreAuthority,
  domain: TrustDomain | undefined,
): readonly AuthorityFinding[] {
  if (authority.kind === 'key')
    return authority.tlog === 'ignored'
      ? [about(authority, 'tlog-ignored', 'tlog', 'signatures by the key alone count')]
      : [];
  const found: AuthorityFinding[] = [];
  if (authority.tlog === 'ignored' && domain && domain.logs.length > 0)
    found.push(about(authority, 'tlog-ignored-keyless', 'tlog', `${domain.name} has logs`));
  if (authority.sct === 'ignored' && domain && domain.certificateLogs.length > 0)
    found.push(
      about(authority, 'sct-ignored', 'keyless.sct', `${domain.name} has certificate logs`),
    );
  return found;
}

function lintNotation(authority: NotationAuthority, now: Date): readonly AuthorityFinding[] {
  const { level, enforcement, trustedIdentities, trustStores } = authority;
  if (level === 'skip')
    return [about(authority, 'notation-skip', 'notation.level', authority.scopes.join(', '))];
  return [
    ...(enforcement.authenticity === 'enforce'
      ? []
      : [
          about(
            authority,
            'notation-not-enforced',
            'notation.level',
            `level ${level} logs authenticity`,
          ),
        ]),
    ...(enforcement.revocation === 'enforce'
      ? []
      : [
          about(
            authority,
            'notation-revocation',
            'notation.revocation',
            `it is set to ${enforcement.revocation}`,
          ),
        ]),
    ...(trustedIdentities.includes('*')
      ? [about(authority, 'notation-any-identity', 'notation.trustedIdentities', 'it is *')]
      : []),
    ...Object.entries(trustStores).flatMap(([type, pems]) =>
      pems
        .flatMap((pem) => readPem(pem, 'CERTIFICATE').blocks)
        .flatMap((der) => lintCertificate(der, now, true))
        .map(([code, detail]) => about(authority, code, `notation.trustStores.${type}`, detail)),
    ),
  ];
}
