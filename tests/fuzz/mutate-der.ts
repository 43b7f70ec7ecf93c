import { mutateBytes } from './mutate-bytes.ts';
import type { Tape } from './tape.ts';

/** A DER value that can be written anew with proper lengths. */
type Value =
  | { readonly tag: number; readonly children: readonly Value[]; readonly before?: Buffer }
  | { readonly tag: number; readonly content: Buffer };

const tags = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x17, 0x18, 0x30, 0x31, 0xa0, 0xa3, 0x80,
  0x24, 0x1f,
];

/** Changes one value of a DER structure; lengths around it stay right, so that readers get that far. */
export function mutateDer(bytes: Buffer, tape: Tape): Buffer {
  const [root] = readAll(bytes, 0) ?? [];
  if (root === undefined || tape.next(8) === 0) return mutateBytes(bytes, tape);
  const places = placesIn(root);
  const { path, value } = tape.pick(places);
  const changed = changeOf(value, tape, () => tape.pick(places).value);
  return Buffer.concat(replace(root, path, changed).map(write));
}

function readAll(bytes: Buffer, depth: number): Value[] | undefined {
  const values: Value[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    const size = first < 0x80 ? 0 : first & 0x7f;
    if (size > 3 || at + 2 + size > bytes.length) return undefined;
    const length = size === 0 ? first : bytes.readUIntBE(at + 2, size);
    const start = at + 2 + size;
    if (start + length > bytes.length) return undefined;
    values.push(decodedValue(tag, bytes.subarray(start, start + length), depth));
    at = start + length;
  }
  return values;
}

/** Octet strings and bit strings often hold DER again. */
function decodedValue(tag: number, content: Buffer, depth: number): Value {
  const before = tag === 0x03 ? content.subarray(0, 1) : Buffer.alloc(0);
  const isNested = (tag & 0x20) !== 0 || tag === 0x04 || tag === 0x03;
  const inside = content.subarray(before.length);
  const children =
    isNested && depth < 24 && inside.length > 1 ? readAll(inside, depth + 1) : undefined;
  return children ? { tag, children, before } : { tag, content };
}

const lengthOctets = (length: number): readonly number[] => {
  if (length < 0x80) return [length];
  const octets = [length >> 16, (length >> 8) & 0xff, length & 0xff];
  const significant = octets.slice(octets.findIndex((octet) => octet > 0));
  return [0x80 | significant.length, ...significant];
};

function write(value: Value): Buffer {
  const content =
    'content' in value
      ? value.content
      : Buffer.concat([value.before ?? Buffer.alloc(0), ...value.children.map(write)]);
  const size = lengthOctets(content.length);
  return Buffer.concat([Buffer.of(value.tag, ...size), content]);
}

interface Place {
  readonly path: readonly number[];
  readonly value: Value;
}

const placesIn = (value: Value, path: readonly number[] = []): Place[] => [
  { path, value },
  ...('children' in value
    ? value.children.flatMap((child, index) => placesIn(child, [...path, index]))
    : []),
];

/** What stands in place of a value: nothing, it twice, or another. */
function changeOf(value: Value, tape: Tape, other: () => Value): readonly Value[] {
  switch (tape.next(7)) {
    case 0:
      return [];
    case 1:
      return Array<Value>(2 + tape.next(tape.pick([2, 40]))).fill(value);
    case 2:
      return [other()];
    case 3:
      return [{ ...value, tag: tape.pick(tags) }];
    case 4:
      return [{ tag: tape.pick([0x30, 0x31, 0xa0, 0x04]), children: [value] }];
    case 5:
      return [value, other()];
    default:
      return 'content' in value
        ? [{ tag: value.tag, content: mutateBytes(value.content, tape) }]
        : [{ ...value, children: [...value.children].reverse() }];
  }
}

function replace(root: Value, path: readonly number[], values: readonly Value[]): readonly Value[] {
  const [index, ...rest] = path;
  if (index === undefined) return values;
  if (!('children' in root)) return [root];
  const children = root.children.flatMap((child, at) =>
    at === index ? replace(child, rest, values) : [child],
  );
  return [{ ...root, children }];
}
