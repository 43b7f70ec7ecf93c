/** Nesting at which reading stops; tokens have fewer than twenty levels. */
const mostLevels = 48;

/**
 * Whether the bytes are one value in BER that DER would not allow (X.690 §8.1, §10): a length that is
 * indefinite or longer than it needs to be, or a string in pieces. Such a value may say what DER could
 * have said; nothing of it is read here. Takes time linear in the bytes.
 */
export function isLooseBer(bytes: Buffer): boolean {
  const value = walk({ bytes, limit: bytes.length, level: 0 }, 0);
  return value?.loose === true && value.end === bytes.length;
}

/** Where a value ends, and whether something in it is not DER. */
interface Walked {
  readonly end: number;
  readonly loose: boolean;
}

interface Place {
  readonly bytes: Buffer;
  /** Where the value around it ends. */
  readonly limit: number;
  readonly level: number;
}

function walk(place: Place, begin: number): Walked | undefined {
  const { bytes, limit, level } = place;
  const tag = bytes[begin];
  const first = bytes[begin + 1];
  if (tag === undefined || first === undefined || begin + 2 > limit) return undefined;
  if ((tag & 0x1f) === 0x1f || level > mostLevels) return undefined;
  const constructed = (tag & 0x20) !== 0;
  if (first === 0x80) return constructed ? walkUntilMark(place, begin + 2) : undefined;
  const span = spanOf(bytes, begin + 1, first);
  if (span === undefined || span.end > limit) return undefined;
  if (!constructed) return { end: span.end, loose: span.longer };
  const inside = walkAll({ bytes, limit: span.end, level: level + 1 }, span.start);
  return inside && { end: span.end, loose: span.longer || isInPieces(tag) || inside === 'loose' };
}

/** Where the content is, by a definite length, and whether that has more octets than it needs. */
function spanOf(bytes: Buffer, place: number, first: number) {
  if (first < 0x80) return { start: place + 1, end: place + 1 + first, longer: false };
  const octets = first & 0x7f;
  const start = place + 1 + octets;
  if (octets > 4 || start > bytes.length) return undefined;
  const length = bytes.readUIntBE(place + 1, octets);
  return { start, end: start + length, longer: length < 0x80 || bytes[place + 1] === 0 };
}

/** Values up to the two zero octets that end an indefinite length. */
function walkUntilMark({ bytes, limit, level }: Place, begin: number): Walked | undefined {
  for (let at = begin; at + 2 <= limit; ) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return { end: at + 2, loose: true };
    const child = walk({ bytes, limit, level: level + 1 }, at);
    if (child === undefined) return undefined;
    at = child.end;
  }
  return undefined;
}

function walkAll(place: Place, begin: number): 'loose' | 'strict' | undefined {
  let loose = false;
  for (let at = begin; at < place.limit; ) {
    const child = walk(place, at);
    if (child === undefined) return undefined;
    loose ||= child.loose;
    at = child.end;
  }
  return loose ? 'loose' : 'strict';
}

/** A universal type that DER writes as one piece; only sequences and sets are made of others. */
const isInPieces = (tag: number): boolean =>
  (tag & 0xe0) === 0x20 && tag !== 0x30 && tag !== 0x31 && tag !== 0x28 && tag !== 0x2b;
