import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkKeyWindow, type PreparedKey, prepareKey, prepareTrustedKeys } from './keys.ts';
import { isRefusal } from './refusal.ts';

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki') =>
  key.export({ type, format: 'pem' }).toString();
const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const refusalOf = (key: KeyObject) => {
  const prepared = prepareKey(key);
  return isRefusal(prepared) ? `${prepared.status} ${prepared.reason}` : prepared.algorithm;
};

describe('keys that are refused', () => {
  it.each([
    ['RSA of 1024 bits', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey],
    ['P-224', generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey],
  ])('N57: %s', (_, key) => {
    expect(refusalOf(key)).toBe('invalid key-weak');
  });

  it.each([
    ['X25519', generateKeyPairSync('x25519').publicKey],
    ['Ed448', generateKeyPairSync('ed448').publicKey],
  ])('or not judged: %s', (_, key) => {
    expect(refusalOf(key)).toBe('inconclusive unsupported-algorithm');
  });
});

describe('the keys of an authority', () => {
  it('may be several in one text, also in the old form of RSA', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const keys = prepareTrustedKeys({ pem: `${pem(p256())}\n${pem(p256())}${pem(rsa, 'pkcs1')}` });
    expect(keys.map((key) => (isRefusal(key) ? key.reason : key.algorithm))).toEqual([
      'ecdsa-p256',
      'ecdsa-p256',
      'rsa-2048',
    ]);
  });

  it('that were not read say why', () => {
    const [key] = prepareTrustedKeys({ pem: '', reference: 'awskms:///x', problem: 'export it' });
    expect(key).toMatchObject({
      status: 'inconclusive',
      reason: 'key-unresolvable',
      detail: 'export it',
    });
  });
});

describe('the time in which a key counts', () => {
  const [from, until, revoked] = ['2026-01-01', '2026-06-01', '2026-03-01'].map(
    (day) => `${day}T00:00:00.000Z`,
  ) as [string, string, string];
  const outcome = (
    rules: { validFrom?: string; validUntil?: string; revokedFrom?: string },
    ...times: readonly string[]
  ) => {
    const [key] = prepareTrustedKeys({ pem: pem(p256()), ...rules });
    const refusal = checkKeyWindow(
      key as PreparedKey,
      times.map((at) => ({ at })),
    );
    return refusal ? `${refusal.status} ${refusal.reason}` : 'counts';
  };
  const window = { validFrom: from, validUntil: until };

  it('is any time where nothing is said', () => {
    expect(outcome({})).toBe('counts');
  });

  it('N34: includes both ends, and every proven time must lie in it', () => {
    expect(outcome(window, from, until)).toBe('counts');
    expect(outcome(window, from, '2026-06-01T00:00:00.001Z')).toBe('invalid key-window');
    expect(outcome(window, '2025-12-31T23:59:59.999Z')).toBe('invalid key-window');
    expect(outcome(window, 'no time')).toBe('invalid key-window');
  });

  it('N34: is not judged where nothing proves the time', () => {
    expect(outcome(window)).toBe('inconclusive no-trusted-time');
  });

  it('ends before the key was revoked, and then nothing counts without a proven time', () => {
    const rules = { ...window, revokedFrom: revoked };
    expect(outcome(rules, '2026-02-28T23:59:59.999Z')).toBe('counts');
    expect(outcome(rules, revoked)).toBe('invalid key-window');
    expect(outcome({ revokedFrom: revoked }, '2020-01-01T00:00:00Z')).toBe('counts');
    expect(outcome(rules)).toBe('invalid key-window');
    expect(outcome({ ...window, revokedFrom: '2027-01-01T00:00:00Z' }, until)).toBe('counts');
  });
});
