import type { Settings } from '#lib/contract/overview.ts';
import type { Authority, IdentityRule, IssuerRule, TrustedKey } from '#lib/model/authority.ts';

type AuthorityRow = Settings['authorities'][number];

/** One authority as the settings show it; `verifiedImages` is how many it proves. */
export const authorityRow = (authority: Authority, verifiedImages: number): AuthorityRow => ({
  name: authority.name,
  kind: authority.kind,
  images: [...authority.images],
  trusts: trusts(authority),
  trustRoot: 'trustRoot' in authority ? (authority.trustRoot ?? null) : null,
  demands: demandsOf(authority),
  source: authority.source.kind,
  preset: presetOf(authority),
  fingerprint: authority.fingerprint,
  verifiedImages,
});

function presetOf({ source }: Authority): AuthorityRow['preset'] {
  if (source.kind !== 'preset') return null;
  const { name, documents, readOn, unconfirmed } = source;
  return {
    name,
    documents: [...documents],
    readOn,
    confirmed: unconfirmed.length === 0,
    unconfirmed: [...unconfirmed],
  };
}

function demandsOf(authority: Authority): string[] {
  const { annotations = {}, attestations = [] } = authority;
  return [
    ...('tlog' in authority ? [`transparency log ${authority.tlog}`] : []),
    ...('sct' in authority ? [`certificate log ${authority.sct}`] : []),
    ...Object.entries(annotations).map(([name, value]) => `annotation ${name}=${value}`),
    ...attestations.map(({ predicateType }) => `attestation ${predicateType}`),
  ];
}

function trusts(authority: Authority): string[] {
  switch (authority.kind) {
    case 'key':
      return authority.keys.map(keyText);
    case 'keyless':
      return authority.identities.map(identityText);
    case 'notation': {
      const { level, scopes, trustedIdentities } = authority;
      return [`Notation level ${level} for ${scopes.join(', ')}`, ...trustedIdentities];
    }
    case 'content-trust': {
      const { rootKeys, delegations } = authority;
      const roles = delegations.length > 0 ? delegations.join(', ') : 'the roles that docker asks';
      return [`${rootKeys.length} pinned root keys of Docker Content Trust, for ${roles}`];
    }
  }
}

const keyText = ({ reference, validFrom, validUntil, revokedFrom }: TrustedKey, index: number) =>
  [
    reference ?? `public key ${index + 1}`,
    validFrom && `from ${validFrom}`,
    validUntil && `until ${validUntil}`,
    revokedFrom && `revoked from ${revokedFrom}`,
  ]
    .filter(Boolean)
    .join(' ');

function identityText({ subject, subjectKind, issuer, claims = {} }: IdentityRule): string {
  const kind = subjectKind === undefined ? '' : `${subjectKind} `;
  const asked = Object.entries(claims).map(([name, rule]) => `${name} ${ruleText(rule)}`);
  const where = asked.length === 0 ? '' : `, where ${asked.join(' and ')}`;
  return `${kind}${ruleText(subject)} issued by ${ruleText(issuer)}${where}`;
}

function ruleText(rule: IssuerRule): string {
  if (rule.kind === 'none') return 'nobody named';
  return rule.kind === 'exact' ? rule.value : `/${rule.pattern}/`;
}
