import {
  constants,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
} from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { type HashName, type PreparedKey, prepareKey } from './keys.ts';
import { isRefusal } from './refusal.ts';
import { checkSignature, digestContent, type SignatureScheme } from './signature.ts';

const bytes = Buffer.from('what was signed');
const content = { kind: 'bytes', bytes } as const;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const prepared = (key: KeyObject): PreparedKey => {
  const one = prepareKey(key);
  if (isRefusal(one)) throw new TypeError(one.detail);
  return one;
};
const holds = (...args: Parameters<typeof checkSignature>) => {
  const result = checkSignature(...args);
  return isRefusal(result) ? result.reason : result.holds;
};

describe('checkSignature', () => {
  it.each([
    ['P-256', 'prime256v1', 'sha256', 'dsse', true],
    ['P-384', 'secp384r1', 'sha384', 'dsse', true],
    ['P-384 of older bundles', 'secp384r1', 'sha256', 'dsse', true],
    ['P-384 of cosign 2', 'secp384r1', 'sha256', 'legacy', true],
    ['P-521', 'secp521r1', 'sha512', 'message', true],
    ['P-256 with a foreign hash', 'prime256v1', 'sha512', 'dsse', false],
  ] as const)('knows %s', (_, curve, hash, scheme, expected) => {
    const { publicKey, privateKey } = ec(curve);
    const signature = sign(hash, bytes, privateKey);
    expect(holds(prepared(publicKey), content, signature, scheme)).toBe(expected);
    const other = { kind: 'bytes', bytes: Buffer.from('something else') } as const;
    expect(holds(prepared(publicKey), other, signature, scheme)).toBe(false);
  });

  it('knows nothing by a digest of another hash than the key signs by', () => {
    const { publicKey, privateKey } = ec('prime256v1');
    const key = prepared(publicKey);
    const by = (hash: HashName) =>
      holds(key, digestContent(hash, bytes), sign(hash, bytes, privateKey), 'message');
    expect(by('sha256')).toBe(true);
    expect(by('sha384')).toBe('unsupported-algorithm');
    expect(by('sha512')).toBe('unsupported-algorithm');
  });

  it('tries no other hash than the one that the authority names', () => {
    const { publicKey, privateKey } = ec('secp384r1');
    const key = { ...prepared(publicKey), hash: 'sha384' } as const;
    expect(holds(key, content, sign('sha384', bytes, privateKey), 'legacy')).toBe(true);
    expect(holds(key, content, sign('sha256', bytes, privateKey), 'legacy')).toBe(false);
  });

  it('knows RSA in both paddings', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pss: SignKeyObjectInput = {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    expect(holds(prepared(publicKey), content, sign('sha256', bytes, privateKey), 'dsse')).toBe(
      true,
    );
    expect(holds(prepared(publicKey), content, sign('sha256', bytes, pss), 'dsse')).toBe(true);
    expect(holds(prepared(publicKey), content, Buffer.alloc(256), 'dsse')).toBe(false);
  });

  it('knows Ed25519, and prehashed for messages only', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = prepared(publicKey);
    expect(holds(key, content, sign(null, bytes, privateKey), 'legacy')).toBe(true);
    const secret = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
    const prehashed = ed25519ph.sign(bytes, secret);
    expect(holds(key, content, prehashed, 'message')).toBe(true);
    expect(holds(key, content, prehashed, 'dsse')).toBe(false);
  });
});

describe('with the digest only', () => {
  const digest = digestContent('sha256', bytes);
  const other = digestContent('sha256', Buffer.from('something else'));

  it.each<[string, () => { publicKey: KeyObject; privateKey: KeyObject }, HashName]>([
    ['P-256', () => ec('prime256v1'), 'sha256'],
    ['P-384', () => ec('secp384r1'), 'sha384'],
    ['P-521', () => ec('secp521r1'), 'sha512'],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
  ])('verifies %s', (_, generate, hash) => {
    const { publicKey, privateKey } = generate();
    const signature = sign(hash, bytes, privateKey);
    const scheme: SignatureScheme = 'message';
    expect(holds(prepared(publicKey), digestContent(hash, bytes), signature, scheme)).toBe(true);
    const wrong = digestContent(hash, Buffer.from('something else'));
    expect(holds(prepared(publicKey), wrong, signature, scheme)).toBe(false);
  });

  it('does not judge what needs the bytes', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const signature = sign(null, bytes, privateKey);
    expect(holds(prepared(publicKey), digest, signature, 'message')).toBe('unsupported-algorithm');
    const p521 = ec('secp521r1');
    const long = sign('sha512', bytes, p521.privateKey);
    const sha384 = digestContent('sha384', bytes);
    expect(holds(prepared(p521.publicKey), sha384, long, 'message')).toBe('unsupported-algorithm');
  });

  it('refuses an RSA signature whose padding holds another digest algorithm', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const sha1 = createHash('sha1').update(bytes).digest();
    const signature = sign('sha1', bytes, privateKey);
    expect(sha1).toHaveLength(20);
    expect(holds(prepared(publicKey), digest, signature, 'message')).toBe(false);
    expect(holds(prepared(publicKey), other, sign('sha256', bytes, privateKey), 'message')).toBe(
      false,
    );
  });
});
