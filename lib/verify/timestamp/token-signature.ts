import { constants, createHash, type KeyObject, verify } from 'node:crypto';
import type { Certificate } from '#lib/verify/certificate.ts';
import { type DerNode, derOid, derTags, readDer } from '#lib/verify/der.ts';
import type { HashName } from '#lib/verify/keys.ts';
import { inconclusive, invalid, type Refusal } from '#lib/verify/refusal.ts';
import { algorithmOf, children, type SignedData } from './signed-data.ts';
import { strongHashes } from './timestamp-info.ts';

/** Types of attributes and content (RFC 5652 §11, RFC 3161, RFC 5035). */
const types = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** Signature algorithms with the hash that they imply; null: the one of the digest algorithm. */
const signatureHashes: Readonly<Record<string, HashName | null>> = {
  '1.2.840.113549.1.1.1': null,
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.2.1': null,
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};
const rsaPss = '1.2.840.113549.1.1.10';

/** SHA-1 and older, also as part of a signature algorithm: a token over them can be forged. */
const brokenHashes: readonly string[] = [
  '1.3.14.3.2.26',
  '1.2.840.113549.2.5',
  '1.2.840.113549.1.1.5',
  '1.2.840.113549.1.1.4',
  '1.2.840.10045.4.1',
];

/**
 * Holds the signature of a token against the certificate that is said to have made it: the signed
 * attributes name content type, digest of the content and the certificate itself, and the key signed
 * them (RFC 5652 §5.4, RFC 3161 §2.4.2).
 */
export function checkTokenSignature(
  { contentType, content, signer }: SignedData,
  certificate: Certificate,
): Refusal | undefined {
  const digestHash = strongHashes[signer.digestAlgorithm];
  if (digestHash === undefined) return unknownAlgorithm(signer.digestAlgorithm);
  const [declared, ...more] = signer.attributes.get(types.contentType) ?? [];
  if (contentType !== types.timestampInfo || more.length > 0 || !declares(declared, contentType))
    return invalid('tsa-bad', 'the signed content is not a timestamp');
  const [digest, ...others] = signer.attributes.get(types.messageDigest) ?? [];
  const actual = createHash(digestHash).update(content).digest();
  if (digest?.tag !== derTags.octetString || others.length > 0 || !digest.content.equals(actual))
    return invalid('tsa-bad', 'the timestamp was changed after it was signed');
  return (
    checkNamedCertificate(signer.attributes, certificate) ??
    checkSignatureValue(signer, digestHash, certificate.key.key)
  );
}

const declares = (node: DerNode | undefined, oid: string): boolean =>
  node !== undefined && derOid(node) === oid;

/**
 * ESSCertID binds the signature to one certificate; without it, one of the same key and another time
 * could take its place (RFC 5035, CVE-2026-39984). The first version of it knows SHA-1 only.
 */
function checkNamedCertificate(
  attributes: SignedData['signer']['attributes'],
  { der, serialNumber }: Certificate,
): Refusal | undefined {
  const values = attributes.get(types.signingCertificateV2);
  const old = attributes.get(types.signingCertificate);
  const [first] = children(children(values?.[0])[0]);
  if (values === undefined || first === undefined)
    return invalid(
      'tsa-bad',
      old ? 'the timestamp names its certificate by SHA-1' : 'the timestamp names no certificate',
    );
  const parts = children(first);
  // The hash algorithm is left out when it is SHA-256.
  const [algorithm, hash, issuerSerial] =
    parts[0]?.tag === derTags.sequence ? parts : [undefined, ...parts];
  const name = algorithm ? strongHashes[algorithmOf(algorithm) ?? ''] : 'sha256';
  if (name === undefined || values.length !== 1 || hash?.tag !== derTags.octetString)
    return invalid('tsa-bad', 'the timestamp names its certificate by a hash that is refused');
  const serial = issuerSerial && children(issuerSerial)[1];
  const matches =
    hash.content.equals(createHash(name).update(der).digest()) &&
    (serial === undefined || serial.content.equals(serialNumber)) &&
    (old === undefined || namesBySha1(old, der));
  return matches
    ? undefined
    : invalid('tsa-bad', 'the timestamp names another certificate than the one that signed it');
}

function namesBySha1(values: readonly DerNode[], der: Buffer): boolean {
  const [first] = children(children(values[0])[0]);
  const [hash] = children(first);
  return hash?.content.equals(createHash('sha1').update(der).digest()) ?? false;
}

function checkSignatureValue(
  signer: SignedData['signer'],
  digestHash: HashName,
  key: KeyObject,
): Refusal | undefined {
  const algorithm = readDer(signer.signatureAlgorithm);
  const oid = algorithmOf(algorithm) ?? '';
  const pss = oid === rsaPss;
  const implied = pss ? pssHash(signer.signatureAlgorithm) : signatureHashes[oid];
  if (implied === undefined) return unknownAlgorithm(oid);
  const hash = implied ?? digestHash;
  if (hash !== digestHash)
    return invalid('tsa-bad', 'the timestamp mixes two hashes in one signature');
  const options = pss
    ? {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_AUTO,
      }
    : key;
  return holds(key.asymmetricKeyType === 'ed25519' ? null : hash, signer, options)
    ? undefined
    : invalid('tsa-bad', 'the signature of the timestamp does not verify');
}

function holds(
  hash: HashName | null,
  { signedAttributes, signature }: SignedData['signer'],
  key: Parameters<typeof verify>[2],
): boolean {
  try {
    return verify(hash, signedAttributes, key, signature);
  } catch {
    // A signature of another kind than the key cannot be its.
    return false;
  }
}

/** The hash in RSASSA-PSS parameters; undefined where it is left out, which stands for SHA-1. */
function pssHash(der: Buffer): HashName | undefined {
  const [, parameters] = children(readDer(der));
  const explicit = children(parameters).find(({ tag }) => tag === 0xa0);
  return strongHashes[algorithmOf(explicit && readDer(explicit.content)) ?? ''];
}

const unknownAlgorithm = (oid: string): Refusal =>
  brokenHashes.includes(oid) || oid === rsaPss
    ? invalid('tsa-bad', `the timestamp is signed over a hash that is refused (${oid})`)
    : inconclusive('unsupported-algorithm', `timestamps signed by the algorithm ${oid || 'none'}`);
