import { isLooseBer } from '#lib/verify/ber.ts';
import { type DerNode, derChildren, derOid, derTags, readDer } from '#lib/verify/der.ts';
import { inconclusive, invalid, type Refusal } from '#lib/verify/refusal.ts';

/** How a SignerInfo names its certificate (RFC 5652 §5.3). */
export type SignerId =
  | { readonly kind: 'issuer-and-serial'; readonly issuerDer: Buffer; readonly serial: Buffer }
  | { readonly kind: 'key-id'; readonly keyId: Buffer };

/** The parts of a CMS SignedData with one signer (RFC 5652 §5.1). Nothing is verified. */
export interface SignedData {
  readonly contentType: string;
  /** The content as signed: what is inside the OCTET STRING. */
  readonly content: Buffer;
  /** DER. */
  readonly certificates: readonly Buffer[];
  readonly signer: {
    readonly id: SignerId;
    readonly digestAlgorithm: string;
    /** AlgorithmIdentifier, whole. */
    readonly signatureAlgorithm: Buffer;
    /** DER of the signed attributes as a SET OF, which is what the signature covers. */
    readonly signedAttributes: Buffer;
    /** Values of the signed attributes by type; each type occurs once. */
    readonly attributes: ReadonlyMap<string, readonly DerNode[]>;
    readonly signature: Buffer;
  };
}

const signedDataType = '1.2.840.113549.1.7.2';

/** The token of a TimeStampResp, or why there is none (RFC 3161 §2.4.2). */
export function tokenOfResponse(der: Buffer): Buffer | Refusal {
  const response = readDer(der);
  const [status, token, ...surplus] = (response && derChildren(response)) ?? [];
  const [code] = (status && derChildren(status)) ?? [];
  if (response?.tag !== derTags.sequence || code?.tag !== derTags.integer || surplus.length > 0)
    return malformed(der, 'the timestamp cannot be read');
  // PKIStatus granted and grantedWithMods.
  if (!code.content.equals(Buffer.of(0)) && !code.content.equals(Buffer.of(1)))
    return invalid('tsa-bad', 'the timestamp authority did not grant the timestamp');
  return token?.whole ?? invalid('tsa-bad', 'the answer of the timestamp authority has no token');
}

/** True when the bytes are a token by themselves and not the answer around one. */
export function isBareToken(der: Buffer): boolean {
  const outer = readDer(der);
  const [type] = (outer && derChildren(outer)) ?? [];
  return (type && derOid(type)) === signedDataType;
}

/** Reads a token: a ContentInfo with SignedData by exactly one signer. */
export function readSignedData(der: Buffer): SignedData | Refusal {
  const [type, wrapper] = children(readDer(der));
  if (type === undefined || derOid(type) !== signedDataType || wrapper?.tag !== 0xa0)
    return malformed(der, 'the timestamp is not signed data');
  const parts = children(readDer(wrapper.content));
  const [, , encapsulated, ...rest] = parts;
  const signers = children(rest.at(-1));
  const [contentType, explicit] = children(encapsulated);
  const content = explicit && readDer(explicit.content);
  if (content?.tag !== derTags.octetString || rest.at(-1)?.tag !== derTags.set)
    return malformed(der, 'the timestamp has no content');
  const [only] = signers;
  // RFC 3161 §2.4.2: no signature but the one of the authority.
  if (only === undefined || signers.length !== 1)
    return malformed(der, `the timestamp has ${signers.length} signatures, not one`);
  const signer = readSigner(only);
  if (signer === undefined) return malformed(der, 'the signature of the timestamp cannot be read');
  return {
    contentType: (contentType && derOid(contentType)) ?? '',
    content: content.content,
    certificates: children(rest.find(({ tag }) => tag === 0xa0))
      .filter(({ tag }) => tag === derTags.sequence)
      .map(({ whole }) => whole),
    signer,
  };
}

function readSigner(node: DerNode): SignedData['signer'] | undefined {
  const [version, sid, digest, attributes, algorithm, signature] = children(node);
  const id = sid && readSignerId(sid);
  const digestAlgorithm = algorithmOf(digest);
  if (version?.tag !== derTags.integer || id === undefined || digestAlgorithm === undefined)
    return undefined;
  // Signed attributes are optional in CMS and demanded by RFC 3161.
  if (attributes?.tag !== 0xa0 || algorithm === undefined) return undefined;
  if (signature?.tag !== derTags.octetString) return undefined;
  const values = readAttributes(attributes);
  if (values === undefined) return undefined;
  const signedAttributes = Buffer.from(attributes.whole);
  signedAttributes[0] = derTags.set;
  return {
    id,
    digestAlgorithm,
    signatureAlgorithm: algorithm.whole,
    signedAttributes,
    attributes: values,
    signature: signature.content,
  };
}

function readSignerId(node: DerNode): SignerId | undefined {
  if (node.tag === 0x80) return { kind: 'key-id', keyId: node.content };
  const [issuer, serial] = children(node);
  if (node.tag !== derTags.sequence || !issuer || serial?.tag !== derTags.integer) return undefined;
  return { kind: 'issuer-and-serial', issuerDer: issuer.whole, serial: serial.content };
}

function readAttributes(node: DerNode): ReadonlyMap<string, readonly DerNode[]> | undefined {
  const found = new Map<string, readonly DerNode[]>();
  for (const attribute of children(node)) {
    const [type, values] = children(attribute);
    const oid = type && derOid(type);
    if (oid === undefined || values?.tag !== derTags.set || found.has(oid)) return undefined;
    found.set(oid, children(values));
  }
  return found;
}

/** The identifier of an AlgorithmIdentifier. */
export function algorithmOf(node: DerNode | undefined): string | undefined {
  const [id] = children(node);
  return id && derOid(id);
}

/** The values inside; none where there is no value or it cannot be read. */
export const children = (node: DerNode | undefined): readonly DerNode[] =>
  (node && derChildren(node)) ?? [];

/** CMS may be written in BER (RFC 5652 §5.1); such a token is not judged, whatever else is odd. */
const malformed = (der: Buffer, detail: string): Refusal =>
  isLooseBer(der)
    ? inconclusive('unsupported-format', 'timestamps in an encoding that is not DER')
    : invalid('tsa-bad', detail);
