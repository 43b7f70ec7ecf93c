import { describe, expect, it } from 'vitest';
import type { RevocationAnswer } from '#lib/model/revocation.ts';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { extension, octets } from '#tests/builders/der-writer.ts';
import {
  aRoot,
  type CertificateOptions,
  type Certified,
  purposes,
} from '#tests/builders/notation-pki.ts';
import {
  aCrl,
  anOcspAnswer,
  answersFrom,
  type CrlOptions,
  type OcspOptions,
  ocspError,
  pointAt,
} from '#tests/builders/revocation.ts';
import { checkRevocation } from './check-revocation.ts';

const root = await aRoot();
const stranger = await aRoot();
const ocsp = 'http://ocsp.acme.example/ask';
const crl = 'http://crl.acme.example/root.crl';
const delta = 'http://crl.acme.example/delta.crl';
const hour = 3_600_000;
const now = Date.now();

const leafWith = (options: CertificateOptions = {}) => root.issue({ ocsp: [ocsp], ...options });
const listed = await root.issue({ crl: [crl] });
const both = await root.issue({ ocsp: [ocsp], crl: [crl] });
const leaf = await leafWith();

const read = (der: Buffer): Certificate => {
  const certificate = parseCertificate(der);
  if (isRefusal(certificate)) throw new TypeError(certificate.detail);
  return certificate;
};

/** Asks until nothing is lacking, as the pool does; tells the outcome and what was asked. */
function ask(
  signer: Certified,
  bytes: Readonly<Record<string, Buffer>>,
  more: { readonly signedAt?: number; readonly now?: number } = {},
) {
  const answers = new Map<string, RevocationAnswer>();
  const asked: string[] = [];
  for (;;) {
    const outcome = checkRevocation(signer.chain.map(read), { answers, now, ...more });
    if (outcome.lacks.length === 0) return { ...outcome, asked };
    asked.push(...outcome.lacks.map(({ url }) => url));
    for (const question of outcome.lacks) answers.set(question.key, answersFrom(bytes)(question));
  }
}

const revokedReason = { status: 'invalid', reason: 'cert-revoked' };
const unknownReason = { status: 'inconclusive', reason: 'revocation-unknown' };

describe('a certificate without an address to ask', () => {
  it('stands, and so does a root', async () => {
    const plain = await root.issue();
    expect(ask(plain, {})).toMatchObject({ asked: [], until: Number.POSITIVE_INFINITY });
    expect(ask(plain, {}).refusal).toBeUndefined();
    expect(ask(root, {}).refusal).toBeUndefined();
  });

  it('is not asked about over anything but http', async () => {
    const odd = await root.issue({ ocsp: ['ldap://acme.example'], crl: ['file:///etc/passwd'] });
    expect(ask(odd, {})).toMatchObject({ asked: [], refusal: unknownReason });
  });
});

describe('an OCSP answer', () => {
  const answered = (options: OcspOptions = {}) =>
    ask(leaf, { [ocsp]: anOcspAnswer(root, leaf, options) });

  it('that is good lets the certificate stand for as long as it holds', () => {
    const until = new Date(Math.floor(now / 1000) * 1000 + hour);
    const outcome = answered({ nextUpdate: until });
    expect(outcome.refusal).toBeUndefined();
    expect(outcome).toMatchObject({ asked: [ocsp], until: until.getTime() });
  });

  it('never counts for longer than a day', () => {
    expect(answered({ nextUpdate: new Date(now + 100 * hour) }).until).toBe(now + 24 * hour);
  });

  it('N65 refuses a revoked certificate', () => {
    expect(answered({ status: 'revoked' }).refusal).toMatchObject(revokedReason);
  });

  it.each<[string, OcspOptions]>([
    ['does not know the certificate', { status: 'unknown' }],
    ['is out of date', { nextUpdate: new Date(now - 1_000) }],
    ['does not say until when it holds', { nextUpdate: null }],
    ['comes from the future', { thisUpdate: new Date(now + hour) }],
    ['is signed by a stranger', { key: stranger.key }],
    ['is about another certificate', { about: both }],
  ])('N65 decides nothing that %s', (_, options) => {
    expect(answered(options).refusal).toMatchObject(unknownReason);
    expect(answered({ status: 'revoked', ...options }).refusal).toMatchObject(unknownReason);
  });

  it('N65 decides nothing when there is none, or none that can be read', () => {
    for (const bytes of [ocspError(6), Buffer.from('<html>'), Buffer.alloc(0)])
      expect(ask(leaf, { [ocsp]: bytes }).refusal).toMatchObject(unknownReason);
    expect(ask(leaf, {}).refusal).toMatchObject(unknownReason);
    expect(ask(leaf, {}).refusal?.detail).toContain('strict');
  });

  it('counts from a responder that the issuer named, and from no other', async () => {
    const responder = await root.issue({ purposes: [purposes.ocsp] });
    expect(answered({ responder }).refusal).toBeUndefined();
    const unnamed = await root.issue();
    expect(answered({ responder: unnamed }).refusal).toMatchObject(unknownReason);
    const foreign = await stranger.issue({ purposes: [purposes.ocsp] });
    expect(answered({ responder: foreign }).refusal).toMatchObject(unknownReason);
    const expired = await root.issue({
      purposes: [purposes.ocsp],
      notAfter: new Date(now - hour),
    });
    expect(answered({ responder: expired }).refusal).toMatchObject(unknownReason);
  });

  it('is asked of the next responder when the first tells nothing', async () => {
    const second = 'http://ocsp2.acme.example';
    const signer = await root.issue({ ocsp: [ocsp, second] });
    const outcome = ask(signer, { [second]: anOcspAnswer(root, signer) });
    expect(outcome).toMatchObject({ asked: [ocsp, second] });
    expect(outcome.refusal).toBeUndefined();
  });
});

describe('a revocation list', () => {
  const listing = (options: CrlOptions = {}) => ask(listed, { [crl]: aCrl(root, options) });
  const { serial } = listed;

  it('without the certificate lets it stand', () => {
    const outcome = listing({ revoked: [{ serial: both.serial }] });
    expect(outcome.refusal).toBeUndefined();
    expect(outcome.asked).toEqual([crl]);
  });

  it('N65 refuses a certificate that is in it', () => {
    expect(listing({ revoked: [{ serial }] }).refusal).toMatchObject(revokedReason);
    expect(listing({ revoked: [{ serial, reason: 6 }] }).refusal).toMatchObject(revokedReason);
  });

  it('lets a certificate stand that is held no longer', () => {
    const at = (minutes: number) => new Date(now - minutes * 60_000);
    const held = { serial, reason: 6, at: at(20) };
    expect(listing({ revoked: [held, { serial, reason: 8, at: at(10) }] }).refusal).toBeUndefined();
    expect(listing({ revoked: [{ serial, reason: 8, at: at(30) }, held] }).refusal).toMatchObject(
      revokedReason,
    );
  });

  it.each<[string, CrlOptions]>([
    ['is out of date', { nextUpdate: new Date(now - 1_000) }],
    ['has no end', { nextUpdate: null }],
    ['comes from the future', { thisUpdate: new Date(now + hour) }],
    ['is signed by a stranger', { key: stranger.key }],
    [
      'has a critical extension that nobody knows',
      { extra: [extension('1.2.3', octets(Buffer.of(0)), true)] },
    ],
    [
      'is about certificates at another address',
      { point: [pointAt('http://other.example/x.crl')] },
    ],
    ['is about authorities only', { point: [Buffer.of(0x82, 1, 0xff)] }],
    ['speaks for other issuers', { point: [Buffer.of(0x84, 1, 0xff)] }],
    ['is about some reasons only', { point: [Buffer.of(0x83, 2, 1, 0x40)] }],
  ])('N65 decides nothing that %s', (_, options) => {
    expect(listing(options).refusal).toMatchObject(unknownReason);
  });

  it('counts when it is about signers at this address', () => {
    const point = [pointAt(crl), Buffer.of(0x81, 1, 0xff)];
    expect(listing({ point }).refusal).toBeUndefined();
  });

  it('decides nothing when an entry cannot be understood', () => {
    const extra = [extension('2.5.29.29', octets(Buffer.of(0)), true)];
    expect(listing({ revoked: [{ serial, extra }] }).refusal).toMatchObject(unknownReason);
  });

  it('N65 decides nothing when it cannot be had', () => {
    expect(ask(listed, {}).refusal).toMatchObject(unknownReason);
    expect(ask(listed, { [crl]: Buffer.from('<html>') }).refusal).toMatchObject(unknownReason);
  });

  it('counts with its delta', () => {
    const base = aCrl(root, { freshest: delta });
    const outcome = (options: CrlOptions) =>
      ask(listed, { [crl]: base, [delta]: aCrl(root, options) });
    expect(outcome({ number: 8, base: 7 })).toMatchObject({ asked: [crl, delta] });
    expect(outcome({ number: 8, base: 7 }).refusal).toBeUndefined();
    expect(outcome({ number: 8, base: 7, revoked: [{ serial }] }).refusal).toMatchObject(
      revokedReason,
    );
    for (const wrong of [{ number: 7, base: 7 }, { number: 9, base: 8 }, { number: 8 }])
      expect(outcome(wrong).refusal).toMatchObject(unknownReason);
    expect(ask(listed, { [crl]: base }).refusal).toMatchObject(unknownReason);
  });

  it('is asked for only when OCSP tells nothing', () => {
    const good = { [ocsp]: anOcspAnswer(root, both), [crl]: aCrl(root) };
    expect(ask(both, good).asked).toEqual([ocsp]);
    const silent = ask(both, { [crl]: aCrl(root) });
    expect(silent.asked).toEqual([ocsp, crl]);
    expect(silent.refusal).toBeUndefined();
    const revoked = ask(both, { [crl]: aCrl(root, { revoked: [{ serial: both.serial }] }) });
    expect(revoked.refusal).toMatchObject(revokedReason);
  });

  it('counts from every address that the certificate names', async () => {
    const second = 'http://crl2.acme.example/root.crl';
    const signer = await root.issue({ crl: [crl, second] });
    const revoked = aCrl(root, { revoked: [{ serial: signer.serial }] });
    expect(ask(signer, { [crl]: aCrl(root), [second]: revoked }).refusal).toMatchObject(
      revokedReason,
    );
    expect(ask(signer, { [crl]: aCrl(root) }).refusal).toMatchObject(unknownReason);
  });
});

describe('a date since when a revoked certificate is not to be believed', () => {
  const invalidFrom = new Date(Math.floor(now / 1000) * 1000 - hour);
  const before = { signedAt: invalidFrom.getTime() - 1_000 };
  const after = { signedAt: invalidFrom.getTime() + 1_000 };
  const bytes = {
    [crl]: aCrl(root, { revoked: [{ serial: listed.serial, invalidFrom }] }),
    [ocsp]: anOcspAnswer(root, leaf, { status: 'revoked', invalidFrom }),
  };

  it.each([
    ['a list', listed],
    ['OCSP', leaf],
  ])('spares in %s what is proven to be signed before it', (_, signer) => {
    expect(ask(signer, bytes, before).refusal).toBeUndefined();
    expect(ask(signer, bytes, after).refusal).toMatchObject(revokedReason);
    expect(ask(signer, bytes).refusal).toMatchObject(revokedReason);
  });
});

it('asks about every certificate below the root, each of its own issuer', async () => {
  const upper = 'http://crl.acme.example/upper.crl';
  const below = await root.issue({
    ca: true,
    subject: 'C=US,ST=WA,O=acme,CN=issuing',
    crl: [upper],
  });
  const signer = await below.issue({ crl: [crl] });
  const good = { [crl]: aCrl(below), [upper]: aCrl(root) };
  expect(ask(signer, good).asked.sort()).toEqual([crl, upper].sort());
  expect(ask(signer, good).refusal).toBeUndefined();
  expect(ask(signer, { ...good, [crl]: aCrl(root) }).refusal).toMatchObject(unknownReason);
  const revoked = aCrl(root, { revoked: [{ serial: below.serial }] });
  expect(ask(signer, { ...good, [upper]: revoked }).refusal).toMatchObject(revokedReason);
});
