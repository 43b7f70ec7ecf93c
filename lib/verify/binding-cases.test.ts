import { sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { simpleSigningPayload } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { statementAbout } from '#lib/lab/signing/statements.ts';
import { withPayload, withStatement } from '#lib/lab/signing/tampering.ts';
import { anImage, keyAuthority } from '#tests/builders/signing.ts';
import {
  aSigningWorld,
  type Loose,
  reasonIn,
  type SigningWorld,
  spoil,
} from '#tests/builders/signing-world.ts';

/** Cases that must not verify, by the numbers of the test plan. */
let world: SigningWorld;
const key = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;
const trustsKey = keyAuthority([key.publicPem]);

beforeAll(async () => {
  world = await aSigningWorld();
});

const claim = (change: (json: Loose) => void, image = world.image) => {
  const json = JSON.parse(simpleSigningPayload(image).toString());
  change(json);
  return Buffer.from(JSON.stringify(json));
};
const judgeClaim = async (payload: Buffer) =>
  reasonIn(world.judge(await world.layer(byKey, payload), { authority: trustsKey }));

describe('binding', () => {
  it('N01: a signature copied from another image', async () => {
    expect(await judgeClaim(simpleSigningPayload(anImage('other')))).toBe('claim-digest');
  });

  it.each([
    ['upper case', (hex: string) => `sha256:${hex.toUpperCase()}`],
    ['without prefix', (hex: string) => hex],
    ['SHA-512', (hex: string) => `sha512:${hex}${hex}`],
  ])('N02: a digest %s', async (_, write) => {
    const hex = world.image.digest.slice(7);
    const payload = claim((json) => {
      json.critical.image['docker-manifest-digest'] = write(hex);
    });
    expect(await judgeClaim(payload)).toBe('claim-digest');
  });

  it.each([
    ['twice', '"docker-manifest-digest"'],
    ['in another case beside it', '"Docker-Manifest-Digest"'],
    ['in another case with a Kelvin sign', '"doc\u212aer-manifest-digest"'],
  ])('N03: the digest member %s', async (_, member) => {
    const text = simpleSigningPayload(world.image).toString();
    const twice = text.replace('"image":{', `"image":{${member}:"${anImage('other').digest}",`);
    expect(await judgeClaim(Buffer.from(twice))).toBe('json-ambiguous');
  });

  it('N03: a whole claim in another case beside it', async () => {
    const text = simpleSigningPayload(world.image).toString();
    const twin = text.replace('{"critical":', '{"Critical":{},"critical":');
    expect(await judgeClaim(Buffer.from(twin))).toBe('json-ambiguous');
  });

  it('N03: a member of a statement in another case beside it', async () => {
    const text = statementAbout(world.image, 'x', {}).toString();
    for (const twin of ['"Subject":[]', '"predicatetype":"y"']) {
      const statement = Buffer.from(text.replace('{', `{${twin},`));
      const bundle = await world.bundle('none', byKey, undefined, statement);
      expect(reasonIn(world.judge(bundle, { authority: trustsKey }))).toBe('json-ambiguous');
    }
  });

  it('N04: a claim of another type', async () => {
    const payload = claim((json) => {
      json.critical.type = 'atomic container signature';
    });
    expect(await judgeClaim(payload)).toBe('claim-type');
  });

  it('N05: another payload under the same signature', async () => {
    const layer = withPayload(await world.layer(byKey), simpleSigningPayload(anImage('other')));
    expect(reasonIn(world.judge(layer, { authority: trustsKey }))).toBe('signature-bad');
    const bundle = withStatement(await world.bundle(), statementAbout(world.image, 'x', { y: 1 }));
    expect(reasonIn(world.judge(bundle))).toBe('signature-bad');
  });

  it('N08, N09: an envelope of another type, with no signature or with two', async () => {
    const payload = statementAbout(world.image, 'x', {});
    const signed = (type: string) =>
      Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} ${payload}`);
    const envelope = (type: string, count = 1) => ({
      payloadType: type,
      payload: payload.toString('base64'),
      signatures: Array.from({ length: count }, () => ({
        sig: sign('sha256', signed(type), key.privateKey).toString('base64'),
        keyid: '',
      })),
    });
    const bundle = await world.bundle('none', byKey);
    const judgeEnvelope = (one: object) =>
      reasonIn(
        world.judge(
          spoil(bundle, (json) => Object.assign(json, { dsseEnvelope: one })),
          { authority: trustsKey },
        ),
      );
    expect(judgeEnvelope(envelope('application/vnd.in-toto+json'))).toBe('verified');
    expect(judgeEnvelope(envelope('text/plain'))).toBe('payload-type');
    expect(judgeEnvelope(envelope('application/vnd.in-toto+json', 0))).toBe('bundle-malformed');
    expect(judgeEnvelope(envelope('application/vnd.in-toto+json', 2))).toBe('bundle-malformed');
  });

  it.each([
    ['without ours', [{ name: 'x', digest: { sha256: 'a'.repeat(64) } }], 'subject-mismatch'],
    ['with SHA-1 only', [{ name: 'x', digest: { sha1: 'a'.repeat(40) } }], 'subject-mismatch'],
    ['that is null', null, 'json-malformed'],
    ['with null in it', [null], 'json-malformed'],
    [
      'of 100,000',
      Array.from({ length: 100_000 }, () => ({ name: 'x', digest: { sha256: '' } })),
      'limit-exceeded',
    ],
  ])('N10: a subject list %s', async (_, subject, reason) => {
    const json = { ...JSON.parse(statementAbout(world.image, 'x', {}).toString()), subject };
    const statement = Buffer.from(JSON.stringify(json));
    const bundle = await world.bundle('none', byKey, undefined, statement);
    expect(reasonIn(world.judge(bundle, { authority: trustsKey }))).toBe(reason);
  });

  it.each([
    ['is not JSON', 'signed'],
    ['is cut off', '{"critical":'],
    ['is a list', '[]'],
    ['is empty', ''],
  ])('N11: a well-signed payload that %s', async (_, payload) => {
    expect(await judgeClaim(Buffer.from(payload))).toBe('json-malformed');
  });
});
