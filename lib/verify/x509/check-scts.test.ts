import { describe, expect, it } from 'vitest';
import { isRefusal } from '#lib/verify/refusal.ts';
import {
  aLog,
  aLoggedLeaf,
  type CertificateLog,
  entryBody,
  type PromiseOptions,
  promiseOf,
} from '#tests/builders/certificate-log.ts';
import { anAuthority, hour, type Issued, issue } from '#tests/builders/issued-certificate.ts';
import { checkScts } from './check-scts.ts';

function outcome(
  leaf: Issued,
  issuer: Issued,
  logs: readonly CertificateLog[],
  threshold = 1,
  detached?: Buffer,
) {
  const result = checkScts({
    leaf: leaf.parsed,
    issuer: issuer.parsed,
    logs: logs.map(({ trusted }) => trusted),
    domain: 'test',
    threshold,
    ...(detached && { detached }),
  });
  return isRefusal(result) ? `${result.status} ${result.reason}` : result.logs.length;
}

describe('promises of certificate logs', () => {
  it.each(['p256', 'p384', 'rsa'] as const)('R12: hold with log keys of %s', async (kind) => {
    const [issuer, log] = [await anAuthority(), aLog(kind)];
    const leaf = await aLoggedLeaf(issuer, (entry) => [promiseOf(log, entry)]);
    expect(outcome(leaf, issuer, [log])).toBe(1);
  });

  it('cover their extensions', async () => {
    const [issuer, log] = [await anAuthority(), aLog()];
    const extensions = Buffer.of(0, 0, 5, 1, 2, 3, 4, 5);
    const leaf = await aLoggedLeaf(issuer, (entry) => [promiseOf(log, entry, { extensions })]);
    expect(outcome(leaf, issuer, [log])).toBe(1);
    const bare = await aLoggedLeaf(issuer, (entry) => {
      const promise = promiseOf(log, entry, { extensions });
      return [Buffer.concat([promise.subarray(0, 41), Buffer.of(0, 0), promise.subarray(51)])];
    });
    expect(outcome(bare, issuer, [log])).toBe('invalid sct-bad');
  });

  it('N44: none at all', async () => {
    const issuer = await anAuthority();
    const leaf = await issue({ issuer });
    expect(outcome(leaf, issuer, [aLog()])).toBe('invalid sct-missing');
    const empty = await aLoggedLeaf(issuer, () => []);
    expect(outcome(empty, issuer, [aLog()])).toBe('invalid sct-missing');
  });

  it('N44: about another certificate, or by another issuer', async () => {
    const [issuer, other, log] = [await anAuthority(), await anAuthority(), aLog()];
    const foreign = (await issue({ issuer })).parsed.tbsDer;
    const copied = await aLoggedLeaf(issuer, () => [promiseOf(log, entryBody(foreign, issuer))]);
    expect(outcome(copied, issuer, [log])).toBe('invalid sct-bad');
    const leaf = await aLoggedLeaf(issuer, (entry) => [promiseOf(log, entry)]);
    expect(outcome(leaf, other, [log])).toBe('invalid sct-bad');
  });

  it('N44: by a log outside the time in which it counts, both ends included', async () => {
    const at = Date.now() - hour;
    const issuer = await anAuthority();
    for (const [window, expected] of [
      [{ from: at, until: at }, 1],
      [{ until: at - 1 }, 'invalid sct-bad'],
      [{ from: at + 1 }, 'invalid sct-bad'],
    ] as const) {
      const log = aLog('p256', window);
      const leaf = await aLoggedLeaf(issuer, (entry) => [promiseOf(log, entry, { at })]);
      expect(outcome(leaf, issuer, [log])).toBe(expected);
    }
  });

  it('R2: by unknown logs are passed over, and alone are not enough', async () => {
    const [issuer, known, unknown] = [await anAuthority(), aLog(), aLog()];
    const leaf = await aLoggedLeaf(issuer, (entry) => [
      promiseOf(unknown, entry),
      promiseOf(known, entry),
    ]);
    expect(outcome(leaf, issuer, [known])).toBe(1);
    expect(outcome(leaf, issuer, [aLog()])).toBe('untrusted sct-unknown-log');
    expect(outcome(leaf, issuer, [])).toBe('untrusted sct-unknown-log');
  });

  it('that do not hold are passed over beside one that does, as sigstore-go counts them', async () => {
    const [issuer, log, other] = [await anAuthority(), aLog(), aLog()];
    const foreign = entryBody((await issue({ issuer })).parsed.tbsDer, issuer);
    const leaf = await aLoggedLeaf(issuer, (entry) => [
      promiseOf(other, foreign),
      promiseOf(log, entry),
    ]);
    expect(outcome(leaf, issuer, [log, other])).toBe(1);
    expect(outcome(leaf, issuer, [log, other], 2)).toBe('invalid sct-bad');
    expect(outcome(leaf, issuer, [other])).toBe('invalid sct-bad');
  });

  it('N28: of one log count once', async () => {
    const [issuer, one, two] = [await anAuthority(), aLog(), aLog()];
    const twice = await aLoggedLeaf(issuer, (entry) => [
      promiseOf(one, entry),
      promiseOf(one, entry, { at: Date.now() - 1_000 }),
    ]);
    expect(outcome(twice, issuer, [one, two], 2)).toBe('invalid sct-missing');
    const both = await aLoggedLeaf(issuer, (entry) => [
      promiseOf(one, entry),
      promiseOf(two, entry),
    ]);
    expect(outcome(both, issuer, [one, two], 2)).toBe(2);
  });

  it('may come beside the certificate', async () => {
    const [issuer, log] = [await anAuthority(), aLog()];
    const leaf = await issue({ issuer });
    const length = Buffer.alloc(3);
    length.writeUIntBE(leaf.der.length, 0, 3);
    const entry = Buffer.concat([length, leaf.der]);
    const detached = promiseOf(log, entry, { entry: 0 });
    expect(outcome(leaf, issuer, [log], 1, detached)).toBe(1);
    const other = await issue({ issuer });
    expect(outcome(other, issuer, [log], 1, detached)).toBe('invalid sct-bad');
  });

  it('are refused over SHA-1, of another version, cut short, or with something behind', async () => {
    const [issuer, log] = [await anAuthority(), aLog()];
    const spoiled = async (spoil: (promise: Buffer) => Buffer, options: PromiseOptions = {}) => {
      const leaf = await aLoggedLeaf(issuer, (entry) => [spoil(promiseOf(log, entry, options))]);
      return outcome(leaf, issuer, [log]);
    };
    expect(await spoiled((promise) => promise)).toBe(1);
    expect(await spoiled((promise) => promise, { hash: 2 })).toBe('invalid sct-bad');
    expect(await spoiled((promise) => promise, { version: 1 })).toBe('invalid sct-bad');
    expect(await spoiled((promise) => Buffer.concat([Buffer.of(1), promise.subarray(1)]))).toBe(
      'invalid sct-bad',
    );
    expect(await spoiled((promise) => promise.subarray(0, -1))).toBe('invalid sct-bad');
    expect(await spoiled((promise) => Buffer.concat([promise, Buffer.of(0)]))).toBe(
      'invalid sct-bad',
    );
  });
});
