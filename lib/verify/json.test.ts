import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseFoldedDuplicate, parseJson } from './json.ts';
import { isRefusal } from './refusal.ts';

describe('guarded JSON', () => {
  it('reads what JSON.parse reads, where nothing is ambiguous', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20, noUnicodeString: false }), (text) => {
        // Large integers stay text here, on purpose.
        fc.pre(!text.includes('__proto__') && !/\d{16}|e\+/.test(text));
        const value = JSON.parse(text);
        const read = parseJson(text);
        // Repeated names are the one difference in which these two may come out.
        if (isRefusal(read)) expect(read).toMatchObject({ reason: 'json-ambiguous' });
        else expect(JSON.stringify(read)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0123e.-tfn\\u ') }), (text) => {
        let good = true;
        try {
          JSON.parse(text);
        } catch {
          good = false;
        }
        if (!good) expect(parseJson(text)).toSatisfy(isRefusal);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds every repeated name, wherever the text has quotes, colons and brackets', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ab":,{}[]\\\n') });
    const member = fc.tuple(name, fc.json({ maxDepth: 3 }));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), (members) => {
        const text = `[{${members.map(([key, value]) => `${JSON.stringify(key)} : ${value}`)}}]`;
        const names = members.map(([key]) => key);
        const twice = names.find((one, index) => names.indexOf(one) < index);
        const read = parseJson(text);
        if (twice === undefined) return;
        expect(read).toMatchObject({ reason: 'json-ambiguous' });
      }),
    );
    expect(parseJson('{"a":{"b":1},"c":[{"\\"":"\\\\","\\u0022":2}]}')).toMatchObject({
      detail: 'the member "\\u0022" occurs twice',
    });
  });

  it('says where the fault is, and does not repeat the text', () => {
    expect(parseJson('{"a":1,}')).toMatchObject({ detail: expect.stringContaining('position 7') });
    expect(parseJson('<html>secret</html>')).toMatchObject({
      detail: expect.not.stringContaining('secret'),
    });
  });

  it('reads ten million brackets of depth in no more room than their text', () => {
    expect(parseJson('['.repeat(10_000_000))).toMatchObject({
      detail: 'it nests deeper than 64 levels',
    });
  });

  it.each([
    ['a repeated name', '{"a":1,"a":2}', 'json-ambiguous'],
    ['a name repeated by escape', '{"a":1,"\\u0061":2}', 'json-ambiguous'],
    ['__proto__', '{"__proto__":{}}', 'json-ambiguous'],
    ['depth', '['.repeat(65) + ']'.repeat(65), 'json-malformed'],
    ['text behind the value', '{} {}', 'json-malformed'],
    ['nothing', '', 'json-malformed'],
  ])('refuses %s', (_, text, reason) => {
    expect(parseJson(text)).toMatchObject({ reason });
  });

  it('takes no bytes but UTF-8', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const odd = fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xe2, 0xed, 0xef, 0xbd, 0xf0, 0xff);
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 8 }), (inside) => {
        const bytes = Uint8Array.from([0x22, ...inside, 0x22]);
        let text: string | undefined;
        try {
          text = strict.decode(bytes).slice(1, -1);
        } catch {
          expect(parseJson(bytes)).toMatchObject({ reason: 'json-malformed' });
        }
        if (text !== undefined) expect(parseJson(bytes)).toBe(text);
      }),
      { numRuns: 5_000 },
    );
    expect(parseJson(Buffer.from('"\ufffd"'))).toBe('\ufffd');
  });

  it('refuses bytes that are not UTF-8, and a byte order mark', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ reason: 'json-malformed' });
    expect(parseJson(Buffer.from('\ufeff{}'))).toMatchObject({ reason: 'json-malformed' });
  });

  it('keeps integers beyond 2^53 as text', () => {
    expect(
      parseJson('[9007199254740993, 9007199254740991, 1.5, 1e30, {"a":-9007199254740993}]'),
    ).toEqual(['9007199254740993', 9007199254740991, 1.5, 1e30, { a: '-9007199254740993' }]);
  });

  it('does not take what it reads for a refusal', () => {
    const text =
      '{"refused":true,"status":"verified","reason":"no-signature","detail":"","made":true}';
    expect(parseJson(text)).not.toSatisfy(isRefusal);
  });

  it('does not lend members of the prototype', () => {
    expect(Object.keys(parseJson('{"constructor":1,"toString":2}') as object)).toEqual([
      'constructor',
      'toString',
    ]);
  });
});

describe('names that differ by case only', () => {
  it.each([
    [{ a: 1, A: 2 }, 'A'],
    [{ s: 1, '\u017f': 2 }, '\u017f'],
    [{ k: 1, '\u212a': 2 }, '\u212a'],
    [{ a: 1, b: 2 }, undefined],
  ])('in %o', (object, expected) => {
    expect(caseFoldedDuplicate(object)).toBe(expected);
  });
});
