import 'reflect-metadata';
import { createPublicKey, KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { KeyPair } from '#lib/lab/signing/key-pair.ts';
import type { CertifiedKey } from '#lib/lab/signing/private-sigstore.ts';
import type { Issued } from './issued-certificate.ts';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
type Pair = Awaited<ReturnType<typeof newPair>>;
const newPair = () => webcrypto.subtle.generateKey(p256, true, ['sign', 'verify']);

/** Purposes of extended key usage. */
export const purposes = { code: '1.3.6.1.5.5.7.3.3', server: '1.3.6.1.5.5.7.3.1' } as const;

/** Key usage of a key that encrypts keys and signs nothing. */
export const keyEncipherment = x509.KeyUsageFlags.keyEncipherment;

/** How a leaf departs from what Fulcio issues. */
export interface LeafOptions {
  readonly subject?: string;
  readonly issuer?: string;
  readonly usages?: readonly string[];
  readonly keyUsage?: number;
  readonly ca?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly subjectNames?: readonly {
    readonly type: 'url' | 'email' | 'dns';
    readonly value: string;
  }[];
  readonly extra?: readonly x509.Extension[];
}

/** A certificate authority whose certificates may be wrong in every way. */
export interface TestAuthority {
  /** DER of the certificates that a trust root would list, the root last. */
  readonly chain: readonly Buffer[];
  issue(options?: LeafOptions): Promise<CertifiedKey>;
  /** An authority below this one. */
  intermediate(options?: {
    readonly notAfter?: Date;
    readonly extra?: readonly x509.Extension[];
    readonly pathLength?: number;
  }): Promise<TestAuthority>;
}

const hour = 3_600_000;
let serial = 1;
const nextSerial = () => (serial++).toString(16).padStart(4, '0');

/** A self-signed authority. The path length limits what may stand below it. */
export async function aCertificateAuthority(
  options: { readonly name?: string; readonly pathLength?: number } = {},
): Promise<TestAuthority> {
  const keys = await newPair();
  const name = `CN=${options.name ?? 'test root'},O=acme.example`;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name,
    keys: keys as CryptoKeyPair,
    signingAlgorithm: p256,
    notBefore: new Date(Date.now() - 24 * hour),
    notAfter: new Date(Date.now() + 24 * hour),
    extensions: [
      new x509.BasicConstraintsExtension(true, options.pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return authority(name, keys, [Buffer.from(root.rawData)]);
}

function authority(name: string, keys: Pair, chain: readonly Buffer[]): TestAuthority {
  return {
    chain,
    issue: (options = {}) => issueLeaf(name, keys, options),
    async intermediate(options = {}) {
      const own = await newPair();
      const subject = `CN=intermediate ${nextSerial()},O=acme.example`;
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: nextSerial(),
        subject,
        issuer: name,
        publicKey: own.publicKey as CryptoKey,
        signingKey: keys.privateKey as CryptoKey,
        signingAlgorithm: p256,
        notBefore: new Date(Date.now() - 24 * hour),
        notAfter: options.notAfter ?? new Date(Date.now() + 24 * hour),
        extensions: [
          new x509.BasicConstraintsExtension(true, options.pathLength, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
          ...(options.extra ?? []),
        ],
      });
      return authority(subject, own, [Buffer.from(certificate.rawData), ...chain]);
    },
  };
}

async function issueLeaf(name: string, keys: Pair, options: LeafOptions): Promise<CertifiedKey> {
  const own = await newPair();
  const names = options.subjectNames ?? [
    { type: 'url' as const, value: options.subject ?? 'https://github.com/acme/app/release' },
  ];
  const usages = options.usages ?? [purposes.code];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: nextSerial(),
    subject: '',
    issuer: name,
    publicKey: own.publicKey as CryptoKey,
    signingKey: keys.privateKey as CryptoKey,
    signingAlgorithm: p256,
    notBefore: options.notBefore ?? new Date(Date.now() - 60_000),
    notAfter: options.notAfter ?? new Date(Date.now() + 600_000),
    extensions: [
      ...(options.ca ? [new x509.BasicConstraintsExtension(true, undefined, true)] : []),
      new x509.KeyUsagesExtension(options.keyUsage ?? x509.KeyUsageFlags.digitalSignature, true),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages])] : []),
      ...(names.length > 0
        ? [
            new x509.SubjectAlternativeNameExtension(
              names.map((one) => ({ ...one })),
              true,
            ),
          ]
        : []),
      fulcioIssuer(options.issuer ?? 'https://issuer.example'),
      ...(options.extra ?? []),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  return {
    key: keyPairOf(own as CryptoKeyPair),
    certificateDer: der,
    certificatePem: `${certificate.toString('pem')}\n`,
    chainPem: '',
  };
}

/** Fulcio's issuer, arc 8: a UTF8String. */
export const fulcioIssuer = (text: string) =>
  fulcioExtension(8, Buffer.concat([Buffer.of(0x0c, text.length), Buffer.from(text)]));

/** A Fulcio extension with any bytes in it. */
export const fulcioExtension = (arc: number, value: Buffer, critical = false) =>
  new x509.Extension(`1.3.6.1.4.1.57264.1.${arc}`, critical, new Uint8Array(value));

/** An extension that nobody knows. */
export const unknownExtension = (critical: boolean) =>
  new x509.Extension('1.2.3.4.5', critical, new Uint8Array([0x05, 0x00]));

/** Name constraints: permitted DNS names below acme.example. */
export const nameConstraints = (critical: boolean) =>
  new x509.Extension(
    '2.5.29.30',
    critical,
    new Uint8Array(
      Buffer.concat([
        Buffer.of(0x30, 0x12, 0xa0, 0x10, 0x30, 0x0e, 0x82, 0x0c),
        Buffer.from('acme.example'),
      ]),
    ),
  );

/** Extended key usage for a certificate above the leaf. */
export const purposeExtension = (purpose: string) => new x509.ExtendedKeyUsageExtension([purpose]);

/** A certificate of {@link issue} with its key, as a signer takes it. */
export const certified = ({ der, keys }: Pick<Issued, 'der' | 'keys'>): CertifiedKey => ({
  key: keyPairOf(keys),
  certificateDer: der,
  certificatePem: `${new x509.X509Certificate(new Uint8Array(der)).toString('pem')}\n`,
  chainPem: '',
});

function keyPairOf(pair: Pick<CryptoKeyPair, 'privateKey'>): KeyPair {
  const privateKey = KeyObject.from(pair.privateKey);
  const publicKey = createPublicKey(privateKey);
  return {
    algorithm: 'ecdsa-p256',
    privateKey,
    publicDer: publicKey.export({ type: 'spki', format: 'der' }),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
