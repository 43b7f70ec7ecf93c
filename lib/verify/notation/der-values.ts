import { type DerNode, derChildren, derOid, derTags, readDer } from '#lib/verify/der.ts';

/** An extension of a CRL, of an entry in it, or of an OCSP answer. */
export interface DataExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** Milliseconds of a UTCTime or GeneralizedTime in the form of DER (RFC 5280 §4.1.2.5). */
export function derTime({ tag, content }: DerNode): number | undefined {
  if (tag !== timeTags.utc && tag !== timeTags.generalized) return undefined;
  const written = content.toString('latin1');
  const text = tag === timeTags.utc ? `${century(written)}${written}` : written;
  const match = fullTime.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(time);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? time : undefined;
}

const timeTags = { utc: 0x17, generalized: 0x18 } as const;
const fullTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
/** Two digits of a year stand for 1950 to 2049. */
const century = (text: string): string => (text < '50' ? '20' : '19');

/** Reads a SEQUENCE OF Extension; undefined when it is malformed. */
export function readDataExtensions(list: DerNode): readonly DataExtension[] | undefined {
  const found = derChildren(list)?.map((node) => {
    const parts = derChildren(node);
    const [id, second, third] = parts ?? [];
    const oid = id && derOid(id);
    const flagged = second?.tag === derTags.boolean;
    const value = flagged ? third : second;
    if (oid === undefined || value?.tag !== derTags.octetString) return undefined;
    return { oid, critical: flagged && second.content[0] !== 0, value: value.content };
  });
  return found?.every((extension) => extension !== undefined) ? found : undefined;
}

/** The URIs of CRLDistributionPoints (RFC 5280 §4.2.1.13), which FreshestCRL has too. */
export function distributionPoints(value: Buffer): readonly string[] {
  const list = readDer(value);
  return ((list && derChildren(list)) ?? []).flatMap((point) => {
    const [name] = derChildren(point) ?? [];
    // DistributionPointName [0], and in it fullName [0].
    const full = name?.tag === 0xa0 ? derChildren(name)?.[0] : undefined;
    return full?.tag === 0xa0 ? uris(derChildren(full) ?? []) : [];
  });
}

/** The URIs among GeneralNames: tag [6]. */
export const uris = (names: readonly DerNode[]): readonly string[] =>
  names.flatMap(({ tag, content }) => (tag === 0x86 ? [content.toString('latin1')] : []));
