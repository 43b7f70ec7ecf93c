import { describe, expect, it } from 'vitest';
import type { NotationAuthority } from '#lib/model/authority.ts';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  anEnvelope,
  notationAuthority,
  notationDiscovery,
  notationEvidence,
} from '#tests/builders/notation.ts';
import { aRoot, type Certified, purposes } from '#tests/builders/notation-pki.ts';
import { aCrl, answersFrom } from '#tests/builders/revocation.ts';
import {
  aTimestampSigner,
  aTimestampToken,
  type TokenOptions,
} from '#tests/builders/timestamp-token.ts';

const hour = 3_600_000;
const now = new Date(Math.floor(Date.now() / 1000) * 1000);
const hoursFromNow = (hours: number) => new Date(now.getTime() + hours * hour);
const root = await aRoot();
const signer = await root.issue({ notBefore: hoursFromNow(-3), notAfter: hoursFromNow(-1) });
const time = await aRoot({ subject: 'C=US,ST=WA,O=acme,CN=time root' });
const clock = await aTimestampSigner(time);
const inside = hoursFromNow(-2);

interface Case extends TokenOptions {
  readonly format?: 'jws' | 'cose';
  readonly by?: Certified;
  readonly clock?: Certified | undefined;
  readonly over?: (signature: Buffer) => Uint8Array;
  readonly token?: (token: Buffer) => Buffer;
  readonly policy?: Parameters<typeof notationAuthority>[1];
  readonly now?: Date;
  readonly answers?: readonly RevocationAnswer[];
}

const authorityWith = (more: Case['policy'] = {}): NotationAuthority =>
  notationAuthority([root.pem], {
    trustStores: { ca: [root.pem], signingAuthority: [], tsa: [time.pem] },
    ...more,
  });

async function answer(given: Case) {
  const { format = 'jws', by = signer, over = (bytes) => bytes, token = (bytes) => bytes } = given;
  const stamp = 'clock' in given ? given.clock : clock;
  const options = { at: inside, ...given };
  const envelope = await anEnvelope(by, {
    format,
    ...(stamp && {
      timestamp: (signature) =>
        Promise.resolve(token(aTimestampToken(stamp, over(signature), options))),
    }),
  });
  const material = prepareMaterial({ authorities: [authorityWith(given.policy)], trustRoots: [] });
  const discovery = notationDiscovery([notationEvidence(envelope, format)]);
  return verifyImage(discovery, material, [], given.now ?? now, 'always', given.answers);
}
const verdict = async (given: Case) => (await answer(given)).verdict;

describe.each(['jws', 'cose'] as const)('a countersignature in %s', (format) => {
  it('proves the time of a certificate that has run out since', async () => {
    const found = await verdict({ format });
    expect(found.status).toBe('verified');
    expect(found.evidence[0]?.times).toEqual([
      { at: inside.toISOString(), source: 'rfc3161', by: 'CN=time,O=acme,ST=WA,C=US' },
    ]);
  });

  it('N69 is refused over another signature', async () => {
    expect(await verdict({ format, over: () => Buffer.from('another') })).toMatchObject({
      status: 'invalid',
      reason: 'tsa-bad',
    });
  });
});

describe('the span of a countersignature', () => {
  it.each([
    ['before the certificate', { at: hoursFromNow(-4) }],
    ['after the certificate', { at: hoursFromNow(-0.5) }],
    ['that begins before the certificate', { at: hoursFromNow(-2.99), accuracySeconds: 120 }],
    ['that ends after the certificate', { at: hoursFromNow(-1.01), accuracySeconds: 120 }],
  ])('N69 is refused %s', async (_, options) => {
    expect(await verdict(options)).toMatchObject({
      status: 'invalid',
      reason: 'cert-expired-at-time',
    });
  });

  it('counts when it lies inside with its accuracy', async () => {
    expect((await verdict({ at: hoursFromNow(-2.9), accuracySeconds: 120 })).status).toBe(
      'verified',
    );
  });

  it('is refused in the future', async () => {
    const by = await root.issue({ notAfter: hoursFromNow(20) });
    expect(await verdict({ by, at: hoursFromNow(3) })).toMatchObject({ reason: 'time-future' });
  });
});

describe('a countersignature', () => {
  it('by an authority of no trust store is not believed', async () => {
    const other = await aTimestampSigner(await aRoot());
    expect(await verdict({ clock: other })).toMatchObject({
      status: 'untrusted',
      reason: 'tsa-untrusted',
    });
  });

  it('by a certificate that is not for timestamps is refused', async () => {
    const other = await aTimestampSigner(time, { purposes: [purposes.code] });
    expect(await verdict({ clock: other })).toMatchObject({ status: 'invalid' });
  });

  it('that cannot be read is refused', async () => {
    expect(await verdict({ token: () => Buffer.from('token') })).toMatchObject({
      status: 'invalid',
      reason: 'tsa-bad',
    });
  });

  it('that was tampered with is refused', async () => {
    const token = (bytes: Buffer) => {
      // GeneralizedTime of 15 characters: its last digit becomes another one.
      const at = bytes.indexOf(Buffer.of(0x18, 0x0f)) + 15;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    expect((await verdict({ token })).status).toBe('invalid');
  });

  it('is demanded wherever the policy names a timestamp authority', async () => {
    const by = await root.issue();
    expect(await verdict({ by, clock: undefined })).toMatchObject({
      status: 'invalid',
      reason: 'no-trusted-time',
    });
  });

  it('is demanded after the certificate only, where the policy says so', async () => {
    const policy = { verifyTimestamp: 'afterCertExpiry' as const };
    const by = await root.issue();
    expect((await verdict({ by, clock: undefined, policy })).status).toBe('verified');
    expect(await verdict({ clock: undefined, policy })).toMatchObject({
      reason: 'no-trusted-time',
    });
    expect((await verdict({ policy })).status).toBe('verified');
  });

  it('is not looked at where the policy names no timestamp authority', async () => {
    const policy = { trustStores: { ca: [root.pem], signingAuthority: [], tsa: [] } };
    expect(await verdict({ policy })).toMatchObject({
      status: 'invalid',
      reason: 'no-trusted-time',
    });
  });

  it('is not proven while its authority could not be asked about, and refused when revoked', async () => {
    const crl = 'http://crl.acme.example/time.crl';
    const other = await aTimestampSigner(time, { crl: [crl] });
    const first = await answer({ clock: other });
    expect(first.verdict).toMatchObject({ status: 'inconclusive', reason: 'revocation-unknown' });
    expect(first.lacks).toMatchObject([{ kind: 'crl', url: crl }]);
    const told = (list: Buffer) => (first.lacks ?? []).map(answersFrom({ [crl]: list }));
    expect((await verdict({ clock: other, answers: told(aCrl(time)) })).status).toBe('verified');
    const revoked = aCrl(time, { revoked: [{ serial: other.serial }] });
    expect(await verdict({ clock: other, answers: told(revoked) })).toMatchObject({
      status: 'invalid',
      reason: 'cert-revoked',
    });
  });
});
