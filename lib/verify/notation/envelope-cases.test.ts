import { encode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  algorithmFor,
  anEnvelope,
  aTarget,
  type EnvelopeOptions,
  notationAuthority,
  notationDiscovery,
  notationEvidence,
  prefix,
} from '#tests/builders/notation.ts';
import { aRoot, aSelfSigned, type NotationKeyKind } from '#tests/builders/notation-pki.ts';

const root = await aRoot();
const signer = await root.issue();
const material = prepareMaterial({
  authorities: [notationAuthority([root.pem])],
  trustRoots: [],
});
const formats = ['jws', 'cose'] as const;
type Format = (typeof formats)[number];

const judge = (envelope: Uint8Array, format: Format) =>
  verifyImage(notationDiscovery([notationEvidence(envelope, format)]), material, [], new Date())
    .verdict;
const judged = async (format: Format, options: EnvelopeOptions) =>
  judge(await anEnvelope(signer, { format, ...options }), format);

describe.each(formats)('a Notation signature in %s', (format) => {
  it('is verified', async () => {
    const verdict = await judged(format, {});
    expect(verdict).toMatchObject({ status: 'verified', authority: 'notation-policy' });
    expect(verdict.signer).toMatchObject({
      kind: 'certificate',
      subject: 'CN=release,OU=build,O=acme,ST=WA,C=US',
      subjectType: 'dn',
      issuer: 'CN=acme root,O=acme,ST=WA,C=US',
    });
  });

  it.each<NotationKeyKind>(['rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384', 'p521'])(
    'is verified with a key of the kind %s',
    async (kind) => {
      const own = await root.issue({ kind });
      const { status } = judge(await anEnvelope(own, { format }), format);
      expect(status).toBe('verified');
    },
  );

  it('is refused around another payload than the one of Notation', async () => {
    const headers = { cty: 'application/json' };
    if (format === 'jws')
      expect(await judged(format, { headers })).toMatchObject({ reason: 'payload-type' });
  });

  it('shows user metadata as annotations', async () => {
    const target = aTarget('image', { annotations: { build: '7' } });
    const verdict = await judged(format, { target });
    expect(verdict.evidence[0]?.annotations).toEqual({ build: '7' });
  });

  it.each(['PS256', 'ES384', 'none', 'HS256', 'RS256', 'EdDSA'])(
    'N61 refuses the algorithm %s over an ES256 key',
    async (algorithm) => {
      expect(await judged(format, { algorithm })).toMatchObject({
        status: 'invalid',
        reason: 'signature-bad',
      });
    },
  );

  it('N61 refuses PSS with a hash that does not belong to the size of the key', async () => {
    const own = await root.issue({ kind: 'rsa3072' });
    expect(algorithmFor(own.key)).toBe('PS384');
    const envelope = await anEnvelope(own, { format, algorithm: 'PS256' });
    expect(judge(envelope, format)).toMatchObject({ status: 'invalid', reason: 'signature-bad' });
  });

  it('refuses a signature by another key', async () => {
    const { key } = await aSelfSigned();
    expect(await judged(format, { key })).toMatchObject({
      status: 'invalid',
      reason: 'signature-bad',
    });
  });

  const time = new Date('2026-01-01T00:00:00Z');
  it.each<[string, EnvelopeOptions, string]>([
    ['no critical header', { critical: [] }, 'notation-crit'],
    ['the scheme not critical', { critical: [`${prefix}expiry`] }, 'notation-crit'],
    [
      'an unknown critical header',
      { headers: { odd: 'x' }, critical: [`${prefix}signingScheme`, 'odd'] },
      'notation-crit',
    ],
    [
      'a critical header that is not there',
      { critical: [`${prefix}signingScheme`, `${prefix}expiry`] },
      'notation-crit',
    ],
    [
      'a critical header that is there without protection only',
      { critical: [`${prefix}signingScheme`, 'odd'], unprotected: { odd: 'x' } },
      'notation-crit',
    ],
    [
      'a known header that is critical and absent',
      { critical: [`${prefix}signingScheme`, `${prefix}verificationPlugin`] },
      'notation-crit',
    ],
    [
      'a critical header named twice',
      { critical: [`${prefix}signingScheme`, `${prefix}signingScheme`] },
      'notation-crit',
    ],
    [
      'an expiry that is not critical',
      {
        headers: { [`${prefix}expiry`]: new Date('2099-01-01') },
        critical: [`${prefix}signingScheme`],
      },
      'notation-crit',
    ],
    ['no scheme', { headers: { [`${prefix}signingScheme`]: undefined } }, 'notation-scheme'],
    [
      'the scheme without protection only',
      {
        headers: { [`${prefix}signingScheme`]: undefined },
        critical: [`${prefix}signingScheme`],
        unprotected: { [`${prefix}signingScheme`]: 'notary.x509' },
      },
      'notation-scheme',
    ],
    [
      'an unknown scheme',
      { headers: { [`${prefix}signingScheme`]: 'notary.gpg' } },
      'notation-scheme',
    ],
  ])('N62 refuses %s', async (_, options, reason) => {
    expect(await judged(format, options)).toMatchObject({ status: 'invalid', reason });
  });

  it.each<[string, EnvelopeOptions]>([
    ['both times under notary.x509', { headers: { [`${prefix}authenticSigningTime`]: time } }],
    [
      'both times under a signing authority',
      {
        headers: {
          [`${prefix}signingScheme`]: 'notary.x509.signingAuthority',
          [`${prefix}authenticSigningTime`]: time,
        },
      },
    ],
    ['no time at all', { headers: { [`${prefix}signingTime`]: undefined } }],
  ])('N63 refuses %s', async (_, options) => {
    expect(await judged(format, options)).toMatchObject({
      status: 'invalid',
      reason: 'notation-scheme',
    });
  });

  it('refuses an expiry before the signing time, at every level', async () => {
    const expiry = new Date(Date.now() - 48 * 3_600_000);
    const envelope = await anEnvelope(signer, { format, headers: { [`${prefix}expiry`]: expiry } });
    const audit = prepareMaterial({
      authorities: [notationAuthority([root.pem], { level: 'audit' })],
      trustRoots: [],
    });
    const discovery = notationDiscovery([notationEvidence(envelope, format)]);
    expect(verifyImage(discovery, audit, [], new Date()).verdict).toMatchObject({
      status: 'invalid',
      reason: 'notation-expired',
    });
  });

  it('is not judged when it demands a plugin, which is named', async () => {
    const plugin = { [`${prefix}verificationPlugin`]: 'acme-kms' };
    const critical = [`${prefix}signingScheme`, `${prefix}verificationPlugin`];
    const verdict = await judged(format, { headers: plugin, critical });
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'unsupported-format' });
    expect(verdict.detail).toContain('acme-kms');
    expect(await judged(format, { headers: plugin })).toMatchObject({ reason: 'notation-crit' });
  });

  it('is refused without certificates, and not judged with too many', async () => {
    expect(await judged(format, { chain: [] })).toMatchObject({ status: 'invalid' });
    expect(await judged(format, { chain: Array(9).fill(signer.der) })).toMatchObject({
      status: 'inconclusive',
      reason: 'limit-exceeded',
    });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'json-malformed'],
    ['no object', '[]', 'json-malformed'],
    ['another object', '{}', 'json-malformed'],
    ['a target named twice', '{"targetArtifact":{},"TargetArtifact":{}}', 'json-ambiguous'],
    ['bytes that are no text', Uint8Array.of(0xff), 'json-malformed'],
  ])('refuses a payload with %s', async (_, payload, reason) => {
    expect(await judged(format, { payload: Buffer.from(payload) })).toMatchObject({
      status: 'invalid',
      reason,
    });
  });
});

describe('a JWS envelope', () => {
  const fields = async () =>
    JSON.parse(Buffer.from(await anEnvelope(signer)).toString()) as Record<string, unknown>;
  const judgeFields = (value: object) => judge(Buffer.from(JSON.stringify(value)), 'jws');

  it('is refused with members of another form, or in another spelling', async () => {
    const good = await fields();
    expect(judgeFields(good).status).toBe('verified');
    expect(judgeFields({ ...good, signatures: [] })).toMatchObject({ reason: 'json-malformed' });
    expect(judgeFields({ ...good, Payload: good['payload'] })).toMatchObject({
      reason: 'json-ambiguous',
    });
    const text = JSON.stringify(good).replace('"payload"', '"payload":"","payload"');
    expect(judge(Buffer.from(text), 'jws')).toMatchObject({ reason: 'json-ambiguous' });
  });

  it('is refused where base64url has padding, blanks or loose bits', async () => {
    const good = await fields();
    for (const part of ['payload', 'protected', 'signature'])
      for (const odd of [`${good[part]}=`, ` ${good[part]}`, `${good[part]}\n`])
        expect(judgeFields({ ...good, [part]: odd })).toMatchObject({ status: 'invalid' });
  });

  it('is refused when a protected name has another reading', async () => {
    const good = await fields();
    const text = Buffer.from(String(good['protected']), 'base64url').toString();
    const odd = text.replace('{', '{"Alg":"none",');
    const value = { ...good, protected: Buffer.from(odd).toString('base64url') };
    expect(judgeFields(value)).toMatchObject({ status: 'invalid', reason: 'json-ambiguous' });
  });

  it.each([
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    'now',
    '2026-01-01t00:00:00z',
  ])('is refused with the signing time %s', async (text) => {
    const envelope = await anEnvelope(signer, { headers: { [`${prefix}signingTime`]: text } });
    expect(judge(envelope, 'jws')).toMatchObject({ status: 'invalid', reason: 'json-malformed' });
  });
});

describe('a COSE envelope', () => {
  const cose = () => anEnvelope(signer, { format: 'cose' });

  it('N70 is refused untagged', async () => {
    const whole = Buffer.from(await cose());
    expect(judge(whole.subarray(1), 'cose')).toMatchObject({
      status: 'invalid',
      reason: 'bundle-malformed',
    });
  });

  it('N70 is refused under another tag', async () => {
    const whole = Buffer.from(await cose());
    for (const tag of [0xc1, 0xd1, 0xd3]) {
      whole[0] = tag;
      expect(judge(whole, 'cose')).toMatchObject({ reason: 'bundle-malformed' });
    }
  });

  it('N70 is refused with bytes behind its end', async () => {
    const whole = Buffer.concat([await cose(), Buffer.of(0)]);
    expect(judge(whole, 'cose')).toMatchObject({ reason: 'bundle-malformed' });
  });

  it('N70 is refused with an indefinite length', async () => {
    const whole = Buffer.from(await cose());
    expect(whole[1]).toBe(0x84);
    const endless = Buffer.concat([Buffer.of(0xd2, 0x9f), whole.subarray(2), Buffer.of(0xff)]);
    expect(judge(endless, 'cose')).toMatchObject({ reason: 'bundle-malformed' });
  });

  it('N70 is refused with a key twice in a header', async () => {
    const whole = Buffer.from(await cose());
    const at = whole.indexOf(Buffer.from(encode(`${prefix}signingAgent`)));
    const entry = Buffer.concat([encode(`${prefix}signingAgent`), encode('tests/1.0')]);
    // The unprotected map has two entries, the certificates and the agent: now it has three.
    const map = whole.lastIndexOf(0xa2, at);
    const twice = Buffer.concat([
      whole.subarray(0, map),
      Buffer.of(0xa3),
      whole.subarray(map + 1, at),
      entry,
      whole.subarray(at),
    ]);
    expect(judge(twice, 'cose')).toMatchObject({ status: 'invalid', reason: 'bundle-malformed' });
  });

  it('N70 is refused with its algorithm in the unprotected header', async () => {
    const verdict = await judged('cose', { algorithm: '' });
    expect(verdict).toMatchObject({ status: 'invalid', reason: 'signature-bad' });
  });

  it('is refused when nested without end', () => {
    expect(judge(Buffer.alloc(100_000, 0x81), 'cose')).toMatchObject({ status: 'invalid' });
  });
});

it('is not judged in a format that nobody knows', async () => {
  const evidence = { ...notationEvidence(await anEnvelope(signer)), mediaType: 'application/pgp' };
  const { verdict } = verifyImage(notationDiscovery([evidence]), material, [], new Date());
  expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'unsupported-format' });
});
