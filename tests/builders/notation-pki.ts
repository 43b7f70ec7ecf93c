import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

/** Keys that Notation knows, and two that it does not. */
const algorithms = {
  rsa1024: rsa(1024, 'SHA-256'),
  rsa2048: rsa(2048, 'SHA-256'),
  rsa3072: rsa(3072, 'SHA-384'),
  rsa4096: rsa(4096, 'SHA-512'),
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  p521: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
} as const;
export type NotationKeyKind = keyof typeof algorithms;
type Algorithm = (typeof algorithms)[NotationKeyKind];

function rsa(modulusLength: number, hash: string) {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash,
  };
}

const hour = 3_600_000;
export const purposes = {
  any: '2.5.29.37.0',
  code: '1.3.6.1.5.5.7.3.3',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  email: '1.3.6.1.5.5.7.3.4',
  timestamps: '1.3.6.1.5.5.7.3.8',
  ocsp: '1.3.6.1.5.5.7.3.9',
} as const;
export const usages = x509.KeyUsageFlags;

/** How one certificate departs from what Notation asks of it. */
export interface CertificateOptions {
  readonly kind?: NotationKeyKind;
  readonly subject?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly keyUsage?: number;
  readonly keyUsageCritical?: boolean;
  readonly purposes?: readonly string[];
  readonly purposesCritical?: boolean;
  readonly ca?: boolean;
  readonly caCritical?: boolean;
  readonly pathLength?: number;
  /** Hash by which its issuer signs it. */
  readonly hash?: string;
  readonly ocsp?: readonly string[];
  readonly crl?: readonly string[];
  readonly extra?: readonly x509.Extension[];
}

/** A certificate with its private key, and what stands above it. */
export interface Certified {
  readonly der: Buffer;
  readonly pem: string;
  readonly key: KeyObject;
  /** DER, this certificate first and the root last. */
  readonly chain: readonly Buffer[];
  readonly serial: Buffer;
  /** A certificate below this one. */
  issue(options?: CertificateOptions): Promise<Certified>;
}

let serial = 4096;

/** A certificate that issued itself: a root, unless the options make it a signer. */
export const aRoot = (options: CertificateOptions = {}): Promise<Certified> =>
  certify({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=acme root', ...options }, undefined);

/** A self-signed certificate that signs: it is its own root. */
export const aSelfSigned = (options: CertificateOptions = {}): Promise<Certified> =>
  certify({ ca: false, ...options }, undefined);

interface Issuer {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly algorithm: Algorithm;
  readonly chain: readonly Buffer[];
}

async function certify(
  options: CertificateOptions,
  issuer: Issuer | undefined,
): Promise<Certified> {
  const algorithm = algorithms[options.kind ?? 'p256'];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const name = options.subject ?? 'C=US,ST=WA,O=acme,OU=build,CN=release';
  const serialNumber = (serial++).toString(16);
  const signing = issuer ?? { name, keys, algorithm, chain: [] };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber,
    subject: name,
    issuer: signing.name,
    publicKey: keys.publicKey as CryptoKey,
    signingKey: signing.keys.privateKey as CryptoKey,
    signingAlgorithm: { ...signing.algorithm, ...(options.hash && { hash: options.hash }) },
    notBefore: options.notBefore ?? new Date(Date.now() - 24 * hour),
    notAfter: options.notAfter ?? new Date(Date.now() + 24 * hour),
    extensions: extensionsOf(options),
  });
  const der = Buffer.from(certificate.rawData);
  const chain = [der, ...signing.chain];
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    der,
    chain,
    pem: `${certificate.toString('pem')}\n`,
    serial: Buffer.from(serialNumber.padStart(4, '0'), 'hex'),
    key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    issue: (below = {}) => certify({ ca: false, ...below }, { name, keys, algorithm, chain }),
  };
}

function extensionsOf(options: CertificateOptions): x509.Extension[] {
  const { ca = false, ocsp = [], crl = [] } = options;
  const own = ca ? usages.keyCertSign | usages.cRLSign : usages.digitalSignature;
  const keyUsage = options.keyUsage ?? own;
  const purposesOf = options.purposes ?? (ca ? [] : [purposes.code]);
  const { caCritical = true, keyUsageCritical = true } = options;
  return [
    ...(ca ? [new x509.BasicConstraintsExtension(true, options.pathLength, caCritical)] : []),
    ...(keyUsage === 0 ? [] : [new x509.KeyUsagesExtension(keyUsage, keyUsageCritical)]),
    ...(purposesOf.length > 0
      ? [new x509.ExtendedKeyUsageExtension([...purposesOf], options.purposesCritical ?? false)]
      : []),
    ...(ocsp.length > 0 ? [new x509.AuthorityInfoAccessExtension({ ocsp: [...ocsp] })] : []),
    ...(crl.length > 0 ? [new x509.CRLDistributionPointsExtension([...crl])] : []),
    ...(options.extra ?? []),
  ];
}

/** An extension that nobody knows. */
export const unknownExtension = (critical: boolean): x509.Extension =>
  new x509.Extension('1.2.3.4.5', critical, new Uint8Array([0x05, 0x00]));
