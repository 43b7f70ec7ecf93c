import type { Authority, IdentityRule, TextRule, TrustedKey } from '#lib/model/authority.ts';
import { notationLevels } from '#lib/model/notation-policy.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import { coveringGlob, exactRule, searchRule } from '#lib/policy/patterns.ts';
import {
  isCertificate,
  keyOfCertificate,
  publicKeysIn,
  trustedHash,
} from '#lib/policy/public-keys.ts';
import type { ImagePolicyAttestor, ImagePolicySpec } from './image-policy-schema.ts';
import { attestorName } from './translate.ts';

/** Attestors of an ImageValidatingPolicy in our words, and what of them has none. */
export function translateImageAttestors(
  policy: ObjectReference,
  spec: ImagePolicySpec,
): { readonly authorities: readonly Authority[]; readonly unevaluated: readonly string[] } {
  const unevaluated: string[] = [];
  const globs = spec.matchImageReferences.map(({ glob }) => (glob ? coveringGlob(glob) : '**'));
  const images = globs.length === 0 ? ['**'] : [...new Set(globs)];
  const authorities = spec.attestors.flatMap((attestor): readonly Authority[] => {
    const tell = (why: string) => unevaluated.push(`attestor ${attestor.name}: ${why}`);
    const named = {
      name: attestorName(policy, attestor.name),
      source: { kind: 'policy', cluster: policy.cluster, policy: policy.name },
      images,
      fingerprint: '',
    } as const;
    if (attestor.notary) return notaryOf(named, attestor.notary, tell);
    return attestor.cosign ? cosignOf(named, attestor.cosign, tell) : [];
  });
  return { authorities, unevaluated };
}

type Named = Pick<Authority, 'name' | 'source' | 'images' | 'fingerprint'>;
type Cosign = NonNullable<ImagePolicyAttestor['cosign']>;
type Tell = (why: string) => void;

function notaryOf(
  named: Named,
  notary: NonNullable<ImagePolicyAttestor['notary']>,
  tell: Tell,
): readonly Authority[] {
  const { certs, tsaCerts } = notary;
  if (certs?.expression || tsaCerts?.expression) tell('certificates by an expression in CEL');
  if (!certs?.value || !isCertificate(certs.value) || tsaCerts?.expression) return [];
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
      trustStores: {
        ca: [certs.value],
        signingAuthority: [],
        tsa: tsaCerts?.value ? [tsaCerts.value] : [],
      },
    },
  ];
}

function cosignOf(named: Named, cosign: Cosign, tell: Tell): readonly Authority[] {
  const { ctlog, annotations } = cosign;
  tellMaterial(cosign, tell);
  const tlog = ctlog?.insecureIgnoreTlog ? 'ignored' : 'required';
  const base = { ...named, ...(annotations && { annotations }) };
  const keys = keysOf(cosign, tell);
  if (keys.length > 0)
    return [
      {
        ...base,
        kind: 'key',
        keys,
        tlog,
        ...(tlog === 'required' && { trustRoot: 'public-good' }),
      },
    ];
  const identities = identitiesOf(cosign, tell);
  if (identities.length === 0) return [];
  const sct = ctlog?.insecureIgnoreSCT ? 'ignored' : 'required';
  return [{ ...base, kind: 'keyless', identities, trustRoot: 'public-good', tlog, sct }];
}

function keysOf({ key, certificate }: Cosign, tell: Tell): readonly TrustedKey[] {
  if (key?.expression) tell('a key by an expression in CEL');
  const name = key?.hashAlgorithm || 'sha256';
  const hash = trustedHash(name);
  if (hash.hash === undefined) tell(`the hash ${name}`);
  if (key?.kms) {
    tell(`the key lies at ${key.kms}`);
    return [{ pem: '', reference: key.kms, ...hash }];
  }
  const ofCertificate = keyOfCertificate(certificate?.cert?.value ?? '');
  // Of several keys Kyverno reads the first alone.
  const pem = key?.data ? publicKeysIn(key.data)[0] : ofCertificate;
  return pem === undefined ? [] : [{ pem, ...hash }];
}

/**
 * With a trust root of its own, identities under ours would be somebody else's; and with one of several
 * left out, "not verified" would be no finding.
 */
function identitiesOf({ keyless, tuf, trustedRoot }: Cosign, tell: Tell): readonly IdentityRule[] {
  if (keyless?.roots || tuf !== undefined || trustedRoot !== undefined) return [];
  const given = keyless?.identities ?? [];
  const translated = given.flatMap((one) => identityOf(one, tell));
  return translated.length === given.length ? translated : [];
}

function tellMaterial(
  { keyless, ctlog, source, tuf, trustedRoot, certificate }: Cosign,
  tell: Tell,
): void {
  if (tuf || trustedRoot) tell('a trust root of its own');
  if (keyless?.roots) tell('root certificates of its own');
  if (keyless?.additionalExtensions) tell('extensions of certificates');
  if (ctlog?.rekorPubKey || ctlog?.ctLogPubKey || ctlog?.tsaCertChain)
    tell('logs or a timestamp authority of its own');
  if (certificate) tell('the path of its certificate');
  if (source?.tagPrefix) tell(`the tag prefix ${source.tagPrefix}`);
}

type Identity = NonNullable<Cosign['keyless']>['identities'][number];

function identityOf(identity: Identity, tell: Tell): readonly IdentityRule[] {
  const { issuer, issuerRegExp, subject, subjectRegExp, subjectExpression } = identity;
  if (subjectExpression) tell('a subject by an expression in CEL');
  const ruleOf = (
    exact: string | undefined,
    expression: string | undefined,
  ): TextRule | undefined => {
    const translated = expression ? searchRule(expression) : exactRule(exact ?? '');
    if (translated.kind === 'rule') return exact || expression ? translated.rule : undefined;
    tell(translated.why);
    return undefined;
  };
  const by = ruleOf(issuer, issuerRegExp);
  const who = ruleOf(subject, subjectRegExp);
  return by && who && !subjectExpression ? [{ issuer: by, subject: who }] : [];
}
