import { OperationalError } from '#lib/errors.ts';

const newline = 0x0a;

/**
 * Splits a stream into lines without their ends. A last line that was cut off is dropped: what it
 * began to tell is told again to a watch that goes on from the last whole one.
 * @throws OperationalError limit-exceeded when a line is longer than `cap`
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, cap: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]);
      if (line.length > cap) throw tooLong(cap);
      parts = [];
      size = 0;
      from = end + 1;
      if (line.length > 0) yield line;
    }
    const rest = chunk.subarray(from);
    size += rest.length;
    if (size > cap) throw tooLong(cap);
    if (rest.length > 0) parts.push(rest);
  }
}

const tooLong = (cap: number): OperationalError =>
  new OperationalError('limit-exceeded', `a line of the watch is longer than ${cap} bytes`);

/**
 * Passes chunks on until nothing comes for `silenceMs`. A connection whose other end has vanished
 * without a word looks just like a quiet one; only bookmarks tell them apart.
 */
export async function* untilSilent(
  body: AsyncIterable<Buffer>,
  silenceMs: number,
): AsyncGenerator<Buffer> {
  const iterator = body[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      const { promise: silent, reject } = Promise.withResolvers<never>();
      timer = setTimeout(() => reject(silence(silenceMs)), silenceMs);
      const next = await Promise.race([iterator.next(), silent]);
      clearTimeout(timer);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
  }
}

const silence = (ms: number): OperationalError =>
  new OperationalError(
    'cluster-unreachable',
    `the watch has been silent for ${Math.round(ms / 1000)} s, bookmarks included`,
    { retryable: true },
  );
