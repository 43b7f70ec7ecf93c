import { describe, expect, it } from 'vitest';
import { isRefusal } from '#lib/verify/refusal.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { der, integer, octets, oid, sequence } from '#tests/builders/der.ts';
import {
  type AlgorithmName,
  ago,
  anAuthority,
  extension,
  hour,
  type Issued,
  purpose,
  trusting,
} from '#tests/builders/issued-certificate.ts';
import {
  anAnswer,
  aTimestampAuthority,
  aTimestampSigner,
  aToken,
  type TokenOptions,
} from '#tests/builders/timestamp.ts';
import { type VerifiedTimestamp, verifyTimestamp } from './verify-timestamp.ts';

const signed = Buffer.from('a signature');

function verified(
  bytes: Buffer,
  authorities: readonly TrustedAuthority[],
  over = signed,
  container: 'either' | 'token' = 'either',
): string | VerifiedTimestamp {
  const stamp = verifyTimestamp({ der: bytes, over, authorities, domain: 'test', container });
  return isRefusal(stamp) ? `${stamp.status} ${stamp.reason}` : stamp;
}

/** The outcome of an answer: a refusal, or the fingerprint of the signer. */
function outcome(...question: Parameters<typeof verified>): string {
  const stamp = verified(...question);
  return typeof stamp === 'string' ? stamp : 'good';
}

async function judged(options: TokenOptions): Promise<string> {
  const { root, signer } = await aTimestampAuthority();
  return outcome(anAnswer(aToken(signer, signed, options)), trusting([root]));
}

function otherSerial(content: Buffer): Buffer {
  const changed = Buffer.from(content);
  changed[content.indexOf(Buffer.of(0x02, 1, 7)) + 2] = 8;
  return changed;
}

/** The certificate with another identifier in the place of id-ecPublicKey. */
function withStrangeKey(certificate: Buffer): Buffer {
  const changed = Buffer.from(certificate);
  const id = Buffer.from('2a8648ce3d0201', 'hex');
  changed[changed.lastIndexOf(id) + id.length - 1] = 9;
  return changed;
}

describe('timestamps that hold', () => {
  it.each<[AlgorithmName, TokenOptions]>([
    ['ecdsa-p256', {}],
    ['ecdsa-p256', { hash: 'sha512', imprint: 'sha512' }],
    ['ecdsa-p384', { hash: 'sha384', imprint: 'sha384' }],
    ['ecdsa-p521', { hash: 'sha512' }],
    ['rsa', {}],
    ['rsa', { hash: 'sha384' }],
    ['rsa', { hash: 'sha512', plainRsa: true }],
    ['rsa', { pss: true }],
  ])('R10: of %s with %o', async (algorithm, options) => {
    const { root, signer } = await aTimestampAuthority({ algorithm });
    expect(outcome(anAnswer(aToken(signer, signed, options)), trusting([root]))).toBe('good');
  });

  it('R10: with the certificate in the token, in the trust root, or in both', async () => {
    const { root, signer } = await aTimestampAuthority();
    const bare = anAnswer(aToken(signer, signed, { certificates: [] }));
    const whole = anAnswer(aToken(signer, signed, { certificates: [signer, root] }));
    expect(outcome(bare, trusting([signer, root]))).toBe('good');
    expect(outcome(whole, trusting([signer, root]))).toBe('good');
    expect(outcome(whole, trusting([root]))).toBe('good');
    expect(outcome(bare, trusting([root]))).toBe('untrusted tsa-untrusted');
  });

  it('with an intermediate that only the token carries', async () => {
    const root = await anAuthority();
    const middle = await anAuthority({ issuer: root });
    const signer = await aTimestampSigner(middle);
    const token = aToken(signer, signed, { certificates: [signer, middle] });
    expect(outcome(token, trusting([root]))).toBe('good');
  });

  it('R10: as an answer or as a bare token, where both will do', async () => {
    const { root, signer } = await aTimestampAuthority();
    const token = aToken(signer, signed);
    expect(outcome(token, trusting([root]))).toBe('good');
    expect(outcome(anAnswer(token, 1), trusting([root]))).toBe('good');
    expect(outcome(token, trusting([root]), signed, 'token')).toBe('good');
    expect(outcome(anAnswer(token), trusting([root]), signed, 'token')).toBe('invalid tsa-bad');
  });

  it('by a signer that is named by its key identifier, or by other strong hashes', async () => {
    expect(await judged({ keyId: true })).toBe('good');
    expect(await judged({ namedBy: 'sha512' })).toBe('good');
  });

  it('with a nonce, which nobody here asked for', async () => {
    expect(await judged({ nonce: 5 })).toBe('good');
  });

  it('say from when to when they vouch', async () => {
    const { root, signer } = await aTimestampAuthority();
    const at = ago(1_000);
    const accuracyOf = (options: TokenOptions) => {
      const stamp = verified(aToken(signer, signed, { at, ...options }), trusting([root]));
      if (typeof stamp === 'string') return stamp;
      return [stamp.at.getTime() - stamp.earliest, stamp.latest - stamp.at.getTime()];
    };
    expect(accuracyOf({})).toEqual([0, 0]);
    const accuracy = sequence(integer(2), der(0x80, Buffer.of(5)), der(0x81, Buffer.of(100)));
    expect(accuracyOf({ accuracy })).toEqual([2005.1, 2005.1].map((ms) => expect.closeTo(ms, 3)));
    expect(accuracyOf({ policy: '0.4.0.2023.1.1' })).toEqual([1_000, 1_000]);
    expect(accuracyOf({ accuracy: sequence(der(0x82, Buffer.of(1))) })).toBe('invalid tsa-bad');
  });
});

describe('N31: a timestamp', () => {
  it('over other bytes', async () => {
    const { root, signer } = await aTimestampAuthority();
    const answer = anAnswer(aToken(signer, signed));
    expect(outcome(answer, trusting([root]), Buffer.from('other'))).toBe('invalid tsa-bad');
  });

  it('that was not granted, or that is missing', async () => {
    const { root, signer } = await aTimestampAuthority();
    const token = aToken(signer, signed);
    expect(outcome(anAnswer(token, 2), trusting([root]))).toBe('invalid tsa-bad');
    expect(outcome(anAnswer(undefined), trusting([root]))).toBe('invalid tsa-bad');
    expect(outcome(Buffer.from('no DER'), trusting([root]))).toBe('invalid tsa-bad');
    expect(outcome(Buffer.alloc(0), trusting([root]))).toBe('invalid tsa-bad');
  });

  it('by a stranger, who may write what he likes', async () => {
    const [known, stranger] = [await aTimestampAuthority(), await aTimestampAuthority()];
    const from = (options: TokenOptions) =>
      outcome(aToken(stranger.signer, signed, options), trusting([known.root]));
    expect(from({})).toBe('untrusted tsa-untrusted');
    expect(from({ certificates: [stranger.signer, stranger.root] })).toBe(
      'untrusted tsa-untrusted',
    );
    expect(from({ certificates: [] })).toBe('untrusted tsa-untrusted');
    expect(from({ imprint: 'sha1' })).toBe('untrusted tsa-untrusted');
  });

  it('by another certificate than the one that the trust root lists', async () => {
    const { root, signer } = await aTimestampAuthority();
    const other = await aTimestampSigner(root);
    expect(outcome(aToken(other, signed), trusting([root]))).toBe('good');
    expect(outcome(aToken(other, signed), trusting([signer, root]))).toBe(
      'untrusted tsa-untrusted',
    );
  });

  it.each([
    ['no purpose', [extension.signs()]],
    ['another purpose', [extension.signs(), extension.for([purpose.code], true)]],
    ['a purpose that is not critical', [extension.signs(), extension.for([purpose.time])]],
    ['two purposes', [extension.signs(), extension.for([purpose.time, purpose.code], true)]],
  ])('by a certificate with %s', async (_, extensions) => {
    const { root, signer } = await aTimestampAuthority({ extensions });
    expect(outcome(aToken(signer, signed), trusting([root]))).toBe('invalid tsa-eku');
  });

  it('by a key that is not for signatures', async () => {
    const extensions = [extension.encrypts(), extension.for([purpose.time], true)];
    const { root, signer } = await aTimestampAuthority({ extensions });
    expect(outcome(aToken(signer, signed), trusting([root]))).toBe('invalid cert-ku');
  });

  it('that names another certificate, or none', async () => {
    const { root, signer } = await aTimestampAuthority();
    const twin = await aTimestampSigner(root, { keys: signer });
    expect(outcome(aToken(signer, signed, { named: twin }), trusting([root]))).toBe(
      'invalid tsa-bad',
    );
    expect(outcome(aToken(signer, signed, { named: null }), trusting([root]))).toBe(
      'invalid tsa-bad',
    );
  });

  it('that names one certificate in the new way and another in the old', async () => {
    const { root, signer } = await aTimestampAuthority();
    const named = (namedInV1: Issued) =>
      outcome(aToken(signer, signed, { namedInV1 }), trusting([root]));
    expect(named(signer)).toBe('good');
    expect(named(root)).toBe('invalid tsa-bad');
  });

  it.each<[string, TokenOptions]>([
    ['of what is timestamped', { imprint: 'sha1' }],
    ['of the signature', { hash: 'sha1' }],
    ['of the certificate', { namedBy: 'sha1' }],
    ['of the certificate, in the old way', { namedBy: 'v1' }],
  ])('with a SHA-1 digest %s', async (_, options) => {
    expect(await judged(options)).toBe('invalid tsa-bad');
  });

  it.each<[string, TokenOptions]>([
    // Another serial number: still a timestamp, but not the one that was signed.
    ['changed afterwards', { tamper: otherSerial }],
    ['with two hashes in one signature', { hash: 'sha256', contentHash: 'sha512' }],
    ['that names another serial number', { namedSerial: 99 }],
    ['on a day that is not in the calendar', { time: '20260231000000Z' }],
    ['at an hour that is not on the clock', { time: '20260101240000Z' }],
    ['of another content type', { contentType: '1.2.840.113549.1.7.1' }],
    [
      'that holds something else',
      { encapsulated: '1.2.840.113549.1.7.1', contentType: '1.2.840.113549.1.7.1' },
    ],
    ['with a signed attribute twice', { repeated: true }],
    ['of version 2', { version: 2 }],
    ['signed twice', { signers: 2 }],
    ['signed by nobody', { signers: 0 }],
    ['with no time', { time: '20261332000000Z' }],
    ['with a time that is not in UTC', { time: '20260101000000+0100' }],
    ['with a time in local hours', { time: '20260101000000' }],
    [
      'with a critical extension',
      { extensions: der(0xa1, sequence(oid('1.2.3'), der(0x01, Buffer.of(0xff)), octets(signed))) },
    ],
  ])('%s', async (_, options) => {
    expect(await judged(options)).toBe('invalid tsa-bad');
  });

  it('in an encoding that is not DER is not judged', async () => {
    const { root, signer } = await aTimestampAuthority();
    const token = aToken(signer, signed);
    const body = token.subarray(token[1] === 0x82 ? 4 : 3);
    const ber = Buffer.concat([Buffer.of(0x30, 0x80), body, Buffer.of(0, 0)]);
    expect(outcome(ber, trusting([root]))).toBe('inconclusive unsupported-format');
  });

  it('in an encoding that is not DER further inside is not judged either', async () => {
    const { root, signer } = await aTimestampAuthority();
    const token = aToken(signer, signed);
    const longer = Buffer.concat([Buffer.of(0x30, 0x84, 0, 0), token.subarray(2)]);
    expect(token[1]).toBe(0x82);
    expect(outcome(longer, trusting([root]))).toBe('inconclusive unsupported-format');
    expect(outcome(anAnswer(longer), trusting([root]))).toBe('inconclusive unsupported-format');
    const [first] = [token.indexOf(Buffer.of(0x04, 32))];
    expect(outcome(Buffer.from(token).fill(0xff, first), trusting([root]))).toBe('invalid tsa-bad');
  });

  it('by a certificate with a key of an unsupported kind is not judged', async () => {
    const { root, signer } = await aTimestampAuthority();
    const strange = { ...signer, der: withStrangeKey(signer.der) };
    const token = (certificates: readonly Issued[]) => aToken(signer, signed, { certificates });
    const unsupported = 'inconclusive unsupported-algorithm';
    expect(outcome(token([strange]), trusting([root]))).toBe(unsupported);
    expect(outcome(token([]), trusting([strange, root]))).toBe(unsupported);
    // What an unknown authority issued stays a stranger's, and so does what names nobody known.
    const other = await aTimestampAuthority();
    expect(outcome(token([strange]), trusting([other.root]))).toBe('untrusted tsa-untrusted');
    expect(outcome(aToken(other.signer, signed), trusting([strange, root]))).toBe(
      'untrusted tsa-untrusted',
    );
  });

  it('by a signature that is not of this key', async () => {
    const { root, signer } = await aTimestampAuthority();
    const token = Buffer.from(aToken(signer, signed));
    token[token.length - 1] = (token.at(-1) ?? 0) ^ 1;
    expect(outcome(token, trusting([root]))).toBe('invalid tsa-bad');
  });

  it('at a time when a certificate or the authority did not count', async () => {
    const root = await anAuthority();
    const [from, until] = [ago(2 * hour), ago(hour)];
    const signer = await aTimestampSigner(root, { notBefore: from, notAfter: until });
    const at = (time: Date, authorities = trusting([root])) =>
      outcome(aToken(signer, signed, { at: time }), authorities);
    expect(at(from)).toBe('good');
    expect(at(until)).toBe('good');
    expect(at(ago(hour - 2_000))).toBe('invalid tsa-bad');
    const [entry] = trusting([root]);
    const window = (bounds: Partial<TrustedAuthority>) => (entry ? [{ ...entry, ...bounds }] : []);
    expect(at(until, window({ until: until.getTime() }))).toBe('good');
    expect(at(until, window({ until: until.getTime() - 1 }))).toBe('invalid tsa-bad');
    expect(at(from, window({ from: from.getTime() + 1 }))).toBe('invalid tsa-bad');
  });

  it('with more certificates than anyone needs', async () => {
    const { root, signer } = await aTimestampAuthority();
    const many: readonly Issued[] = Array.from({ length: 9 }, () => signer);
    expect(outcome(aToken(signer, signed, { certificates: many }), trusting([root]))).toBe(
      'inconclusive limit-exceeded',
    );
  });
});
