import type { SubjectKind } from '#lib/model/authority.ts';
import { limits } from '#lib/model/limits.ts';
import { type DerNode, derChildren, derOid, derTags, readDer } from './der.ts';
import { sha256 } from './fingerprint.ts';
import { type PreparedKey, prepareSpki } from './keys.ts';
import { invalid, isRefusal, type Refusal } from './refusal.ts';
import { readValidity, type Validity } from './x509/validity.ts';

/** A certificate extension (RFC 5280 §4.1.2.9); `value` is the content of its OCTET STRING. */
export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** One name of the subjectAltName extension. */
export interface SubjectName {
  readonly kind: SubjectKind;
  /** As text; an IP address in hex, a directory name as its DER in hex. */
  readonly value: string;
}

/** A parsed certificate. What is read here is claimed by the certificate; nothing is verified yet. */
export interface Certificate extends Validity {
  readonly der: Buffer;
  readonly key: PreparedKey;
  readonly fingerprint: string;
  /** The version field: 0 stands for X.509 version 1, 2 for version 3. */
  readonly version: number;
  readonly serialNumber: Buffer;
  /** Names as DER: issuer and subject are compared as bytes, as Go does. */
  readonly issuerDer: Buffer;
  readonly subjectDer: Buffer;
  /** What the issuer signed, and the key in it as it stands there. */
  readonly tbsDer: Buffer;
  readonly spkiDer: Buffer;
  /** AlgorithmIdentifier of the signature: its identifier and its whole encoding. */
  readonly signatureAlgorithm: { readonly oid: string; readonly der: Buffer };
  readonly signature: Buffer;
  readonly extensions: readonly CertificateExtension[];
  readonly subjectNames: readonly SubjectName[];
}

/** Object identifiers of the extensions that we act on. */
export const extensionIds = {
  keyUsage: '2.5.29.15',
  subjectKeyIdentifier: '2.5.29.14',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  signedCertificateTimestamps: '1.3.6.1.4.1.11129.2.4.2',
} as const;

/** Fulcio's otherName for user names that are no e-mail (1.3.6.1.4.1.57264.1.7). */
const fulcioOtherName = '1.3.6.1.4.1.57264.1.7';

/** Parses a DER certificate and the extensions that decide about it. */
export function parseCertificate(der: Buffer): Certificate | Refusal {
  const malformed = (what: string) => invalid('cert-malformed', `the certificate ${what}`);
  if (der.length > limits.certificateBytes) return malformed('is larger than any real one');
  if (readDer(der) === undefined) return malformed('is not a single DER value');
  const fields = readFields(der);
  if (fields === undefined)
    return malformed('lacks a part or signs another algorithm than it says');
  const extensions = readExtensions(fields.tail);
  if (extensions === undefined) return malformed('has malformed or repeated extensions');
  const subjectNames = readSubjectNames(extensions);
  if (subjectNames === undefined) return malformed('has a malformed subject alternative name');
  const key = prepareSpki(fields.known.spkiDer);
  if (isRefusal(key)) return key;
  return {
    der,
    key,
    fingerprint: sha256(der).toString('hex'),
    ...fields.known,
    extensions,
    subjectNames,
  };
}

/** By what other values name a certificate. */
export type CertificateNames = Pick<Certificate, 'subjectDer' | 'issuerDer' | 'serialNumber'>;

/** The names in a certificate, whatever its key; undefined when it is malformed. */
export const namesOf = (der: Buffer): CertificateNames | undefined => readFields(der)?.known;

type Fields = Pick<
  Certificate,
  | 'version'
  | 'serialNumber'
  | 'issuerDer'
  | 'subjectDer'
  | 'tbsDer'
  | 'spkiDer'
  | 'signatureAlgorithm'
  | 'signature'
  | keyof Validity
>;

/** The fields of RFC 5280 §4.1 in their order; `tail` is what comes behind the key. */
function readFields(der: Buffer): { known: Fields; tail: readonly DerNode[] } | undefined {
  const [tbs, algorithm, signature, ...surplus] = childrenOf(readDer(der));
  // A signature is a whole number of octets: the first one counts the bits that are not used.
  if (signature?.tag !== derTags.bitString || signature.octet(0) !== 0 || surplus.length > 0)
    return undefined;
  const parts = childrenOf(tbs);
  // [0] EXPLICIT Version, left out in version 1.
  const explicit = parts[0]?.tag === 0xa0 ? readDer(parts[0].content) : undefined;
  const [serial, inner, issuer, times, subject, spki, ...tail] = explicit ? parts.slice(1) : parts;
  const oid = oidOf(childrenOf(algorithm)[0]);
  if (!tbs || serial?.tag !== derTags.integer || !issuer || !subject || !spki) return undefined;
  // RFC 5280 §4.1.1.2: the algorithm outside must be the one that is signed.
  if (oid === undefined || !algorithm || !inner?.whole.equals(algorithm.whole)) return undefined;
  const validity = times && readValidity(times);
  if (validity === undefined) return undefined;
  return {
    known: {
      version: explicit?.octet(0) ?? 0,
      serialNumber: serial.content,
      issuerDer: issuer.whole,
      subjectDer: subject.whole,
      tbsDer: tbs.whole,
      spkiDer: spki.whole,
      signatureAlgorithm: { oid, der: algorithm.whole },
      signature: signature.content.subarray(1),
      ...validity,
    },
    tail,
  };
}

const childrenOf = (node: DerNode | undefined): readonly DerNode[] =>
  (node && derChildren(node)) ?? [];

const oidOf = (node: DerNode | undefined): string | undefined => node && derOid(node);

/** The extension with this identifier. */
export const extensionOf = (
  { extensions }: Pick<Certificate, 'extensions'>,
  oid: string,
): CertificateExtension | undefined => extensions.find((extension) => extension.oid === oid);

function readExtensions(fields: readonly DerNode[]): readonly CertificateExtension[] | undefined {
  // [3] EXPLICIT Extensions: absent in version 1 certificates.
  const wrapper = fields.find(({ tag }) => tag === 0xa3);
  if (wrapper === undefined) return [];
  const list = readDer(wrapper.content);
  const nodes = list && derChildren(list);
  const extensions = nodes?.map(readExtension);
  if (extensions === undefined || extensions.includes(undefined)) return undefined;
  const whole = extensions.filter((extension) => extension !== undefined);
  // RFC 5280 §4.2: one instance each. Two readers would pick different ones.
  return new Set(whole.map(({ oid }) => oid)).size === whole.length ? whole : undefined;
}

function readExtension(node: DerNode): CertificateExtension | undefined {
  const parts = derChildren(node);
  const [id, second, third] = parts ?? [];
  const oid = id && derOid(id);
  const flagged = parts?.length === 3 && second?.tag === derTags.boolean;
  const value = flagged ? third : second;
  if (oid === undefined || value?.tag !== derTags.octetString) return undefined;
  if (parts?.length !== (flagged ? 3 : 2)) return undefined;
  return { oid, critical: flagged && second?.octet(0) !== 0, value: value.content };
}

function readSubjectNames(
  extensions: readonly CertificateExtension[],
): readonly SubjectName[] | undefined {
  const extension = extensionOf({ extensions }, extensionIds.subjectAltName);
  if (extension === undefined) return [];
  const list = readDer(extension.value);
  const names = list && derChildren(list)?.map(readSubjectName);
  return names?.every((name) => name !== undefined) ? names : undefined;
}

/** GeneralName (RFC 5280 §4.2.1.6): the tag is the kind, the content the name. */
function readSubjectName(node: DerNode): SubjectName | undefined {
  const text = node.content.toString('latin1');
  switch (node.tag) {
    case 0x86:
      return ascii(node.content) ? { kind: 'uri', value: text } : undefined;
    case 0x81:
      return ascii(node.content) ? { kind: 'email', value: text } : undefined;
    case 0x82:
      return ascii(node.content) ? { kind: 'dns', value: text } : undefined;
    case 0x87:
      return { kind: 'ip', value: node.content.toString('hex') };
    case 0xa4:
      return { kind: 'dn', value: node.content.toString('hex') };
    case 0xa0:
      return readOtherName(node);
    default:
      return { kind: 'other', value: node.content.toString('hex') };
  }
}

function readOtherName(node: DerNode): SubjectName | undefined {
  const [id, wrapped] = derChildren(node) ?? [];
  if (id === undefined || wrapped === undefined) return undefined;
  const inner = readDer(wrapped.content);
  const known = derOid(id) === fulcioOtherName && inner?.tag === derTags.utf8String;
  return {
    kind: 'other',
    value: known ? inner.content.toString('utf8') : node.content.toString('hex'),
  };
}

/** IA5String without control characters: a NUL inside would end the name for some readers. */
const ascii = (bytes: Buffer): boolean => bytes.every((octet) => octet >= 0x20 && octet < 0x7f);
