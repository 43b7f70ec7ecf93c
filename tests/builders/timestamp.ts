import { constants, createHash, KeyObject, sign } from 'node:crypto';
import { der, integer, nothing, octets, oid, sequence, set } from './der.ts';
import {
  anAuthority,
  extension,
  type Issued,
  type IssueOptions,
  issue,
  purpose,
} from './issued-certificate.ts';

const hashOids = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
type Hash = keyof typeof hashOids;

const signatureOids = {
  rsa: {
    sha1: '1.2.840.113549.1.1.5',
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
  ec: {
    sha1: '1.2.840.10045.4.1',
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha512: '1.2.840.10045.4.3.4',
  },
} as const;

const attributes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
const timestampInfo = '1.2.840.113549.1.9.16.1.4';

/** How a token departs from a sound one. */
export interface TokenOptions {
  readonly at?: Date;
  /** The time as it is written, where it is no time. */
  readonly time?: string;
  readonly version?: number;
  readonly policy?: string;
  /** Hash of what is timestamped, and of the signature. */
  readonly imprint?: Hash;
  readonly hash?: Hash;
  readonly accuracy?: Buffer;
  readonly nonce?: number;
  readonly extensions?: Buffer;
  /** Certificates in the token; the signer by default. */
  readonly certificates?: readonly Issued[];
  /** Whom the signed attributes name; the signer by default, `null`: nobody. */
  readonly named?: Issued | null;
  readonly namedBy?: Hash | 'v1';
  /** The serial number beside the hash. */
  readonly namedSerial?: number;
  /** Whom an attribute of the first version names besides. */
  readonly namedInV1?: Issued;
  /** Hash of the content, where it is not the one of the signature. */
  readonly contentHash?: Hash;
  readonly contentType?: string;
  /** What the content is called around it, where it is no timestamp. */
  readonly encapsulated?: string;
  /** Writes the content type twice into the signed attributes. */
  readonly repeated?: boolean;
  readonly keyId?: boolean;
  readonly pss?: boolean;
  readonly plainRsa?: boolean;
  readonly signers?: number;
  readonly tamper?: (content: Buffer) => Buffer;
}

const algorithm = (name: string) => sequence(oid(name), nothing);
const digest = (hash: Hash, bytes: Uint8Array) => createHash(hash).update(bytes).digest();
const attribute = (type: string, value: Buffer) => sequence(oid(type), set(value));

/** A timestamp authority: the certificate that signs and the root above it. */
export async function aTimestampAuthority(
  options: IssueOptions = {},
): Promise<{ readonly root: Issued; readonly signer: Issued }> {
  const root = await anAuthority({ algorithm: options.algorithm ?? 'ecdsa-p256' });
  return { root, signer: await aTimestampSigner(root, options) };
}

/** A certificate for timestamps and nothing else. */
export const aTimestampSigner = (issuer: Issued, options: IssueOptions = {}): Promise<Issued> =>
  issue({
    issuer,
    ...options,
    extensions: options.extensions ?? [
      extension.signs(),
      extension.for([purpose.time], true),
      extension.raw('2.5.29.14', octets(Buffer.from(options.name ?? 'signer'))),
    ],
  });

/** A bare token over some bytes (RFC 3161 §2.4.2). */
export function aToken(signer: Issued, over: Uint8Array, options: TokenOptions = {}): Buffer {
  const { hash = 'sha256', contentHash = hash } = options;
  const content = infoOf(over, options);
  const signed = [
    ...Array.from({ length: options.repeated ? 2 : 1 }, () =>
      attribute(attributes.contentType, oid(options.contentType ?? timestampInfo)),
    ),
    attribute(attributes.messageDigest, octets(digest(contentHash, content))),
    ...named(options.named === undefined ? signer : options.named, options),
    ...(options.namedInV1 ? named(options.namedInV1, { namedBy: 'v1' }) : []),
  ];
  const key = KeyObject.from(signer.keys.privateKey);
  const value = options.pss
    ? sign(hash, set(...signed), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
    : sign(hash, set(...signed), key);
  const signerInfo = sequence(
    integer(1),
    options.keyId
      ? der(0x80, subjectKeyId(signer))
      : sequence(signer.parsed.issuerDer, der(0x02, signer.parsed.serialNumber)),
    algorithm(hashOids[contentHash]),
    der(0xa0, ...signed),
    signatureAlgorithm(key, hash, options),
    octets(value),
  );
  const certificates = (options.certificates ?? [signer]).map((one) => one.der);
  return sequence(
    oid('1.2.840.113549.1.7.2'),
    der(
      0xa0,
      sequence(
        integer(3),
        set(algorithm(hashOids[hash])),
        sequence(
          oid(options.encapsulated ?? timestampInfo),
          der(0xa0, octets(options.tamper?.(content) ?? content)),
        ),
        ...(certificates.length > 0 ? [der(0xa0, ...certificates)] : []),
        set(...Array.from({ length: options.signers ?? 1 }, () => signerInfo)),
      ),
    ),
  );
}

/** The answer of an authority around a token. */
export const anAnswer = (token: Buffer | undefined, status = 0): Buffer =>
  sequence(sequence(integer(status)), ...(token ? [token] : []));

function infoOf(over: Uint8Array, options: TokenOptions): Buffer {
  const { imprint = 'sha256', at = new Date() } = options;
  const time = options.time ?? `${at.toISOString().replace(/[-:T]|[.].*$/g, '')}Z`;
  return sequence(
    integer(options.version ?? 1),
    oid(options.policy ?? '1.3.6.1.4.1.57264.2'),
    sequence(algorithm(hashOids[imprint]), octets(digest(imprint, over))),
    integer(7),
    der(0x18, Buffer.from(time)),
    ...(options.accuracy ? [options.accuracy] : []),
    ...(options.nonce === undefined ? [] : [integer(options.nonce)]),
    ...(options.extensions ? [options.extensions] : []),
  );
}

/** ESSCertIDv2 with its hash, where it is not SHA-256, or ESSCertID of the first version. */
function named(
  certificate: Issued | null,
  { namedBy: by = 'sha256', namedSerial }: TokenOptions,
): readonly Buffer[] {
  if (certificate === null) return [];
  if (by === 'v1')
    return [
      attribute(
        attributes.signingCertificate,
        sequence(sequence(sequence(octets(digest('sha1', certificate.der))))),
      ),
    ];
  const id = sequence(
    ...(by === 'sha256' ? [] : [algorithm(hashOids[by])]),
    octets(digest(by, certificate.der)),
    ...(namedSerial === undefined ? [] : [sequence(sequence(), integer(namedSerial))]),
  );
  return [attribute(attributes.signingCertificateV2, sequence(sequence(id)))];
}

function signatureAlgorithm(key: KeyObject, hash: Hash, options: TokenOptions): Buffer {
  if (options.pss)
    return sequence(
      oid('1.2.840.113549.1.1.10'),
      sequence(der(0xa0, algorithm(hashOids[hash])), der(0xa2, integer(32))),
    );
  if (options.plainRsa) return algorithm('1.2.840.113549.1.1.1');
  return key.asymmetricKeyType === 'rsa'
    ? algorithm(signatureOids.rsa[hash])
    : sequence(oid(signatureOids.ec[hash]));
}

function subjectKeyId({ parsed }: Issued): Buffer {
  const value = parsed.extensions.find(({ oid: id }) => id === '2.5.29.14')?.value;
  if (value === undefined) throw new TypeError('the signer has no key identifier');
  return value.subarray(2);
}
