import { verify, X509Certificate } from 'node:crypto';
import type { Certificate } from '#lib/verify/certificate.ts';
import { derChildren, derOid, readDer } from '#lib/verify/der.ts';
import type { HashName } from '#lib/verify/keys.ts';
import { inconclusive, invalid, type Refusal } from '#lib/verify/refusal.ts';

/** Algorithms by which a certificate may be signed (RFC 5758, RFC 8017, RFC 8410). */
const accepted: readonly string[] = [
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.3.101.112',
];

/** MD2, MD5 and SHA-1 with RSA, SHA-1 with ECDSA and DSA: collisions of them can be had. */
const broken: readonly string[] = [
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10045.4.1',
  '1.2.840.10040.4.3',
];

const rsaPss = '1.2.840.113549.1.1.10';
const strongHashes: readonly string[] = [
  '2.16.840.1.101.3.4.2.1',
  '2.16.840.1.101.3.4.2.2',
  '2.16.840.1.101.3.4.2.3',
];

/** Refuses a certificate that was signed over a broken hash, or by something unknown here. */
export function checkSignatureAlgorithm({ signatureAlgorithm }: Certificate): Refusal | undefined {
  const { oid } = signatureAlgorithm;
  if (accepted.includes(oid)) return undefined;
  if (broken.includes(oid) || (oid === rsaPss && !isStrongPss(signatureAlgorithm.der)))
    return invalid('cert-path', `a certificate of the path is signed over a broken hash (${oid})`);
  if (oid === rsaPss) return undefined;
  return inconclusive(
    'unsupported-algorithm',
    `a certificate of the path is signed by the algorithm ${oid}`,
  );
}

/** RSASSA-PSS says its hash in its parameters; left out, it is SHA-1 (RFC 8017 A.2.3). */
function isStrongPss(der: Buffer): boolean {
  const outer = readDer(der);
  const parameters = (outer && derChildren(outer))?.[1];
  const first = (parameters && derChildren(parameters))?.find(({ tag }) => tag === 0xa0);
  const hash = first && readDer(first.content);
  const [id] = (hash && derChildren(hash)) ?? [];
  return strongHashes.includes((id && derOid(id)) ?? '');
}

/** Hashes of the algorithms that sign certificates with elliptic curves or PKCS #1 v1.5. */
const hashes: Readonly<Record<string, HashName | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
};

/** Whether the key of `issuer` signed the certificate. Nothing else about the two is looked at. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const { der, tbsDer, signature, signatureAlgorithm } = certificate;
  const { key, kind } = issuer.key;
  const { oid } = signatureAlgorithm;
  const hash = hashes[oid];
  try {
    // RSASSA-PSS has parameters, which OpenSSL reads; it refuses what is unknown to it.
    if (hash === undefined) return new X509Certificate(der).verify(key);
    return familyOf(oid) === familyOf(kind) && verify(hash, tbsDer, key, signature);
  } catch {
    // A key of another kind than the signature cannot have made it.
    return false;
  }
}

/** The kind of key that an algorithm is for: without it, OpenSSL would take any key as it comes. */
function familyOf(name: string): 'ecdsa' | 'rsa' | 'ed25519' {
  if (name.startsWith('ecdsa') || name.startsWith('1.2.840.10045.')) return 'ecdsa';
  return name === 'ed25519' || name === '1.3.101.112' ? 'ed25519' : 'rsa';
}
