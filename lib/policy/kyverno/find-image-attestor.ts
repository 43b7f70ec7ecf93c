import type { ObjectReference } from '#lib/model/policy.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import {
  type CertificateSigner,
  findSignature,
  firstNameOf,
  namesOf,
  type SignatureDemand,
} from '#lib/policy/find-signature.ts';
import { anyOf, type Finding, no, notEvaluated } from '#lib/policy/finding.ts';
import { compileSearch } from '#lib/policy/patterns.ts';
import { publicKeysIn } from '#lib/policy/public-keys.ts';
import type { ImagePolicyAttestor, ImagePolicySpec } from './image-policy-schema.ts';
import { attestorName } from './translate.ts';

type Cosign = NonNullable<ImagePolicyAttestor['cosign']>;
type Attestation = ImagePolicySpec['attestations'][number];
type Asked = Pick<SignatureDemand, 'authority' | 'wants' | 'formats'>;

/**
 * Whether an attestor of an ImageValidatingPolicy signed an image, or an attestation of it. Where a
 * bundle lies beside the image, Kyverno since 1.19 looks at bundles alone (`bundlesAlone`); since when,
 * is not known, so that with other versions and both formats nobody can tell.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/image/verifiers/ivpol/cosign/verifier.go
 */
export function findImageAttestor(
  policy: ObjectReference,
  attestor: ImagePolicyAttestor,
  attestation: Attestation | undefined,
  facts: ImageFacts | undefined,
  bundlesAlone = false,
): Finding {
  const authority = attestorName(policy, attestor.name);
  if (attestor.notary) return findNotary(authority, attestor.notary, attestation, facts);
  if (attestor.cosign === undefined) return no(`the attestor ${attestor.name} names nobody`);
  if (attestation !== undefined && attestation.intoto === undefined)
    return no(`the attestation ${attestation.name} is none that cosign signs`);
  const hasBundle = facts?.evidence.some(({ kind }) => kind === 'sigstore-bundle') ?? false;
  const type = attestation?.intoto?.type;
  const find = (isBundle: boolean) =>
    findCosign(attestor.cosign ?? {}, askedFor(authority, type, isBundle), facts);
  if (!hasBundle) return find(false);
  // Without a type, whatever statement of a bundle is signed counts as the signature.
  const others = type === undefined ? attestedTypes(facts) : [];
  const found = anyOf([
    find(true),
    ...others.map((one) =>
      findCosign(attestor.cosign ?? {}, askedFor(authority, one, true), facts),
    ),
  ]);
  const old = find(false);
  if (bundlesAlone && !hasOld(facts, attestation)) return found;
  // Which of the two formats counts changed with versions of Kyverno, and junk may hide the other.
  return old.met === found.met
    ? found
    : notEvaluated(
        'signatures of two formats say different things, and versions choose differently',
      );
}

const hasOld = (facts: ImageFacts | undefined, attestation: Attestation | undefined): boolean => {
  const old = attestation === undefined ? 'cosign-signature' : 'cosign-attestation';
  return facts?.evidence.some(({ kind }) => kind === old) ?? false;
};

/** Types of what bundles attest. */
const attestedTypes = (facts: ImageFacts | undefined): readonly string[] => [
  ...new Set(
    facts?.evidence.flatMap(({ kind, predicateType }) =>
      kind === 'sigstore-bundle' && predicateType !== undefined ? [predicateType] : [],
    ),
  ),
];

function askedFor(authority: string, type: string | undefined, isBundle: boolean): Asked {
  if (type !== undefined)
    return {
      authority,
      wants: { predicateType: type },
      formats: [isBundle ? 'sigstore-bundle' : 'cosign-attestation'],
    };
  return {
    authority,
    wants: { proves: isBundle ? 'anything' : 'signed' },
    formats: [isBundle ? 'sigstore-bundle' : 'cosign-signature'],
  };
}

function findNotary(
  authority: string,
  { certs, tsaCerts }: NonNullable<ImagePolicyAttestor['notary']>,
  attestation: Attestation | undefined,
  facts: ImageFacts | undefined,
): Finding {
  if (attestation !== undefined)
    return notEvaluated('attestations under Notary certificates are not evaluated here');
  if (certs?.expression || tsaCerts?.expression)
    return notEvaluated('certificates by an expression in CEL are not evaluated here');
  return findSignature(facts, {
    authority,
    wants: { proves: 'signed' },
    formats: ['notation'],
    ownMaterial: true,
    tlog: 'ignored',
    sct: 'ignored',
  });
}

function findCosign(cosign: Cosign, asked: Asked, facts: ImageFacts | undefined): Finding {
  const open = whatIsOpen(cosign);
  if (open !== undefined) return notEvaluated(open);
  const { ctlog, annotations, source, keyless, key } = cosign;
  const demand = {
    ...asked,
    tlog: ctlog?.insecureIgnoreTlog ? 'ignored' : 'required',
    ...(annotations && { annotations }),
    ...(source?.repository && { repository: source.repository }),
  } as const;
  const found = keyless
    ? findSignature(facts, {
        ...demand,
        sct: ctlog?.insecureIgnoreSCT ? 'ignored' : 'required',
        trustRoot: 'public-good',
        names: compileIdentities(keyless.identities),
      })
    : findSignature(facts, {
        ...demand,
        sct: 'ignored',
        keys: publicKeysIn(key?.data ?? '').slice(0, 1),
        hash: key?.hashAlgorithm || 'sha256',
        ...(demand.tlog === 'required' && { trustRoot: 'public-good' }),
      });
  // With either check left out, Kyverno takes signatures of which the log proves nothing.
  const isLax = ctlog?.insecureIgnoreSCT && !ctlog.insecureIgnoreTlog;
  return isLax && found.met === 'no'
    ? notEvaluated('what Kyverno lets pass without certificate timestamps is not evaluated here')
    : found;
}

/** Parts of an attestor that nobody here evaluates, in words. */
function whatIsOpen({
  key,
  keyless,
  certificate,
  ctlog,
  source,
  tuf,
  trustedRoot,
}: Cosign): string | undefined {
  const parts: readonly (readonly [unknown, string])[] = [
    [tuf ?? trustedRoot, 'a trust root of its own'],
    [ctlog?.rekorPubKey || ctlog?.ctLogPubKey, 'logs of its own'],
    [ctlog?.tsaCertChain, 'a timestamp authority of its own'],
    [source?.tagPrefix, 'a tag prefix'],
    [keyless?.roots, 'root certificates of its own'],
    [keyless?.additionalExtensions, 'extensions of certificates'],
    [keyless?.identities.some((one) => one.subjectExpression), 'a subject by an expression in CEL'],
    [!keyless && key?.expression, 'a key by an expression in CEL'],
    [!keyless && key && !key.data && key.kms, 'a key that lies elsewhere'],
    [!keyless && !key && certificate, 'the path of a certificate'],
    [!keyless && !key && !certificate, 'nobody'],
  ];
  const open = parts.find(([value]) => Boolean(value));
  return open && `the attestor asks for ${open[1]}, which is not evaluated here`;
}

type Identity = NonNullable<Cosign['keyless']>['identities'][number];

/**
 * Identities as cosign compares them: any of them, each by its issuer and its subject, an expression
 * before a text. Clients of bundles look at one name of the signer, others at all: where these differ,
 * nobody can tell.
 */
function compileIdentities(
  identities: readonly Identity[],
): (signer: CertificateSigner) => boolean | undefined {
  const rules = identities.map(({ issuer, issuerRegExp, subject, subjectRegExp }) => ({
    issuer: compileText(issuer, issuerRegExp),
    subject: compileText(subject, subjectRegExp),
  }));
  if (rules.some((rule) => rule.issuer === undefined || rule.subject === undefined))
    return () => undefined;
  return (signer) => {
    const fits = (names: readonly string[]) =>
      rules.some(
        ({ issuer, subject }) => issuer?.(signer.issuer ?? '') && names.some((n) => subject?.(n)),
      );
    const all = fits(namesOf(signer));
    return all === fits(firstNameOf(signer)) ? all : undefined;
  };
}

/** Undefined where nothing is asked, which engines take differently, or where Go reads no expression. */
function compileText(
  exact: string | undefined,
  expression: string | undefined,
): ((text: string) => boolean) | undefined {
  if (expression) return compileSearch(expression);
  return exact ? (text) => text === exact : undefined;
}
