import { type Certificate, extensionIds } from '#lib/verify/certificate.ts';
import { inconclusive, invalid, type Refusal } from '#lib/verify/refusal.ts';
import { checkSignatureAlgorithm } from './certificate-signature.ts';
import {
  basicConstraintsOf,
  keyPurposes,
  keyPurposesOf,
  keyUsageAllows,
  keyUsageBits,
} from './extensions.ts';
import { forbiddenName, type NameConstraints, nameConstraintsOf } from './name-constraints.ts';

/** What the certificate at the end of a path is for. */
export type PathPurpose = 'code-signing' | 'timestamping';

/**
 * Critical extensions that the rules here process; any other critical one is refused. Policies limit
 * a path only where an authority demands one, by an extension that is refused here.
 */
const understood: readonly string[] = [
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.basicConstraints,
  extensionIds.nameConstraints,
  extensionIds.certificatePolicies,
  extensionIds.extendedKeyUsage,
];

/** Who vouches for an end certificate. */
export interface IssuedBy {
  /** A private PKI: what is left out of a certificate limits nothing (RFC 5280 §4.2.1.12). */
  readonly privatePki: boolean;
  /** True when the operator named this very certificate, and no issuer of it. */
  readonly pinned: boolean;
}

/**
 * What a certificate must be to sign code or timestamps: an end entity for that purpose, with nothing
 * critical that is unknown here (RFC 5280 §4.2, RFC 3161 §2.3, Sigstore client specification §4.2).
 */
export function checkEndCertificate(
  leaf: Certificate,
  purpose: PathPurpose,
  { privatePki, pinned }: IssuedBy,
): Refusal | undefined {
  const refusal =
    purpose === 'code-signing' ? checkCodeSigning(leaf, privatePki) : checkTimestamping(leaf);
  if (refusal) return refusal;
  const constraints = basicConstraintsOf(leaf);
  if (constraints === 'malformed' || (constraints?.ca && !(privatePki && pinned)))
    return invalid('cert-path', 'the signing certificate is a certificate authority');
  return checkCriticalExtensions(leaf) ?? checkSignatureAlgorithm(leaf);
}

function checkCodeSigning(leaf: Certificate, privatePki: boolean): Refusal | undefined {
  const purposes = keyPurposesOf(leaf) ?? (privatePki ? [keyPurposes.codeSigning] : []);
  if (!purposes.includes(keyPurposes.codeSigning))
    return invalid('cert-eku', 'the certificate does not have the extended key usage codeSigning');
  if (!(keyUsageAllows(leaf, keyUsageBits.digitalSignature) ?? privatePki))
    return invalid('cert-ku', 'the certificate does not have the key usage digitalSignature');
  return undefined;
}

function checkTimestamping(leaf: Certificate): Refusal | undefined {
  const purposes = keyPurposesOf(leaf);
  const critical = leaf.extensions.some(
    (extension) => extension.oid === extensionIds.extendedKeyUsage && extension.critical,
  );
  if (purposes?.length !== 1 || purposes[0] !== keyPurposes.timeStamping || !critical)
    return invalid(
      'tsa-eku',
      'the timestamp certificate is not marked, critically, as being for timestamps only',
    );
  const { digitalSignature, nonRepudiation } = keyUsageBits;
  if (keyUsageAllows(leaf, digitalSignature, nonRepudiation) === false)
    return invalid('cert-ku', 'the timestamp certificate is not for signatures');
  return undefined;
}

/** What stands above a leaf: the certificates, and what they demand of whatever is below them. */
export interface UpperRules {
  readonly constraints: readonly NameConstraints[];
}

/**
 * Holds a chain of authorities, the issuer of the leaf first and the anchor last, against
 * RFC 5280 §6.1: basic constraints, path length, key usage, nested purposes, critical extensions, name
 * constraints, and no broken hash. Signatures and times are not looked at here.
 */
export function checkAuthorities(
  authorities: readonly Certificate[],
  purpose: PathPurpose,
): UpperRules | Refusal {
  const constraints: NameConstraints[] = [];
  for (const [below, certificate] of authorities.entries()) {
    const anchor = below === authorities.length - 1;
    const refusal =
      checkAuthority(certificate, below, anchor, purpose) ??
      // Nobody checks the signature of an anchor: the operator vouches for it.
      (anchor ? undefined : checkSignatureAlgorithm(certificate));
    if (refusal) return refusal;
    const own = nameConstraintsOf(certificate);
    if (own === 'unenforceable')
      return inconclusive(
        'unsupported-format',
        'an authority of the path has name constraints of a kind that is not compared here',
      );
    if (own === undefined) continue;
    const lower = checkNames(authorities.slice(0, below), [own]);
    if (lower) return lower;
    constraints.push(own);
  }
  return { constraints };
}

/** Refuses the first certificate with a name that the constraints above it do not allow. */
export function checkNames(
  certificates: readonly Certificate[],
  constraints: readonly NameConstraints[],
): Refusal | undefined {
  for (const certificate of certificates)
    for (const constraint of constraints) {
      const name = forbiddenName(certificate, constraint);
      if (name !== undefined)
        return invalid('cert-path', `an authority of the path may not issue for ${name}`);
    }
  return undefined;
}

function checkAuthority(
  certificate: Certificate,
  below: number,
  anchor: boolean,
  purpose: PathPurpose,
): Refusal | undefined {
  const basic = basicConstraintsOf(certificate);
  // Version 1 knows no extensions; an operator may still have such a root.
  const oldRoot = anchor && certificate.version === 0;
  if (basic === 'malformed' || (!basic?.ca && !oldRoot))
    return invalid('cert-path', 'a certificate of the path issues others and is no authority');
  if (basic?.pathLength !== undefined && below > basic.pathLength)
    return invalid('cert-path', 'the path is longer than an authority of it allows');
  if (keyUsageAllows(certificate, keyUsageBits.keyCertSign) === false)
    return invalid('cert-ku', 'an authority of the path may not sign certificates');
  const wanted = purpose === 'code-signing' ? keyPurposes.codeSigning : keyPurposes.timeStamping;
  const purposes = keyPurposesOf(certificate);
  // A purpose on an authority limits what it may issue for.
  if (purposes && !purposes.includes(wanted) && !purposes.includes(keyPurposes.any))
    return invalid('cert-eku', `an authority of the path may not issue for ${purpose}`);
  return checkCriticalExtensions(certificate);
}

function checkCriticalExtensions({ extensions }: Certificate): Refusal | undefined {
  const unknown = extensions.find(({ oid, critical }) => critical && !understood.includes(oid));
  return (
    unknown &&
    invalid('cert-critical-ext', `a certificate has the unknown critical extension ${unknown.oid}`)
  );
}
