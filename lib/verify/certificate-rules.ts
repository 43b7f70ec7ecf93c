import { type Certificate, extensionIds, extensionOf } from './certificate.ts';
import { derChildren, derOid, derTags, readDer } from './der.ts';
import { invalid, type Refusal } from './refusal.ts';

const codeSigning = '1.3.6.1.5.5.7.3.3';
const timeStamping = '1.3.6.1.5.5.7.3.8';

/** Critical extensions that the path validation and the rules here do process. */
const understood: readonly string[] = [
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.basicConstraints,
  extensionIds.extendedKeyUsage,
];

/**
 * What a certificate must be to sign code: an end entity for code signing with a key for digital
 * signatures, without anything critical that we do not process (RFC 5280 §4.2, Sigstore client
 * specification §4.2). The library underneath looks at none of this.
 */
export function checkSigningCertificate(leaf: Certificate): Refusal | undefined {
  const usage = extendedKeyUsage(leaf);
  if (usage === undefined || !usage.includes(codeSigning))
    return invalid('cert-eku', 'the certificate does not have the extended key usage codeSigning');
  if (!keyUsageBit(leaf, 0))
    return invalid('cert-ku', 'the certificate does not have the key usage digitalSignature');
  if (isAuthority(leaf))
    return invalid('cert-path', 'the signing certificate is a certificate authority');
  return checkCriticalExtensions(leaf);
}

/**
 * Refuses critical extensions nobody processes, and name constraints altogether: the library does
 * not enforce them, so a certificate that depends on them cannot be believed.
 */
export function checkCriticalExtensions(certificate: Certificate): Refusal | undefined {
  for (const { oid, critical } of certificate.extensions) {
    if (oid === extensionIds.nameConstraints)
      return invalid('cert-critical-ext', 'a certificate of the path has name constraints');
    if (critical && !understood.includes(oid))
      return invalid(
        'cert-critical-ext',
        `a certificate has the unknown critical extension ${oid}`,
      );
  }
  return undefined;
}

/** What every certificate above a signing certificate must be, as far as the library does not look. */
export function checkChainCertificate(certificate: Certificate): Refusal | undefined {
  const usage = extendedKeyUsage(certificate);
  const limited = extensionOf(certificate, extensionIds.extendedKeyUsage) !== undefined;
  // A purpose on an authority limits what it may issue for.
  if (limited && !usage?.includes(codeSigning))
    return invalid('cert-eku', 'a certificate of the chain may not issue for code signing');
  return checkCriticalExtensions(certificate);
}

/** A timestamp certificate must be for timestamps and nothing else (RFC 3161 §2.3). */
export function checkTimestampCertificate(leaf: Certificate): Refusal | undefined {
  const usage = extendedKeyUsage(leaf);
  const critical = extensionOf(leaf, extensionIds.extendedKeyUsage)?.critical;
  if (usage?.length !== 1 || usage[0] !== timeStamping || !critical)
    return invalid(
      'tsa-eku',
      'the timestamp certificate is not marked, critically, as being for timestamps only',
    );
  return undefined;
}

/** True when basic constraints name the certificate an authority. */
export function isAuthority(certificate: Certificate): boolean {
  const extension = extensionOf(certificate, extensionIds.basicConstraints);
  const sequence = extension && readDer(extension.value);
  const first = sequence && derChildren(sequence)?.[0];
  return first?.tag === derTags.boolean && first.content[0] !== 0;
}

/** The purposes of the extended key usage extension; undefined without it or when malformed. */
function extendedKeyUsage(certificate: Certificate): readonly string[] | undefined {
  const extension = extensionOf(certificate, extensionIds.extendedKeyUsage);
  const sequence = extension && readDer(extension.value);
  const purposes = sequence && derChildren(sequence)?.map(derOid);
  return purposes?.every((purpose) => purpose !== undefined) ? purposes : undefined;
}

/** One bit of key usage (RFC 5280 §4.2.1.3: 0 digitalSignature, 5 keyCertSign). */
function keyUsageBit(certificate: Certificate, bit: number): boolean {
  const extension = extensionOf(certificate, extensionIds.keyUsage);
  const node = extension && readDer(extension.value);
  if (node?.tag !== derTags.bitString) return false;
  const octet = node.content[1 + (bit >> 3)] ?? 0;
  return (octet & (0x80 >> (bit & 7))) !== 0;
}
