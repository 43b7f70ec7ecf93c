import fc from 'fast-check';
import { openTape, type Tape } from './tape.ts';

/** One reader of bytes that an attacker writes. */
export interface Target {
  readonly name: string;
  /** Bytes to be read: valid ones that were changed, and noise. */
  readonly inputs: fc.Arbitrary<Buffer>;
  /**
   * Reads the input through the public reader. The text says what must not be: that something was
   * verified, or accepted, which nobody signed.
   * @throws never; whatever is thrown is a finding
   */
  readonly read: (input: Buffer) => string | undefined;
}

type Mutate = (bytes: Buffer, tape: Tape) => Buffer;

const numbers = fc.array(fc.nat(), { minLength: 3, maxLength: 24 });

/** Inputs that have grown beyond this are not changed any more: readers are given what they would be. */
const mostBytes = 64 * 1024;

/** Valid inputs with one to three changes; one in sixteen is noise, or a valid one as it is. */
export function changedInputs(seeds: readonly Buffer[], mutate: Mutate): fc.Arbitrary<Buffer> {
  const changed = fc.tuple(fc.nat(seeds.length - 1), fc.nat(2), numbers).map(([at, more, tape]) => {
    const seed = seeds[at] ?? Buffer.alloc(0);
    const open = openTape(tape);
    let bytes = seed;
    for (let count = 0; count <= more && bytes.length < mostBytes; count++)
      bytes = mutate(bytes, open);
    return bytes;
  });
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
    fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.constantFrom(...seeds),
  );
  return fc.oneof({ arbitrary: changed, weight: 15 }, { arbitrary: noise, weight: 1 });
}
