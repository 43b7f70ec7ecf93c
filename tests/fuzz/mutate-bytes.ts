import type { Tape } from './tape.ts';

/** Bytes that parsers tend to trip over. */
const oddBytes = [
  0x00, 0xff, 0x7f, 0x80, 0x0a, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x3a, 0x5b, 0x7b, 0xe2,
];

/** Flips, cuts, repeats or inserts at one place. */
export function mutateBytes(bytes: Buffer, tape: Tape): Buffer {
  const at = tape.next(bytes.length + 1);
  const length = tape.next(tape.pick([2, 16, 256, bytes.length + 1]));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (tape.next(6)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << tape.next(8));
      return copy;
    }
    case 1:
      return Buffer.concat([before, after.subarray(1 + length)]);
    case 2:
      return Buffer.concat([before, Buffer.of(tape.pick(oddBytes)), after]);
    case 3:
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 4:
      return Buffer.from(before);
    default: {
      const copy = Buffer.from(bytes);
      copy.fill(tape.pick(oddBytes), at, Math.min(copy.length, at + 1 + length));
      return copy;
    }
  }
}

const oddLines = [
  '',
  '-',
  '—',
  '\u0000',
  ' ',
  '— x AAAA',
  '-----BEGIN CERTIFICATE-----',
  '-----END X-----',
  '\u202e',
  '9'.repeat(400),
];

/** Changes lines: leaves one out, repeats it, moves it, or writes an odd one. */
export function mutateLines(text: Buffer, tape: Tape): Buffer {
  const lines = text.toString('utf8').split('\n');
  const at = tape.next(lines.length);
  const line = lines[at] ?? '';
  switch (tape.next(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, ...Array<string>(1 + tape.next(tape.pick([2, 50, 2_000]))).fill(line));
      break;
    case 2:
      lines.splice(tape.next(lines.length), 0, ...lines.splice(at, 1));
      break;
    case 3:
      lines[at] = tape.pick(oddLines);
      break;
    case 4:
      lines[at] = `${line}${tape.pick([' ', '\r', '=', 'A', '\u212a', ' x'])}`;
      break;
    default:
      return mutateBytes(text, tape);
  }
  return Buffer.from(lines.join('\n'));
}
