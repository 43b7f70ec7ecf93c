import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './json-text.ts';
import { linesOf, untilSilent } from './watch-lines.ts';

async function* chunksOf(...chunks: readonly string[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
const gather = async (lines: AsyncIterable<Buffer>) => {
  const found: string[] = [];
  for await (const line of lines) found.push(line.toString());
  return found;
};

describe('linesOf', () => {
  it('finds the same lines however the network cuts them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\n')),
        ),
        fc.array(fc.nat(50)),
        async (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const places = [
            0,
            ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
            bytes.length,
          ];
          const chunks = (async function* () {
            for (let i = 1; i < places.length; i += 1)
              yield bytes.subarray(places[i - 1], places[i]);
          })();
          const wanted = lines.map((line) => Buffer.from(line).toString());
          expect(await gather(linesOf(chunks, 10_000))).toEqual(wanted);
        },
      ),
    );
  });

  it('drops a last line that was cut off', async () => {
    expect(await gather(linesOf(chunksOf('one\ntw', 'o\nthr'), 100))).toEqual(['one', 'two']);
  });

  it.each([
    ['in one piece', [`${'x'.repeat(101)}\n`]],
    ['in many, without an end', Array<string>(30).fill('xxxx')],
  ])('refuses a line longer than its cap, %s', async (_, chunks) => {
    await expect(gather(linesOf(chunksOf(...chunks), 100))).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });
});

describe('untilSilent', () => {
  it('ends in an error when nothing comes', async () => {
    const quiet = (async function* () {
      yield Buffer.from('one\n');
      await new Promise(() => undefined);
    })();
    await expect(gather(untilSilent(quiet, 20))).rejects.toMatchObject({
      code: 'cluster-unreachable',
      retryable: true,
    });
  });

  it('does not blame the server for a slow reader', async () => {
    const found: string[] = [];
    for await (const chunk of untilSilent(chunksOf('one', 'two'), 20)) {
      found.push(chunk.toString());
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    expect(found).toEqual(['one', 'two']);
  });
});

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 10 }), (text) => {
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['arrays', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['objects', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ])('refuses %s nested beyond the limit', (_, text) => {
    expect(() => parseJson(Buffer.from(text))).toThrow(/nested deeper/);
  });

  it('does not count brackets in strings', () => {
    const text = JSON.stringify({ a: `${'['.repeat(200)}\\"${'{'.repeat(200)}` });
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });
});
