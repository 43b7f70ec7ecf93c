import { encode } from 'cborg';
import { anEnvelope, type EnvelopeOptions, prefix, type Target } from '#tests/builders/notation.ts';
import {
  type CertificateOptions,
  type Certified,
  purposes,
  usages,
} from '#tests/builders/notation-pki.ts';
import { aTimestampToken, type TokenOptions } from '#tests/builders/timestamp-token.ts';

export type Format = 'jws' | 'cose';

/** Everybody who signs in the comparison. All roots lie in the trust stores, but for the stranger's. */
export interface Cast {
  readonly root: Certified;
  readonly stranger: Certified;
  readonly clock: Certified;
  readonly strangeClock: Certified;
  /** Where revocation is asked: a path below it for each case. */
  readonly revocation: string;
}

/** What a case changes in the trust policy. */
export interface PolicyChange {
  readonly trustStores?: readonly string[];
  readonly trustedIdentities?: readonly string[];
  readonly verifyTimestamp?: 'always' | 'afterCertExpiry';
  readonly registryScopes?: readonly string[];
}

/** An image and how it is signed by our own writer, in ways in which notation would not. */
export interface WrittenCase extends PolicyChange {
  readonly name: string;
  /** Why we refuse on purpose what notation accepts. */
  readonly stricter?: string;
  readonly envelope: (cast: Cast, target: Target, format: Format) => Promise<Uint8Array>;
}

const hour = 3_600_000;
const inHours = (hours: number): Date =>
  new Date(Math.floor(Date.now() / 1000) * 1000 + hours * hour);

const by =
  (
    certificate: CertificateOptions,
    options: EnvelopeOptions | ((cast: Cast, target: Target) => EnvelopeOptions) = {},
  ): WrittenCase['envelope'] =>
  async (cast, target, format) => {
    const signer = await cast.root.issue(certificate);
    const given = typeof options === 'function' ? options(cast, target) : options;
    return anEnvelope(signer, { format, target, ...given });
  };

const scheme = `${prefix}signingScheme`;
const authentic = (at: Date) => ({
  headers: {
    [scheme]: 'notary.x509.signingAuthority',
    [`${prefix}signingTime`]: undefined,
    [`${prefix}authenticSigningTime`]: at,
  },
});
const authority = { trustStores: ['signingAuthority:acme'] } as const;
const timed = { trustStores: ['ca:acme', 'tsa:time'] } as const;
const lapsed = { notBefore: inHours(-3), notAfter: inHours(-1) };

const stamped =
  (
    certificate: CertificateOptions,
    token: TokenOptions & { readonly over?: string; readonly strange?: true },
  ): WrittenCase['envelope'] =>
  async (cast, target, format) => {
    const signer = await cast.root.issue(certificate);
    const clock = token.strange ? cast.strangeClock : cast.clock;
    return anEnvelope(signer, {
      format,
      target,
      timestamp: (signature) =>
        Promise.resolve(
          aTimestampToken(clock, token.over ? Buffer.from(token.over) : signature, token),
        ),
    });
  };

const { digitalSignature } = usages;

/** Cases about envelopes, headers, certificates and time. */
export const writtenCases: readonly WrittenCase[] = [
  { name: 'good', envelope: by({}) },
  {
    name: 'expired',
    envelope: by(
      {},
      { headers: { [`${prefix}signingTime`]: inHours(-2), [`${prefix}expiry`]: inHours(-1) } },
    ),
  },
  { name: 'expires later', envelope: by({}, { headers: { [`${prefix}expiry`]: inHours(1) } }) },
  {
    name: 'other size',
    envelope: by({}, (_, target) => ({ target: { ...target, size: target.size + 1 } })),
  },
  {
    name: 'other media type',
    envelope: by({}, (_, target) => ({
      target: { ...target, mediaType: 'application/vnd.oci.image.index.v1+json' },
    })),
  },
  { name: 'signed by another key', envelope: by({}, ({ stranger }) => ({ key: stranger.key })) },
  { name: 'algorithm of another key', envelope: by({}, { algorithm: 'PS256' }) },
  { name: 'algorithm none', envelope: by({}, { algorithm: 'none' }) },
  { name: 'nothing critical', envelope: by({}, { critical: [] }) },
  { name: 'critical header missing', envelope: by({}, { critical: [scheme, 'absent'] }) },
  {
    name: 'unknown critical header',
    envelope: by({}, { headers: { odd: 'x' }, critical: [scheme, 'odd'] }),
    stricter: 'a critical header must be understood (RFC 7515 §4.1.11)',
  },
  { name: 'unknown scheme', envelope: by({}, { headers: { [scheme]: 'notary.gpg' } }) },
  {
    name: 'both times',
    envelope: by({}, { headers: { [`${prefix}authenticSigningTime`]: inHours(0) } }),
    stricter: 'the specification forbids the other time',
  },
  {
    name: 'plugin demanded',
    envelope: by(
      {},
      {
        headers: { [`${prefix}verificationPlugin`]: 'absent' },
        critical: [scheme, `${prefix}verificationPlugin`],
      },
    ),
  },
  { name: 'signing authority', ...authority, envelope: by({}, authentic(inHours(-1))) },
  {
    name: 'signing authority, lapsed since',
    ...authority,
    envelope: by(lapsed, authentic(inHours(-2))),
  },
  {
    name: 'signing authority, too late',
    ...authority,
    envelope: by(lapsed, authentic(inHours(-0.5))),
  },
  { name: 'signing authority, wrong store', envelope: by({}, authentic(inHours(-1))) },
  { name: 'certificate has expired', envelope: by(lapsed) },
  { name: 'certificate not valid yet', envelope: by({ notBefore: inHours(1) }) },
  {
    name: 'certificate for any purpose',
    envelope: by({ purposes: [purposes.any] }),
    stricter: 'the specification forbids it',
  },
  { name: 'certificate for servers', envelope: by({ purposes: [purposes.code, purposes.server] }) },
  { name: 'certificate without purposes', envelope: by({ purposes: [] }) },
  { name: 'certificate of an authority', envelope: by({ ca: true, keyUsage: digitalSignature }) },
  {
    name: 'key for encryption too',
    envelope: by({ keyUsage: digitalSignature | usages.keyEncipherment }),
  },
  {
    name: 'key for non-repudiation too',
    envelope: by({ keyUsage: digitalSignature | usages.nonRepudiation }),
  },
  { name: 'key usage not critical', envelope: by({ keyUsageCritical: false }) },
  { name: 'certificate over SHA-1', envelope: by({ hash: 'SHA-1' }) },
  { name: 'RSA key of 1024 bits', envelope: by({ kind: 'rsa1024' }, { algorithm: 'PS256' }) },
  {
    name: 'certificates out of order',
    envelope: async ({ root }, target, format) => {
      const signer = await root.issue();
      return anEnvelope(signer, { format, target, chain: [root.der, signer.der] });
    },
  },
  {
    name: 'root left out',
    envelope: async ({ root }, target, format) => {
      const signer = await root.issue();
      return anEnvelope(signer, { format, target, chain: [signer.der] });
    },
  },
  {
    name: 'certificate too many',
    envelope: async ({ root, stranger }, target, format) => {
      const signer = await root.issue();
      return anEnvelope(signer, { format, target, chain: [...signer.chain, stranger.der] });
    },
  },
  {
    name: 'bytes behind the end',
    envelope: async (cast, target, format) => {
      const whole = await by({})(cast, target, format);
      return Buffer.concat([whole, format === 'jws' ? Buffer.from('{}') : encode(0)]);
    },
  },
  { name: 'timestamped', ...timed, envelope: stamped({}, {}) },
  { name: 'timestamped, lapsed since', ...timed, envelope: stamped(lapsed, { at: inHours(-2) }) },
  {
    name: 'timestamped, lapsed, when needed',
    ...timed,
    verifyTimestamp: 'afterCertExpiry',
    envelope: stamped(lapsed, { at: inHours(-2) }),
  },
  { name: 'timestamped after the end', ...timed, envelope: stamped(lapsed, { at: inHours(-0.5) }) },
  {
    name: 'timestamp partly outside',
    ...timed,
    envelope: stamped(lapsed, { at: inHours(-1.01), accuracySeconds: 120 }),
  },
  { name: 'timestamp over another', ...timed, envelope: stamped({}, { over: 'another' }) },
  { name: 'timestamp by a stranger', ...timed, envelope: stamped({}, { strange: true }) },
  { name: 'timestamp missing', ...timed, envelope: by({}) },
  { name: 'timestamp not needed', ...timed, verifyTimestamp: 'afterCertExpiry', envelope: by({}) },
];

/** Ways in which the certificate of a case stands with its issuer; each is served below a path of its own. */
export const revocationCases = [
  'crl-good',
  'crl-revoked',
  'crl-held',
  'crl-late',
  'crl-gone',
  'ocsp-good',
  'ocsp-revoked',
  'ocsp-unknown',
  'ocsp-gone',
  'ocsp-gone-crl-good',
  'ocsp-gone-crl-revoked',
] as const;
export type RevocationCase = (typeof revocationCases)[number];

/** The certificate of such a case names the addresses where the comparison serves its answers. */
export const revocable = (
  { root, revocation }: Cast,
  name: RevocationCase,
  place: string,
): Promise<Certified> =>
  root.issue({
    ...(name.startsWith('ocsp') && { ocsp: [`${revocation}${place}/ocsp`] }),
    ...(name.includes('crl') && { crl: [`${revocation}${place}/crl`] }),
  });
