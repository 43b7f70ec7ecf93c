import type { EvidenceKind } from '#lib/model/evidence.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import {
  type CertificateSigner,
  findSignature,
  namesOf,
  type SignatureDemand,
} from '#lib/policy/find-signature.ts';
import { allOf, atLeast, type Finding, no, notEvaluated } from '#lib/policy/finding.ts';
import { compileSearch, compileWildcard } from '#lib/policy/patterns.ts';
import type { AttestorTree, VerificationRule } from './attestors.ts';
import type { AttestorEntry } from './schema.ts';
import { attestorName, hashNameOf, keyReference, ownMaterial, pemsOf } from './translate.ts';

/** Whether the attestors and attestations of one verification are there: every set, every attestation. */
export function findVerification(
  policy: ObjectReference,
  rule: VerificationRule,
  facts: ImageFacts | undefined,
): Finding {
  const signed = rule.attestors.map((set) => findSet(policy, rule, set, undefined, facts));
  const attested = rule.attestations.map(({ type, attestors, hasConditions }) => {
    if (type === '') return no('an attestation without a type is never found');
    const found =
      attestors.length === 0
        ? findAnyone(rule, type, facts)
        : allOf(attestors.map((set) => findSet(policy, rule, set, type, facts)));
    return found.met === 'yes' && hasConditions
      ? notEvaluated(`the conditions on the attestation ${type} are not evaluated here`)
      : found;
  });
  const all = allOf([...signed, ...attested]);
  return all.met === 'yes' && rule.spec.validate?.deny !== undefined
    ? notEvaluated(`${rule.path}.validate.deny is not evaluated here`)
    : all;
}

function findSet(
  policy: ObjectReference,
  rule: VerificationRule,
  { count, entries }: AttestorTree,
  type: string | undefined,
  facts: ImageFacts | undefined,
): Finding {
  return atLeast(
    count,
    entries.map((node) =>
      node.kind === 'set'
        ? findSet(policy, rule, node.set, type, facts)
        : findEntry(rule, node.entry, attestorName(policy, node.label), type, facts),
    ),
  );
}

type Asked = Pick<
  SignatureDemand,
  'wants' | 'formats' | 'authority' | 'annotations' | 'repository'
>;

function askedBy(
  { spec }: VerificationRule,
  entry: AttestorEntry,
  authority: string,
  type: string | undefined,
): Asked {
  const annotations = entry.annotations ?? spec.annotations;
  const repository = entry.repository || spec.repository;
  const isBundle = spec.type === 'SigstoreBundle';
  const signed = { proves: isBundle ? 'anything' : 'signed' } as const;
  return {
    authority,
    wants: type === undefined ? signed : { predicateType: type },
    formats: formatsOf(spec.type, type !== undefined),
    ...(annotations && { annotations }),
    ...(repository && { repository }),
  };
}

function formatsOf(
  type: VerificationRule['spec']['type'],
  isAttestation: boolean,
): readonly EvidenceKind[] {
  if (type === 'SigstoreBundle') return ['sigstore-bundle'];
  if (type === 'Notary') return ['notation'];
  return [isAttestation ? 'cosign-attestation' : 'cosign-signature'];
}

function findEntry(
  rule: VerificationRule,
  entry: AttestorEntry,
  authority: string,
  type: string | undefined,
  facts: ImageFacts | undefined,
): Finding {
  const asked = askedBy(rule, entry, authority, type);
  const { keys, certificates, keyless } = entry;
  if (rule.spec.type === 'Notary')
    return type === undefined
      ? findSignature(facts, { ...asked, ownMaterial: true, tlog: 'ignored', sct: 'ignored' })
      : notEvaluated('attestations under Notary certificates are not evaluated here');
  const material = keys ?? certificates ?? keyless;
  const own = material ? ownMaterial(material) : [];
  if (own.length > 0) return notEvaluated(`it asks for ${own.join(' and ')}`);
  const tlog = material?.rekor?.ignoreTlog ? 'ignored' : 'required';
  if (keyless) return findKeyless(rule, keyless, { ...asked, tlog }, facts);
  const hash = hashNameOf(entry);
  const reference = keyReference(entry);
  if (reference !== undefined)
    return findSignature(facts, { ...asked, hash, ownMaterial: true, tlog, sct: 'ignored' });
  const pems = pemsOf(entry);
  if (pems.length === 0 || certificates?.certChain)
    return notEvaluated('the path of its certificates is not evaluated here');
  return findSignature(facts, {
    ...asked,
    keys: pems,
    hash,
    trustRoot: 'public-good',
    tlog,
    sct: 'ignored',
  });
}

function findKeyless(
  { spec }: VerificationRule,
  keyless: NonNullable<AttestorEntry['keyless']>,
  asked: Asked & Pick<SignatureDemand, 'tlog'>,
  facts: ImageFacts | undefined,
): Finding {
  if (keyless.roots || spec.roots)
    return notEvaluated('root certificates in the policy are not evaluated here');
  return findSignature(facts, {
    ...asked,
    sct: keyless.ctlog?.ignoreSCT ? 'ignored' : 'required',
    trustRoot: 'public-good',
    names: compileKeyless(keyless),
  });
}

/** Attestations without attestors: whoever has a certificate may have signed them. */
const findAnyone = (rule: VerificationRule, type: string, facts: ImageFacts | undefined): Finding =>
  findSignature(facts, {
    ...askedBy(rule, {}, '', type),
    trustRoot: 'public-good',
    tlog: 'required',
    sct: 'ignored',
    names: () => true,
  });

/** The extensions that Kyverno knows; what a certificate has none of is empty there. */
const extensions: readonly string[] = [
  'githubWorkflowTrigger',
  'githubWorkflowSha',
  'githubWorkflowName',
  'githubWorkflowRepository',
  'githubWorkflowRef',
];

/**
 * Identities as Kyverno matches them itself: a subject by wildcard or by pattern, an issuer by every
 * form that is given, and nothing where nothing is given.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/image/verifiers/cpol/cosign/cosign.go
 */
function compileKeyless(
  keyless: NonNullable<AttestorEntry['keyless']>,
): (signer: CertificateSigner) => boolean | undefined {
  const { issuer, issuerRegExp, subject, subjectRegExp, additionalExtensions = {} } = keyless;
  const never = () => false;
  const subjects = [
    ...(subject ? [compileWildcard(subject)] : []),
    ...(subjectRegExp ? [compileSearch(subjectRegExp) ?? never] : []),
  ];
  const issuers = [
    ...(issuer ? [compileWildcard(issuer)] : []),
    ...(issuerRegExp ? [compileSearch(issuerRegExp) ?? never] : []),
  ];
  return (signer) => {
    const names = namesOf(signer);
    if (subjects.length > 0 && !names.some((name) => subjects.some((fits) => fits(name))))
      return false;
    if (!issuers.every((fits) => fits(signer.issuer ?? ''))) return false;
    const wanted = Object.entries(additionalExtensions);
    // Kyverno knows some of the others by their OIDs, which our claims do not carry.
    if (wanted.some(([name]) => !extensions.includes(name))) return undefined;
    return wanted.every(([name, value]) => compileWildcard(value)(signer.claims[name] ?? ''));
  };
}
