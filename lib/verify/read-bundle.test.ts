import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import type { SignedBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { limits } from '#lib/model/limits.ts';
import {
  aSigningWorld,
  type Loose,
  type SigningWorld,
  spoil,
} from '#tests/builders/signing-world.ts';
import { parseEnvelope } from './envelope.ts';
import { readBundle } from './read-bundle.ts';
import { isRefusal } from './refusal.ts';

let world: SigningWorld;
let bundle: SignedBundle;
let byKey: SignedBundle;

beforeAll(async () => {
  world = await aSigningWorld();
  bundle = await world.bundle('rekor-1');
  byKey = await world.bundle('none', { kind: 'key', key: generateKeyPair(), tlog: false });
});

const outcome = (one: SignedBundle, change: (json: Loose) => void): string => {
  const item = readBundle(spoil(one, change).bytes);
  return isRefusal(item) ? `${item.status} ${item.reason}` : 'read';
};
const malformed = 'invalid bundle-malformed';

describe('a bundle', () => {
  it('is read as its writers leave it', () => {
    for (const one of [bundle, byKey]) expect(outcome(one, () => undefined)).toBe('read');
  });

  it.each<[string, (json: Loose) => void]>([
    ['an unknown member', (json) => (json.extra = 1)],
    ['an unknown member inside', (json) => (json.verificationMaterial.extra = 1)],
    ['two kinds of key', (json) => (json.verificationMaterial.publicKey = { hint: 'x' })],
    ['two contents', (json) => (json.messageSignature = aMessage())],
    ['no content', (json) => delete json.dsseEnvelope],
    ['an unknown member in its envelope', (json) => (json.dsseEnvelope.extra = 1)],
    ['an empty payload', (json) => (json.dsseEnvelope.payload = '')],
    ['an empty signature', (json) => (json.dsseEnvelope.signatures[0].sig = '')],
    ['an unknown member in its log entry', (json) => (entryOf(json).extra = 1)],
    ['a log index that is no number', (json) => (entryOf(json).logIndex = 'x')],
    ['a log index as a fraction', (json) => (entryOf(json).logIndex = 1.5)],
  ])('is refused with %s', (_, change) => {
    expect(outcome(bundle, change)).toBe(malformed);
  });

  it.each(['constructor', '__proto__', 'MD5', undefined])('knows no digest by %s', (algorithm) => {
    const changed = outcome(byKey, (json) => {
      delete json.dsseEnvelope;
      json.messageSignature = aMessage();
      json.messageSignature.messageDigest.algorithm = algorithm;
    });
    expect(changed).toBe('inconclusive unsupported-algorithm');
  });

  it('without any key is refused', () => {
    expect(
      outcome(bundle, ({ verificationMaterial }) => {
        delete verificationMaterial.certificate;
        delete verificationMaterial.x509CertificateChain;
      }),
    ).toBe(malformed);
  });

  it('with more than anyone needs is not judged', () => {
    const many = Array(limits.bundleEntries + 1).fill({});
    const tooMany = 'inconclusive limit-exceeded';
    expect(outcome(bundle, (json) => (json.verificationMaterial.tlogEntries = many))).toBe(tooMany);
    const stamps = { rfc3161Timestamps: many };
    expect(
      outcome(bundle, (json) => (json.verificationMaterial.timestampVerificationData = stamps)),
    ).toBe(tooMany);
    const certificates = Array(limits.certificates + 1).fill({});
    expect(
      outcome(bundle, ({ verificationMaterial }) => {
        verificationMaterial.x509CertificateChain = { certificates };
      }),
    ).toBe(tooMany);
  });
});

describe('an envelope in the annotation layout', () => {
  it('is refused with a member that nobody knows, or in two spellings', () => {
    const { dsseEnvelope } = JSON.parse(Buffer.from(bundle.bytes).toString());
    const read = (more: object) => {
      const envelope = parseEnvelope(Buffer.from(JSON.stringify({ ...dsseEnvelope, ...more })));
      return isRefusal(envelope) ? envelope.reason : 'read';
    };
    expect(read({})).toBe('read');
    expect(read({ extra: 1 })).toBe('bundle-malformed');
    expect(read({ payloadtype: 'x' })).toBe('json-ambiguous');
  });
});

const entryOf = (json: Loose): Loose => json.verificationMaterial.tlogEntries[0];
const aMessage = () => ({
  messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' },
  signature: 'AAAA',
});
