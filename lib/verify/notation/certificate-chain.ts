import { type Certificate, extensionIds, extensionOf } from '#lib/verify/certificate.ts';
import { derTags, readDer } from '#lib/verify/der.ts';
import { inconclusive, invalid, type Refusal } from '#lib/verify/refusal.ts';
import { checkSignatureAlgorithm, isSignedBy } from '#lib/verify/x509/certificate-signature.ts';
import { basicConstraintsOf, keyPurposesOf } from '#lib/verify/x509/extensions.ts';
import type { NotationAlgorithm } from './envelope.ts';

/** Purposes that a signing certificate must not have; the notation command tolerates `any`. */
const forbiddenPurposes = new Map([
  ['2.5.29.37.0', 'any purpose'],
  ['1.3.6.1.5.5.7.3.1', 'TLS servers'],
  ['1.3.6.1.5.5.7.3.2', 'TLS clients'],
  ['1.3.6.1.5.5.7.3.4', 'e-mail'],
  ['1.3.6.1.5.5.7.3.8', 'timestamps'],
  ['1.3.6.1.5.5.7.3.9', 'OCSP'],
]);

const bits = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;
const keyUsageBits = 9;

/**
 * Checks the certificates of an envelope: in order from the signer to a self-signed root, each issued
 * by the next, authorities being authorities and the signer nothing else than a signer. Only basic
 * constraints, key usage and its extension count; all others are ignored, even critical ones, as the
 * specification has it. This is on purpose another validator than the one for Sigstore certificates.
 * Times are not looked at: which one counts depends on the policy.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md#certificate-requirements
 */
export function checkCertificateChain(chain: readonly Certificate[]): Refusal | undefined {
  const [leaf] = chain;
  if (leaf === undefined) return broken('there is no certificate');
  for (const certificate of chain) {
    const weak = checkSignatureAlgorithm(certificate);
    if (weak) return weak;
  }
  for (const [index, certificate] of chain.entries()) {
    const refusal = checkLink(certificate, chain[index + 1], index);
    if (refusal) return refusal;
  }
  for (const [below, authority] of chain.slice(1).entries()) {
    const refusal = checkAuthority(authority, below);
    if (refusal) return refusal;
  }
  return checkLeaf(leaf);
}

function checkLink(
  certificate: Certificate,
  issuer: Certificate | undefined,
  index: number,
): Refusal | undefined {
  const own = certificate.subjectDer.equals(certificate.issuerDer);
  if (issuer === undefined)
    return own && isSignedBy(certificate, certificate)
      ? undefined
      : broken('the chain does not end in a self-signed root');
  if (own && isSignedBy(certificate, certificate))
    return broken(`certificate ${index + 1} is self-signed, but not the last of the chain`);
  return certificate.issuerDer.equals(issuer.subjectDer) && isSignedBy(certificate, issuer)
    ? undefined
    : broken(`certificate ${index + 1} was not issued by the next one`);
}

function checkAuthority(authority: Certificate, below: number): Refusal | undefined {
  const constraints = basicConstraintsOf(authority);
  const critical = extensionOf(authority, extensionIds.basicConstraints)?.critical;
  if (constraints === undefined || constraints === 'malformed' || !constraints.ca || !critical)
    return broken('an issuer is not marked, critically, as a certificate authority');
  if (constraints.pathLength !== undefined && constraints.pathLength < below)
    return broken('an authority allows fewer authorities below it than there are');
  const usage = keyUsageOf(authority);
  return usage?.includes(bits.keyCertSign)
    ? undefined
    : invalid('cert-ku', 'the key of an authority is not marked, critically, for certificates');
}

function checkLeaf(leaf: Certificate): Refusal | undefined {
  const constraints = basicConstraintsOf(leaf);
  if (constraints === 'malformed' || constraints?.ca)
    return broken('the signing certificate is a certificate authority');
  const usage = keyUsageOf(leaf);
  if (!usage?.includes(bits.digitalSignature))
    return invalid('cert-ku', 'the key is not marked, critically, for digital signatures');
  // Non-repudiation is no use of its own for the notation command either.
  if (usage.some((bit) => bit !== bits.digitalSignature && bit !== bits.nonRepudiation))
    return invalid('cert-ku', 'the key is for other uses than digital signatures too');
  const forbidden = keyPurposesOf(leaf)?.find((purpose) => forbiddenPurposes.has(purpose));
  if (forbidden !== undefined)
    return invalid('cert-eku', `the certificate is for ${forbiddenPurposes.get(forbidden)}`);
  if (keyPurposesOf(leaf)?.length === 0)
    return invalid('cert-eku', 'the purposes of the certificate cannot be read');
  const algorithm = algorithmOf(leaf);
  return typeof algorithm === 'string' ? undefined : algorithm;
}

const rsaAlgorithms = new Map<number, NotationAlgorithm>([
  [2048, 'PS256'],
  [3072, 'PS384'],
  [4096, 'PS512'],
]);
const curveAlgorithms = {
  'ecdsa-p256': 'ES256',
  'ecdsa-p384': 'ES384',
  'ecdsa-p521': 'ES512',
} as const;

/** The one algorithm with which the key of a certificate may sign; no header has a say in it. */
export function algorithmOf({ key }: Certificate): NotationAlgorithm | Refusal {
  if (key.kind === 'ed25519') return invalid('key-weak', 'Notation knows no Ed25519 signatures');
  if (key.kind !== 'rsa') return curveAlgorithms[key.kind];
  const bitsOfKey = key.key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.key.asymmetricKeyType !== 'rsa')
    return inconclusive('unsupported-algorithm', 'keys for RSA-PSS alone are not supported');
  return (
    rsaAlgorithms.get(bitsOfKey) ??
    invalid('key-weak', `Notation knows no RSA keys of ${bitsOfKey} bits`)
  );
}

/** The bits that are set (RFC 5280 §4.2.1.3); undefined unless the extension is there and critical. */
function keyUsageOf(certificate: Certificate): readonly number[] | undefined {
  const extension = extensionOf(certificate, extensionIds.keyUsage);
  const node = extension?.critical ? readDer(extension.value) : undefined;
  if (node?.tag !== derTags.bitString) return undefined;
  return Array.from({ length: keyUsageBits }, (_, bit) => bit).filter(
    (bit) => ((node.content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0,
  );
}

const broken = (detail: string): Refusal => invalid('cert-path', detail);
