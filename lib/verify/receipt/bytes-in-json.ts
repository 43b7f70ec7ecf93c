import { decodeBase64 } from '#lib/verify/base64.ts';
import { isObject, type JsonValue } from '#lib/verify/json.ts';
import { digestOf } from './canonical-json.ts';

/** How bytes stand in the JSON of a receipt: by the digest that names them. */
interface WrittenBytes {
  readonly $base64: string;
  readonly digest: string;
}

/** A value with every run of bytes in it written as base64 beside its digest. */
export function writeBytes(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return {
      $base64: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'),
      digest: digestOf(value),
    } satisfies WrittenBytes;
  if (Array.isArray(value)) return value.map(writeBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, writeBytes(member)]),
  );
}

/** Raised by {@link readBytes}; never leaves this folder. */
export class BytesProblem extends Error {}

/**
 * The value that {@link writeBytes} was given.
 * @throws BytesProblem where base64 is not strict, or bytes do not match the digest beside them
 */
export function readBytes(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(readBytes);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '$base64')) return bytesOf(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, readBytes(member)]),
  );
}

function bytesOf(written: { readonly [name: string]: JsonValue }): Uint8Array {
  const { $base64: text, digest, ...rest } = written;
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  if (bytes === undefined || Object.keys(rest).length > 0)
    throw new BytesProblem('bytes are not written as strict base64');
  if (digestOf(bytes) !== digest)
    throw new BytesProblem(`bytes do not match the digest ${JSON.stringify(digest)} beside them`);
  return bytes;
}
