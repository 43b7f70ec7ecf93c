/** One DER value. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.concat([Buffer.of(tag, 0x80 | octets.length, ...octets), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const explicit = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  der(0xa0 | number, ...parts);
/** A number in its shortest form, or the octets of one. */
export const integer = (value: number | Uint8Array): Buffer => {
  if (typeof value !== 'number') return der(2, value);
  const hex = value.toString(16);
  const even = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (even[0] ?? 0) > 0x7f ? der(2, Buffer.of(0), even) : der(2, even);
};
export const octets = (bytes: Uint8Array): Buffer => der(4, bytes);
export const bits = (bytes: Uint8Array): Buffer => der(3, Buffer.of(0), bytes);

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const encoded = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left % 128) | 0x80);
    return groups;
  });
  return der(6, Buffer.from(encoded));
}

/** GeneralizedTime in seconds. */
export const generalized = (date: Date): Buffer =>
  der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\..*$/g, '')}Z`));

/** UTCTime. */
export const utc = (date: Date): Buffer =>
  der(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .slice(2)
        .replace(/[-:T]|\..*$/g, '')}Z`,
    ),
  );

/** An extension; critical ones say so. */
export const extension = (id: string, value: Uint8Array, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [Buffer.of(1, 1, 0xff)] : []), octets(value));
