import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { authorityFrom, type TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { der, octets, sequence } from './der.ts';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

/** Kinds of key and signature in which certificates come. */
export const algorithms = {
  'ecdsa-p256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'ecdsa-p384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'ecdsa-p521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  'ecdsa-sha1': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-1' },
  rsa: rsa('RSASSA-PKCS1-v1_5', 'SHA-256'),
  'rsa-sha1': rsa('RSASSA-PKCS1-v1_5', 'SHA-1'),
  'rsa-pss-sha1': { ...rsa('RSA-PSS', 'SHA-1'), saltLength: 20 },
  'rsa-pss': { ...rsa('RSA-PSS', 'SHA-256'), saltLength: 32 },
  ed25519: { name: 'Ed25519' },
} as const;
export type AlgorithmName = keyof typeof algorithms;

function rsa(name: string, hash: string) {
  return { name, hash, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
}

/** A certificate with the key that it is about. */
export interface Issued {
  readonly der: Buffer;
  readonly parsed: Certificate;
  readonly keys: CryptoKeyPair;
  readonly algorithm: AlgorithmName;
  readonly name: string;
}

/** How a certificate departs from a sound one of its kind. */
export interface IssueOptions {
  readonly name?: string;
  /** Whose key signs; itself by default. */
  readonly issuer?: Issued;
  readonly algorithm?: AlgorithmName;
  /** Keys of another certificate, for cross-signed ones. */
  readonly keys?: Issued;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly x509.Extension[];
  readonly serialNumber?: string;
}

export const hour = 3_600_000;
export const ago = (ms: number): Date => new Date(Math.floor((Date.now() - ms) / 1000) * 1000);

let serial = 1;

/** Issues a certificate with exactly these extensions. */
export async function issue(options: IssueOptions = {}): Promise<Issued> {
  const algorithm = options.algorithm ?? 'ecdsa-p256';
  const keys =
    options.keys?.keys ??
    ((await webcrypto.subtle.generateKey(algorithms[algorithm], true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair);
  const name = options.name ?? `CN=certificate ${serial}`;
  const signer = options.issuer ?? { keys, algorithm, name };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: options.serialNumber ?? (serial++).toString(16).padStart(4, '0'),
    subject: name,
    issuer: signer.name,
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: algorithms[signer.algorithm] as Algorithm,
    notBefore: options.notBefore ?? ago(24 * hour),
    notAfter: options.notAfter ?? ago(-24 * hour),
    extensions: [...(options.extensions ?? [])],
  });
  const bytes = Buffer.from(certificate.rawData);
  const parsed = parseCertificate(bytes);
  if (isRefusal(parsed)) throw new TypeError(parsed.detail);
  return { der: bytes, parsed, keys, algorithm: options.keys?.algorithm ?? algorithm, name };
}

/** The extensions that make certificates what they are. */
export const extension = {
  ca: (pathLength?: number) => new x509.BasicConstraintsExtension(true, pathLength, true),
  notCa: () => new x509.BasicConstraintsExtension(false, undefined, true),
  signs: () => new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  issues: () => new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  encrypts: () => new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyEncipherment, true),
  for: (purposes: readonly string[], critical = false) =>
    new x509.ExtendedKeyUsageExtension([...purposes], critical),
  names: (...names: x509.JsonGeneralName[]) => new x509.SubjectAlternativeNameExtension([...names]),
  unknown: (critical: boolean) =>
    new x509.Extension('1.2.3.4.5', critical, new Uint8Array([0x05, 0x00])),
  raw: (oid: string, value: Uint8Array, critical = false) =>
    new x509.Extension(oid, critical, new Uint8Array(value)),
  /** Name constraints: subtrees by the tag of the kind of name. */
  constraints: (
    permitted: readonly (readonly [tag: number, base: Buffer | string])[],
    excluded: readonly (readonly [tag: number, base: Buffer | string])[] = [],
  ) => {
    const list = (tag: number, subtrees: typeof permitted) =>
      subtrees.length === 0
        ? []
        : [der(tag, ...subtrees.map(([kind, base]) => sequence(der(kind, Buffer.from(base)))))];
    const value = sequence(...list(0xa0, permitted), ...list(0xa1, excluded));
    return new x509.Extension('2.5.29.30', true, new Uint8Array(value));
  },
  /** The list of certificate timestamps, in its two octet strings. */
  timestamps: (list: Buffer) =>
    new x509.Extension('1.3.6.1.4.1.11129.2.4.2', false, new Uint8Array(octets(list))),
} as const;

export const purpose = {
  code: '1.3.6.1.5.5.7.3.3',
  server: '1.3.6.1.5.5.7.3.1',
  time: '1.3.6.1.5.5.7.3.8',
  any: '2.5.29.37.0',
} as const;

/** A self-signed authority, or one below another. */
export const anAuthority = (
  options: IssueOptions & { readonly pathLength?: number } = {},
): Promise<Issued> =>
  issue({
    ...options,
    extensions: [
      extension.ca(options.pathLength),
      extension.issues(),
      ...(options.extensions ?? []),
    ],
  });

/** An end certificate for code signing. */
export const aSigner = (issuer: Issued, options: IssueOptions = {}): Promise<Issued> =>
  issue({
    issuer,
    ...options,
    extensions: options.extensions ?? [extension.signs(), extension.for([purpose.code])],
  });

/** The authorities of a trust domain: chains with the anchor last. */
export const trusting = (...chains: (readonly Issued[])[]): readonly TrustedAuthority[] =>
  chains.map((chain) =>
    authorityFrom(
      `https://${chain.at(-1)?.name}`,
      chain.map((one) => Buffer.from(one.der)),
    ),
  );
