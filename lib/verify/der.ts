/** One DER value: its identifier octet, its content and its whole encoding. */
export interface DerNode {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** Identifier octets that occur in certificates and timestamps (X.690 §8.1.2). */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * Reads exactly one value that fills the bytes; undefined when it does not. Only definite, minimal
 * lengths and one-octet tags: DER allows no other, and signed X.509 needs no other.
 */
export function readDer(bytes: Buffer): DerNode | undefined {
  const node = readFirst(bytes);
  return node !== undefined && node.whole.length === bytes.length ? node : undefined;
}

/** The values that fill the content of a constructed value; undefined when they do not fit. */
export function derChildren({ content }: DerNode): readonly DerNode[] | undefined {
  const children: DerNode[] = [];
  let rest = content;
  while (rest.length > 0) {
    const child = readFirst(rest);
    if (child === undefined) return undefined;
    children.push(child);
    rest = rest.subarray(child.whole.length);
  }
  return children;
}

/**
 * The same one by one, for lists too long to hold as nodes: the last value is undefined where they do
 * not fit.
 */
export function* eachDerChild({ content }: DerNode): Generator<DerNode | undefined> {
  let rest = content;
  while (rest.length > 0) {
    const child = readFirst(rest);
    yield child;
    if (child === undefined) return;
    rest = rest.subarray(child.whole.length);
  }
}

/** The dotted form of an object identifier; undefined when it is malformed. */
export function derOid({ tag, content }: DerNode): string | undefined {
  if (tag !== derTags.oid || content.length === 0 || content.length > 64) return undefined;
  let dotted = '';
  let arc = 0;
  for (const octet of content) {
    // A UUID as an arc (X.667) has more digits than a number keeps.
    if (arc >= 2 ** 45) return longOid(content);
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    dotted += dotted === '' ? firstArcs(arc) : `.${arc}`;
    arc = 0;
  }
  return (content.at(-1) ?? 0x80) & 0x80 ? undefined : dotted;
}

function longOid(content: Buffer): string | undefined {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet & 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [shared = 0n, ...more] = arcs;
  const root = shared < 80n ? shared / 40n : 2n;
  return (content.at(-1) ?? 0x80) & 0x80
    ? undefined
    : [root, shared - root * 40n, ...more].join('.');
}

/** The first two arcs share a number: 40 times the first, at most 2, plus the second. */
function firstArcs(shared: number): string {
  const root = Math.min(2, Math.floor(shared / 40));
  return `${root}.${shared - root * 40}`;
}

function readFirst(bytes: Buffer): DerNode | undefined {
  const tag = bytes[0];
  const short = bytes[1];
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) return undefined;
  if (short < 0x80) return slice(bytes, tag, 2, short);
  const octets = short & 0x7f;
  if (octets === 0 || octets > 4 || bytes.length < 2 + octets) return undefined;
  let length = 0;
  for (let place = 2; place < 2 + octets; place++) length = length * 256 + (bytes[place] ?? 0);
  if (length < 0x80 || bytes[2] === 0) return undefined;
  return slice(bytes, tag, 2 + octets, length);
}

function slice(bytes: Buffer, tag: number, start: number, length: number): DerNode | undefined {
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) };
}
