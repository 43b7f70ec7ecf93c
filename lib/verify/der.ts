/**
 * One DER value: its identifier octet, its content and its whole encoding. The bytes are cut out when
 * they are asked for: a certificate has two hundred values, of which a few are looked at.
 */
export class DerNode {
  readonly tag: number;
  readonly #source: Buffer;
  readonly #begin: number;
  readonly #content: number;
  readonly #end: number;

  constructor(source: Buffer, begin: number, content: number, end: number) {
    this.tag = source[begin] ?? 0;
    this.#source = source;
    this.#begin = begin;
    this.#content = content;
    this.#end = end;
  }

  get content(): Buffer {
    return this.#source.subarray(this.#content, this.#end);
  }

  get whole(): Buffer {
    return this.#source.subarray(this.#begin, this.#end);
  }

  /** How many octets its content has. */
  get length(): number {
    return this.#end - this.#content;
  }

  /** One octet of its content. */
  octet(index: number): number | undefined {
    const place = this.#content + index;
    return place < this.#end ? this.#source[place] : undefined;
  }

  /** The value at the place where the one before ends; the first one without it. */
  next(before?: DerNode): DerNode | 'end' | undefined {
    const begin = before === undefined ? this.#content : before.#end;
    return begin === this.#end ? 'end' : readAt(this.#source, begin, this.#end);
  }

  /** True when it fills its source. */
  get alone(): boolean {
    return this.#end === this.#source.length;
  }
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
  const node = readAt(bytes, 0, bytes.length);
  return node?.alone ? node : undefined;
}

/** The values that fill the content of a constructed value; undefined when they do not fit. */
export function derChildren(node: DerNode): readonly DerNode[] | undefined {
  const children: DerNode[] = [];
  let child = node.next();
  while (child !== 'end') {
    if (child === undefined) return undefined;
    children.push(child);
    child = node.next(child);
  }
  return children;
}

/**
 * The same one by one, for lists too long to hold as nodes: the last value is undefined where they do
 * not fit.
 */
export function* eachDerChild(node: DerNode): Generator<DerNode | undefined> {
  for (let child = node.next(); child !== 'end'; child = node.next(child)) {
    yield child;
    if (child === undefined) return;
  }
}

/** The dotted form of an object identifier; undefined when it is malformed. */
export function derOid(node: DerNode): string | undefined {
  const { tag, length } = node;
  if (tag !== derTags.oid || length === 0 || length > 64) return undefined;
  let dotted = '';
  let arc = 0;
  for (let index = 0; index < length; index++) {
    const octet = node.octet(index) ?? 0;
    // A UUID as an arc (X.667) has more digits than a number keeps.
    if (arc >= 2 ** 45) return longOid(node.content);
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    dotted += dotted === '' ? firstArcs(arc) : `.${arc}`;
    arc = 0;
  }
  // The last octet of an arc has its highest bit clear.
  return (node.octet(length - 1) ?? 0x80) & 0x80 ? undefined : dotted;
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

/** The value that begins at a place and ends before another one. */
function readAt(bytes: Buffer, begin: number, end: number): DerNode | undefined {
  const tag = bytes[begin];
  const short = bytes[begin + 1];
  if (begin + 2 > end || tag === undefined || short === undefined) return undefined;
  if ((tag & 0x1f) === 0x1f) return undefined;
  if (short < 0x80) return nodeOf(bytes, begin, begin + 2, short, end);
  const octets = short & 0x7f;
  const start = begin + 2 + octets;
  if (octets === 0 || octets > 4 || start > end || bytes[begin + 2] === 0) return undefined;
  let length = 0;
  for (let place = begin + 2; place < start; place++) length = length * 256 + (bytes[place] ?? 0);
  return length < 0x80 ? undefined : nodeOf(bytes, begin, start, length, end);
}

const nodeOf = (
  bytes: Buffer,
  begin: number,
  start: number,
  length: number,
  end: number,
): DerNode | undefined =>
  start + length > end ? undefined : new DerNode(bytes, begin, start, start + length);
