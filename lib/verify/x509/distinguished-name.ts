import { type DerNode, derChildren, derOid, derTags, readDer } from '#lib/verify/der.ts';

/** One relative distinguished name: usually a single attribute (RFC 5280 §4.1.2.4). */
export type RelativeName = readonly NameAttribute[];

/** An attribute of a name. `value` is the text, or the DER in hex where it is no text. */
export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

/** Short forms of RFC 4514 §3 and those that OpenSSL prints. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** The attribute in which old certificates carry an e-mail address. */
export const emailAttribute = '1.2.840.113549.1.9.1';

/** Reads a Name; undefined when it is malformed. */
export function readName(der: Buffer): readonly RelativeName[] | undefined {
  const sequence = readDer(der);
  if (sequence?.tag !== derTags.sequence) return undefined;
  const names = derChildren(sequence)?.map(readRelative);
  return names?.every((name) => name !== undefined) ? names : undefined;
}

/**
 * A name as people write it, the most specific part first: `CN=build,O=acme` (RFC 4514). Special
 * characters are escaped, so that no value can pass for another attribute.
 */
export function nameText(der: Buffer): string | undefined {
  return readName(der)
    ?.map((relative) =>
      relative
        .map(({ oid, value }) => `${shortNames[oid] ?? `OID.${oid}`}=${escaped(value)}`)
        .join('+'),
    )
    .reverse()
    .join(',');
}

/** Whether `base` names a subtree that the name lies in: its parts are the first of the name. */
export const isWithin = (name: readonly RelativeName[], base: readonly RelativeName[]): boolean =>
  base.length <= name.length && base.every((part, index) => sameRelative(part, name[index] ?? []));

const sameRelative = (one: RelativeName, other: RelativeName): boolean =>
  one.length === other.length &&
  one.every(({ oid, value }) =>
    other.some((attribute) => attribute.oid === oid && folded(attribute.value) === folded(value)),
  );

/** RFC 5280 §7.1: case and runs of blanks do not make another name. */
const folded = (value: string): string =>
  value.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');

function readRelative(node: DerNode): RelativeName | undefined {
  if (node.tag !== derTags.set) return undefined;
  const attributes = derChildren(node)?.map(readAttribute);
  if (attributes === undefined || attributes.length === 0) return undefined;
  return attributes.every((attribute) => attribute !== undefined) ? attributes : undefined;
}

function readAttribute(node: DerNode): NameAttribute | undefined {
  const [id, value, ...surplus] = derChildren(node) ?? [];
  const oid = id && derOid(id);
  if (oid === undefined || value === undefined || surplus.length > 0) return undefined;
  return { oid, value: textOf(value) ?? `#${value.whole.toString('hex')}` };
}

/** UTF8String, NumericString, PrintableString, IA5String; TeletexString and BMPString as they are. */
function textOf({ tag, content }: DerNode): string | undefined {
  switch (tag) {
    case 0x0c:
      return utf8(content);
    case 0x12:
    case 0x13:
    case 0x16:
    case 0x14:
      return content.toString('latin1');
    case 0x1e:
      return content.length % 2 === 0
        ? Buffer.from(content).swap16().toString('utf16le')
        : undefined;
    default:
      return undefined;
  }
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const escaped = (value: string): string =>
  value.replace(/[,+"\\<>;=]|^[# ]| $/g, (character) => `\\${character}`);
