import type { Authority, IdentityRule, TrustedKey } from '#lib/model/authority.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import { coveringGlob, exactRule, searchRule } from '#lib/policy/patterns.ts';
import { trustedHash } from '#lib/policy/public-keys.ts';
import { hashNameOf, keyIn } from './key-reference.ts';
import type { CipAuthority, CipIdentity, CipKey, ClusterImagePolicySpec } from './schema.ts';

/** Authorities of a policy in our words, and what of them has none. */
export interface TranslatedAuthorities {
  readonly authorities: readonly Authority[];
  readonly unevaluated: readonly string[];
}

/** How an authority of a ClusterImagePolicy is called where it is used; unique in its cluster. */
export const cipAuthorityName = (policy: ObjectReference, authority: string): string =>
  `ClusterImagePolicy/${policy.name}/${authority}`;

/** How the domain of a TrustRoot object is called where it is used. */
export const trustRootName = (cluster: string, name: string): string =>
  `TrustRoot/${cluster}/${name}`;

/** The engine's own name of an authority: the one written, or by its place. */
export const authorityLabel = ({ name }: CipAuthority, index: number): string =>
  name || `authority-${index}`;

/**
 * Translates the authorities of a ClusterImagePolicy. Their fingerprints are left empty: the verifier
 * that uses them computes them. Secrets and keys of a KMS become references without a key.
 */
export function translateAuthorities(
  policy: ObjectReference,
  spec: ClusterImagePolicySpec,
): TranslatedAuthorities {
  const images = [...new Set(spec.images.map(({ glob }) => coveringGlob(glob)))];
  const unevaluated: string[] = [];
  const authorities = spec.authorities.flatMap((authority, index): Authority[] => {
    const label = authorityLabel(authority, index);
    const tell = (why: string) => unevaluated.push(`${label}: ${why}`);
    tellDemands(authority, tell);
    const { attestations } = authority;
    const named = {
      name: cipAuthorityName(policy, label),
      source: { kind: 'policy', cluster: policy.cluster, policy: policy.name },
      images,
      fingerprint: '',
      ...(attestations.length > 0 && {
        attestations: attestations.map(({ predicateType }) => ({
          predicateType: predicateTypeOf(predicateType),
        })),
      }),
    } as const;
    if (authority.key)
      return [
        {
          ...named,
          kind: 'key',
          keys: keysOf(authority.key, tell),
          ...logOf(policy, authority, 'ignored'),
        },
      ];
    if (authority.keyless === undefined) return [];
    const identities = authority.keyless.identities.flatMap((one) => identityOf(one, tell));
    // With one of several identities left out, "not verified" would be no finding.
    const isWhole = identities.length === authority.keyless.identities.length;
    if (identities.length === 0 || !isWhole || authority.keyless['ca-cert'] !== undefined)
      return [];
    const { trustRootRef, insecureIgnoreSCT } = authority.keyless;
    return [
      {
        ...named,
        kind: 'keyless',
        identities,
        trustRoot: trustRootRef ? trustRootName(policy.cluster, trustRootRef) : 'public-good',
        sct: insecureIgnoreSCT ? 'ignored' : 'required',
        tlog: logOf(policy, authority, 'required').tlog,
      },
    ];
  });
  if (spec.policy) unevaluated.push(`spec.policy: a condition in ${spec.policy.type}`);
  return { authorities, unevaluated };
}

function tellDemands(authority: CipAuthority, tell: (why: string) => void): void {
  for (const { name, policy } of authority.attestations)
    if (policy) tell(`attestation ${name}: a condition in ${policy.type}`);
  if (authority.keyless?.['ca-cert']) tell('a CA certificate of its own');
  if (authority.source[0]?.tagPrefix) tell(`the tag prefix ${authority.source[0].tagPrefix}`);
  if (authority.rfc3161timestamp) tell('a timestamp is demanded in place of a log');
  if (authority.signatureFormat === 'bundle' && authority.attestations.length === 0)
    tell('the engine verifies no signatures in bundles, attestations only');
}

function keysOf(key: CipKey, tell: (why: string) => void): readonly TrustedKey[] {
  const name = hashNameOf(key);
  const hash = trustedHash(name);
  if (hash.hash === undefined) tell(`the hash ${name}`);
  if (key.data) return keyIn(key.data).map((pem) => ({ pem, ...hash }));
  const reference =
    key.kms ?? `k8s://${key.secretRef?.namespace ?? 'cosign-system'}/${key.secretRef?.name ?? ''}`;
  tell(`the key lies at ${reference}`);
  return [{ pem: '', reference, ...hash }];
}

/** A timestamp takes the place of the log; a log is asked where one is named, or by default. */
function logOf(
  { cluster }: ObjectReference,
  { ctlog, rfc3161timestamp }: CipAuthority,
  byDefault: 'required' | 'ignored',
): { readonly tlog: 'required' | 'ignored'; readonly trustRoot?: string } {
  if (rfc3161timestamp?.trustRootRef) return { tlog: 'ignored' };
  if (ctlog === undefined) return { tlog: byDefault };
  const { trustRootRef } = ctlog;
  return {
    tlog: 'required',
    trustRoot: trustRootRef ? trustRootName(cluster, trustRootRef) : 'public-good',
  };
}

function identityOf(identity: CipIdentity, tell: (why: string) => void): readonly IdentityRule[] {
  const { issuer, issuerRegExp, subject, subjectRegExp } = identity;
  const [by, who] = [
    issuerRegExp ? searchRule(issuerRegExp) : exactRule(issuer ?? ''),
    subjectRegExp ? searchRule(subjectRegExp) : exactRule(subject ?? ''),
  ];
  for (const one of [by, who]) if (one.kind === 'none') tell(one.why);
  return by.kind === 'rule' && who.kind === 'rule' ? [{ issuer: by.rule, subject: who.rule }] : [];
}

const shortTypes: ReadonlyMap<string, string> = new Map([
  ['custom', 'https://cosign.sigstore.dev/attestation/v1'],
  ['slsaprovenance', 'https://slsa.dev/provenance/v0.2'],
  ['spdx', 'https://spdx.dev/Document'],
  ['spdxjson', 'https://spdx.dev/Document'],
  ['cyclonedx', 'https://cyclonedx.org/bom'],
  ['link', 'https://in-toto.io/Link/v1'],
  ['vuln', 'https://cosign.sigstore.dev/attestation/vuln/v1'],
]);

/** A predicate type by its URI; the short names of cosign stand for those. */
export const predicateTypeOf = (type: string): string => shortTypes.get(type) ?? type;
