import type { Authority, IdentityRule, TextRule } from '#lib/model/authority.ts';
import { notationLevels } from '#lib/model/notation-policy.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import {
  coveringGlob,
  searchRule,
  type TranslatedRule,
  wildcardRule,
} from '#lib/policy/patterns.ts';
import {
  isCertificate,
  keyOfCertificate,
  publicKeysIn,
  trustedHash,
} from '#lib/policy/public-keys.ts';
import type { AttestorNode, AttestorTree, VerificationRule } from './attestors.ts';
import type { AttestorEntry } from './schema.ts';

/** How an attestor is called where it is used; unique in its cluster. */
export const attestorName = (policy: ObjectReference, label: string): string =>
  [policy.kind, policy.namespace, policy.name, label].filter(Boolean).join('/');

/** The entries of sets of attestors, nested ones too. */
export const entriesOf = (
  sets: readonly AttestorTree[],
): readonly Extract<AttestorNode, { kind: 'entry' }>[] =>
  sets.flatMap(({ entries }) =>
    entries.flatMap((node) => (node.kind === 'entry' ? [node] : entriesOf([node.set]))),
  );

/** Authorities of a rule in our words, and what of them has none. Fingerprints are left to the verifier. */
export function translateVerification(
  policy: ObjectReference,
  rule: VerificationRule,
): { readonly authorities: readonly Authority[]; readonly unevaluated: readonly string[] } {
  const unevaluated: string[] = [];
  const images = [...new Set(rule.spec.imageReferences.map(coveringGlob))];
  const sets = [...rule.attestors, ...rule.attestations.flatMap(({ attestors }) => attestors)];
  const authorities = entriesOf(sets).flatMap(({ label, entry }): readonly Authority[] => {
    const tell = (why: string) => unevaluated.push(`${label}: ${why}`);
    const annotations = entry.annotations ?? rule.spec.annotations;
    const named = {
      name: attestorName(policy, label),
      source: { kind: 'policy', cluster: policy.cluster, policy: policy.name },
      images,
      fingerprint: '',
      ...(annotations && { annotations }),
    } as const;
    if (rule.spec.type === 'Notary') return notationOf(named, entry, tell);
    return [...keyOf(named, entry, tell), ...keylessOf(named, entry, rule.spec.roots, tell)];
  });
  for (const { type, hasConditions } of rule.attestations)
    if (hasConditions)
      unevaluated.push(`${rule.path}: conditions on the attestation ${type} in JMESPath`);
  if (rule.spec.validate?.deny !== undefined)
    unevaluated.push(`${rule.path}.validate.deny: conditions in JMESPath`);
  return { authorities, unevaluated };
}

type Named = Pick<Authority, 'name' | 'source' | 'images' | 'fingerprint'>;

function notationOf(
  named: Named,
  { certificates }: AttestorEntry,
  tell: (why: string) => void,
): readonly Authority[] {
  const ca = [certificates?.cert, certificates?.certChain].flatMap((pem) => (pem ? [pem] : []));
  // A variable in one of them is not known here, and without it "not verified" would be no finding.
  if (ca.length === 0 || !ca.every(isCertificate)) {
    tell('its certificates do not stand in the policy');
    return [];
  }
  return [
    {
      ...named,
      kind: 'notation',
      level: 'strict',
      enforcement: notationLevels.strict,
      verifyTimestamp: 'always',
      trustedIdentities: ['*'],
      scopes: ['*'],
      scopesElsewhere: [],
      trustStores: { ca, signingAuthority: [], tsa: [] },
    },
  ];
}

function keyOf(
  named: Named,
  entry: AttestorEntry,
  tell: (why: string) => void,
): readonly Authority[] {
  const { keys, certificates } = entry;
  const demands = keys ?? certificates;
  if (demands === undefined) return [];
  const pem = pemsOf(entry);
  const reference = keyReference(entry);
  if (reference !== undefined) tell(`the key lies at ${reference}`);
  if (pem.length === 0 && reference === undefined) {
    tell('the certificates are not evaluated');
    return [];
  }
  const tlog = demands.rekor?.ignoreTlog ? 'ignored' : 'required';
  tellMaterial(demands, tell);
  const hash = trustedHash(hashNameOf(entry));
  if (hash.hash === undefined) tell(`the hash ${hashNameOf(entry)}`);
  return [
    {
      ...named,
      kind: 'key',
      keys:
        reference === undefined
          ? pem.map((one) => ({ pem: one, ...hash }))
          : [{ pem: '', reference, ...hash }],
      tlog,
      ...(tlog === 'required' && { trustRoot: 'public-good' }),
    },
  ];
}

/** The hash with which Kyverno tries the key of an entry, which is the only one that it tries. */
export const hashNameOf = ({ keys, signatureAlgorithm }: AttestorEntry): string =>
  (keys ? keys.signatureAlgorithm : signatureAlgorithm) || 'sha256';

/** The public keys that stand in an entry itself. */
export function pemsOf({ keys, certificates }: AttestorEntry): readonly string[] {
  if (keys) return publicKeysIn(keys.publicKeys ?? '');
  return certificates?.cert ? [keyOfCertificate(certificates.cert) ?? []].flat() : [];
}

/** Where the key of an entry lies, if not in it: a secret, a KMS, a variable. */
export function keyReference({ keys }: AttestorEntry): string | undefined {
  if (keys === undefined || publicKeysIn(keys.publicKeys ?? '').length > 0) return undefined;
  const { publicKeys, kms, secret } = keys;
  if (publicKeys) return publicKeys.trim();
  return secret ? `k8s://${secret.namespace ?? ''}/${secret.name ?? ''}` : kms;
}

type Material = Pick<NonNullable<AttestorEntry['keyless']>, 'rekor' | 'ctlog'>;

/** Logs and timestamp authorities of its own: their signatures are not what ours are about. */
export function ownMaterial({ rekor, ctlog }: Material): readonly string[] {
  return [
    ...(rekor?.pubkey ? ['a transparency log of its own'] : []),
    ...(ctlog?.pubkey ? ['a certificate log of its own'] : []),
    ...(ctlog?.tsaCertChain ? ['a timestamp authority of its own'] : []),
  ];
}

const tellMaterial = (material: Material, tell: (why: string) => void): void => {
  for (const one of ownMaterial(material)) tell(one);
};

function keylessOf(
  named: Named,
  { keyless }: AttestorEntry,
  roots: string | undefined,
  tell: (why: string) => void,
): readonly Authority[] {
  if (keyless === undefined) return [];
  tellMaterial(keyless, tell);
  if (keyless.roots || roots) {
    tell('root certificates of its own');
    return [];
  }
  const identity = identityOf(keyless, tell);
  if (identity === undefined) return [];
  return [
    {
      ...named,
      kind: 'keyless',
      identities: identity,
      trustRoot: 'public-good',
      tlog: keyless.rekor?.ignoreTlog ? 'ignored' : 'required',
      sct: keyless.ctlog?.ignoreSCT ? 'ignored' : 'required',
    },
  ];
}

const anything: TextRule = { kind: 'pattern', pattern: '(?s:.+)' };

/** Either form of a subject will do; of an issuer both must, which one rule of ours cannot say. */
function identityOf(
  keyless: NonNullable<AttestorEntry['keyless']>,
  tell: (why: string) => void,
): readonly IdentityRule[] | undefined {
  const { issuer, issuerRegExp, subject, subjectRegExp, additionalExtensions } = keyless;
  if (additionalExtensions) tell('extensions of certificates');
  if (issuer && issuerRegExp) tell('an issuer by wildcard and by pattern at once');
  const read = (wildcard: string | undefined, expression: string | undefined) => [
    ...(wildcard ? [wildcardRule(wildcard)] : []),
    ...(expression ? [searchRule(expression)] : []),
  ];
  const rules = (given: readonly TranslatedRule[]): readonly TextRule[] => {
    for (const one of given) if (one.kind === 'none') tell(one.why);
    const translated = given.flatMap((one) => (one.kind === 'rule' ? [one.rule] : []));
    // With one of several left out, "not verified" would be no finding.
    return translated.length === given.length ? translated : [];
  };
  const subjects = read(subject, subjectRegExp);
  const issuers = read(issuer, issuerRegExp).slice(0, 1);
  const who = subjects.length === 0 ? [anything] : rules(subjects);
  const by = issuers.length === 0 ? [anything] : rules(issuers);
  const identities = who.flatMap((one) => by.map((two) => ({ subject: one, issuer: two })));
  return identities.length > 0 ? identities : undefined;
}
