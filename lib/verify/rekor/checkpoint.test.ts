import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { loadTrustRoot, type TrustedLog } from '#lib/verify/trusted-root.ts';
import { aTrustRoot } from '#tests/builders/signing.ts';
import { aTransparencyLog, type TestLog } from '#tests/builders/transparency-log.ts';
import { checkCheckpointSignature, readCheckpoint } from './checkpoint.ts';

const root = Buffer.alloc(32, 7);
const log = aTransparencyLog('ed25519', 'log.acme.example');
const trusted = trustedLog(log);

function trustedLog(one: TestLog): TrustedLog {
  const json = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [one.trusted],
  });
  const domain = loadTrustRoot(aTrustRoot(json));
  const [first] = isRefusal(domain) ? [] : domain.logs;
  if (first === undefined) throw new TypeError('the root has no log');
  return first;
}

const judge = (text: string, by = trusted, named = true): Refusal['reason'] | undefined => {
  const checkpoint = readCheckpoint(text);
  return isRefusal(checkpoint)
    ? checkpoint.reason
    : checkCheckpointSignature(checkpoint, by, named)?.reason;
};

describe('a checkpoint', () => {
  const good = log.checkpoint(12, root);

  it('is read as the log wrote it', () => {
    expect(readCheckpoint(good)).toMatchObject({ origin: 'log.acme.example', size: 12n, root });
    expect(judge(good)).toBeUndefined();
  });

  it('may be signed by witnesses too, before and after the log', () => {
    const witnesses = Array.from({ length: 20 }, (_, n) => `witness-${n}.example`);
    expect(judge(log.checkpoint(12, root, { witnesses }))).toBeUndefined();
  });

  it('N27: must be signed by the log, not by witnesses alone', () => {
    const text = log.checkpoint(12, root, { witnesses: ['witness.example'] });
    const lines = text.split('\n');
    expect(judge([...lines.slice(0, -2), ''].join('\n'))).toBe('tlog-checkpoint-bad');
  });

  it('N27: of another log under the hint and name of this one does not count', () => {
    const other = aTransparencyLog('ed25519', 'log.acme.example').checkpoint(12, root);
    expect(judge(withHintOf(other, good))).toBe('tlog-checkpoint-bad');
  });

  it('N27: names the log of Rekor v2; Rekor v1 signs as the host it runs on', () => {
    const text = log.checkpoint(12, root, { name: 'other.example' });
    expect(judge(text)).toBe('tlog-checkpoint-bad');
    expect(judge(text, trusted, false)).toBeUndefined();
  });

  it.each([
    ['origin', good.replace('log.acme.example\n', '\n')],
    ['size', good.replace('\n12\n', '\n')],
    ['proper size', good.replace('\n12\n', '\n012\n')],
    ['size that is a number', good.replace('\n12\n', '\n1e3\n')],
    ['root', good.replace(`${root.toString('base64')}\n`, '')],
    ['whole root', good.replace(root.toString('base64'), 'BwcH')],
    ['blank line', good.replace('\n\n', '\n')],
    ['line end', good.slice(0, -1)],
    ['signature', good.slice(0, good.indexOf('\u2014'))],
    ['signature that can be read', good.replace(/ \S+\n$/, ' AAAA\n')],
    ['dash before its signature', good.replace('\u2014', '-')],
    ['only one blank line', good.replace('\n\n', '\n\n\n')],
  ])('N27: without %s is refused before any signature is looked at', (_, text) => {
    expect(readCheckpoint(text)).toMatchObject({ reason: 'tlog-checkpoint-bad' });
  });

  it('N27: that is huge, or has a thousand signatures, is not read', () => {
    expect(judge(`${good}${'\u2014 x AAAAAAAA\n'.repeat(1000)}`)).toBe('limit-exceeded');
    expect(judge(`x${' '.repeat(70_000)}${good}`)).toBe('limit-exceeded');
  });

  it('N27: takes time in proportion to its length, whatever it holds', () => {
    const begin = performance.now();
    for (const text of ['\u2014 '.repeat(30_000), '\n'.repeat(60_000), `${' '.repeat(60_000)}\n\n`])
      judge(`a\n1\n${root.toString('base64')}\n\n${text}\n`.slice(0, 64 * 1024));
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('never throws, whatever the text', async () => {
    await assert(
      property(string({ unit: 'binary' }), string({ unit: 'binary' }), (head, tail) => {
        for (const text of [head, `${head}\n\n${tail}`, `a\n1\n${head}\n\n\u2014 ${tail}\n`])
          expect(judge(text)).not.toBeUndefined();
      }),
    );
  });
});

/** The note with the hint of another one in its last signature. */
function withHintOf(text: string, other: string): string {
  const bytesOf = (note: string) => Buffer.from(note.trimEnd().split(' ').at(-1) ?? '', 'base64');
  const spoofed = Buffer.concat([bytesOf(other).subarray(0, 4), bytesOf(text).subarray(4)]);
  return text.replace(/ \S+\n$/, ` ${spoofed.toString('base64')}\n`);
}
