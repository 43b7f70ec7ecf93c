import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type HashName, type PreparedKey, prepareKey } from './keys.ts';
import { isRefusal } from './refusal.ts';
import { verifiesPss } from './rsa-pss.ts';
import { checkSignature, digestContent } from './signature.ts';

const bytes = Buffer.from('what was signed');
const digest = (hash: HashName) => createHash(hash).update(bytes).digest();
const signed = (key: KeyObject, hash: HashName, saltLength: number) =>
  sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

describe('RSASSA-PSS over a digest', () => {
  it.each<[number, HashName, number]>([
    [2048, 'sha256', 32],
    [2048, 'sha512', 64],
    [2049, 'sha256', 32],
    [3072, 'sha384', 0],
    [2055, 'sha256', constants.RSA_PSS_SALTLEN_MAX_SIGN],
  ])('holds with %i bits, %s and a salt of %i', (modulusLength, hash, salt) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const signature = signed(privateKey, hash, salt);
    expect(verifiesPss(publicKey, hash, digest(hash), signature)).toBe(true);
    const other = createHash(hash).update('something else').digest();
    expect(verifiesPss(publicKey, hash, other, signature)).toBe(false);
  });

  it('fails with another hash, another key and every changed bit', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = signed(pair.privateKey, 'sha256', 32);
    expect(verifiesPss(other.publicKey, 'sha256', digest('sha256'), signature)).toBe(false);
    expect(verifiesPss(pair.publicKey, 'sha512', digest('sha512'), signature)).toBe(false);
    for (const at of [1, 100, 255]) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifiesPss(pair.publicKey, 'sha256', digest('sha256'), changed)).toBe(false);
    }
  });

  it('fails where the signature is no number below the modulus, or of another length', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signature = signed(privateKey, 'sha256', 32);
    for (const wrong of [Buffer.alloc(256, 0xff), signature.subarray(1), Buffer.alloc(0)])
      expect(verifiesPss(publicKey, 'sha256', digest('sha256'), wrong)).toBe(false);
  });

  it('R4: is what a signature over an image manifest comes to', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = prepareKey(publicKey) as PreparedKey;
    const outcome = (signature: Buffer) => {
      const result = checkSignature(key, digestContent('sha256', bytes), signature, 'message');
      return isRefusal(result) ? result.reason : result.how;
    };
    expect(outcome(signed(privateKey, 'sha256', 32))).toBe('rsa-2048, pss, sha256');
    expect(outcome(sign('sha256', bytes, privateKey))).toBe('rsa-2048, pkcs1, sha256');
  });
});
