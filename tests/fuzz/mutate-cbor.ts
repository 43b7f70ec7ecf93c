import { mutateBytes } from './mutate-bytes.ts';
import type { Tape } from './tape.ts';

const heads = [
  0x00, 0x18, 0x1b, 0x20, 0x3b, 0x40, 0x5f, 0x60, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xd2, 0xf6,
  0xf9, 0xfb, 0xff,
];

/** Changes one item of a CBOR structure: its head, its place, how often it is there, or what is inside. */
export function mutateCbor(bytes: Buffer, tape: Tape): Buffer {
  const items = spansOf(bytes);
  if (items.length === 0 || tape.next(8) === 0) return mutateBytes(bytes, tape);
  const [start, end] = tape.pick(items);
  const item = bytes.subarray(start, end);
  const put = (...parts: readonly Uint8Array[]) =>
    Buffer.concat([bytes.subarray(0, start), ...parts, bytes.subarray(end)]);
  switch (tape.next(6)) {
    case 0:
      return put();
    case 1:
      return put(item, item);
    case 2: {
      const [from, to] = tape.pick(items);
      return put(bytes.subarray(from, to));
    }
    case 3:
      return put(Buffer.of(tape.pick(heads)), item.subarray(1));
    case 4:
      return put(Buffer.of(tape.pick(heads)), item);
    default:
      return put(mutateBytes(item, tape));
  }
}

type Span = readonly [start: number, end: number];

/** Where items begin and end, also those inside of others and inside of byte strings. */
function spansOf(bytes: Buffer): readonly Span[] {
  const spans: Span[] = [];
  walkAll(bytes, 0, bytes.length, spans);
  return spans;
}

/** Notes the items that fill a part of the bytes, or none of them. */
function walkAll(bytes: Buffer, start: number, end: number, spans: Span[]): void {
  const { length } = spans;
  try {
    if (walk(bytes, start, end, spans) !== end) spans.length = length;
  } catch {
    spans.length = length;
  }
}

function walk(bytes: Buffer, start: number, limit: number, spans: Span[]): number {
  if (start >= limit) throw new RangeError('cut off');
  const [value, after] = argument(bytes, start);
  const major = (bytes[start] ?? 0) >> 5;
  let at = major === 2 || major === 3 ? after + value : after;
  if (major === 2) walkAll(bytes, after, at, spans);
  for (let left = childrenOf(major, value); left > 0; left--) at = walk(bytes, at, limit, spans);
  if (at > limit) throw new RangeError('cut off');
  spans.push([start, at]);
  return at;
}

/** Lists have items, maps twice as many, tags one. */
const childrenOf = (major: number, value: number): number =>
  ({ 4: value, 5: value * 2, 6: 1 })[major] ?? 0;

function argument(bytes: Buffer, start: number): readonly [value: number, after: number] {
  const short = (bytes[start] ?? 0) & 0x1f;
  if (short < 24) return [short, start + 1];
  const size = 1 << (short - 24);
  if (short > 27 || start + 1 + size > bytes.length) throw new RangeError('cut off');
  const value =
    size > 6 ? Number(bytes.readBigUInt64BE(start + 1)) : bytes.readUIntBE(start + 1, size);
  if (value > bytes.length) throw new RangeError('cut off');
  return [value, start + 1 + size];
}
