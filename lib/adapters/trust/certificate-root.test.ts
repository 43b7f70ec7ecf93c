import { createHash, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import type { CosignAnnotations } from '#lib/model/evidence.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyEvidence } from '#lib/verify/verify-evidence.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  ago,
  anAuthority,
  extension,
  hour,
  type Issued,
  type IssueOptions,
  issue,
} from '#tests/builders/issued-certificate.ts';
import { aDiscovery, keylessAuthority } from '#tests/builders/signing.ts';
import { anAnswer, aTimestampAuthority, aToken } from '#tests/builders/timestamp.ts';
import { createTrustSource } from './trust-source.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pem = (...certificates: readonly Issued[]) =>
  certificates
    .map(({ der }) => {
      const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
      return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
    })
    .join('');

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

async function load(files: {
  readonly roots: string;
  readonly intermediates?: string;
  readonly timestampAuthorities?: string;
}) {
  const roots = [{ name: 'private', kind: 'certificates', files }] as const;
  return createTrustSource({ roots, cacheDir: path.join(folder, 'cache') }).load();
}

async function rootOf(...args: Parameters<typeof load>): Promise<TrustRoot> {
  const { roots, problems } = await load(...args);
  const [root] = roots;
  if (root === undefined) throw new TypeError(JSON.stringify(problems));
  return root;
}

const image = digest(`sha256:${createHash('sha256').update('image').digest('hex')}`);
const payload = Buffer.from(
  JSON.stringify({
    critical: {
      identity: { 'docker-reference': 'registry.example/team/app' },
      image: { 'docker-manifest-digest': image },
      type: 'cosign container image signature',
    },
    optional: null,
  }),
);

/** Signs the image in the annotation layout, as cosign does with a key and a certificate. */
async function signedBy(leaf: Issued, more: CosignAnnotations = {}, stamped?: Issued) {
  const key = (await import('node:crypto')).KeyObject.from(leaf.keys.privateKey);
  const signature = sign('sha256', payload, key);
  const timestamp =
    stamped &&
    JSON.stringify({
      SignedRFC3161Timestamp: anAnswer(aToken(stamped, signature, { at: ago(2 * hour) })).toString(
        'base64',
      ),
    });
  return {
    kind: 'cosign-signature',
    id: image,
    subject: image,
    sources: [],
    payload,
    annotations: {
      signature: signature.toString('base64'),
      certificate: pem(leaf),
      ...(timestamp !== undefined && { timestamp }),
      ...more,
    },
  } as const;
}

const believes = (options: Partial<Extract<Authority, { kind: 'keyless' }>> = {}) =>
  keylessAuthority(
    [
      {
        subject: { kind: 'exact', value: 'release@acme.example' },
        subjectKind: 'email',
        issuer: { kind: 'none' },
      },
    ],
    { tlog: 'ignored', sct: 'ignored', ...options },
  );

const aLeaf = (issuer: Issued, options: IssueOptions = {}) =>
  issue({
    issuer,
    name: 'CN=release',
    ...options,
    extensions: [
      extension.signs(),
      extension.names(
        { type: 'email', value: 'release@acme.example' },
        { type: 'dns', value: 'build.acme.example' },
      ),
    ],
  });

type Evidence = Awaited<ReturnType<typeof signedBy>>;
const outcome = (evidence: Evidence, root: TrustRoot, authority = believes(), now = new Date()) => {
  const { status, reason } = verifyEvidence(image, evidence, authority, root, now);
  return reason ?? status;
};

describe('a private PKI', () => {
  it('verifies what its certificates sign, without Fulcio, log and timestamp', async () => {
    const top = await anAuthority();
    const middle = await anAuthority({ issuer: top });
    const evidence = await signedBy(await aLeaf(middle));
    const roots = await write('roots.pem', pem(top));
    const intermediates = await write('intermediates.pem', pem(middle));
    expect(outcome(evidence, await rootOf({ roots, intermediates }))).toBe('verified');
    expect(outcome(evidence, await rootOf({ roots }))).toBe('cert-untrusted-root');
    const along = await signedBy(await aLeaf(middle), { chain: pem(middle, top) });
    expect(outcome(along, await rootOf({ roots }))).toBe('verified');
  });

  it('has no time to go by but now, and only where the log is ignored on purpose', async () => {
    const top = await anAuthority();
    const root = await rootOf({ roots: await write('roots.pem', pem(top)) });
    const expired = await aLeaf(top, { notBefore: ago(3 * hour), notAfter: ago(hour) });
    expect(outcome(await signedBy(expired), root)).toBe('cert-expired-at-time');
    const good = await signedBy(await aLeaf(top));
    expect(outcome(good, root, believes({ tlog: 'required' }))).toBe('tlog-missing');
    expect(outcome(good, root, believes({ sct: 'required' }))).toBe('sct-missing');
    const later = new Date(Date.now() + 48 * hour);
    expect(outcome(good, root, believes(), later)).toBe('cert-expired-at-time');
  });

  it('holds until the first of its certificates ends, and is found again then', async () => {
    const top = await anAuthority({ notAfter: ago(-2 * hour) });
    const root = await rootOf({ roots: await write('roots.pem', pem(top)) });
    const evidence = await signedBy(await aLeaf(top));
    const { holdsUntil } = verifyEvidence(image, evidence, believes(), root, new Date());
    expect(holdsUntil).toBe(new Date(top.parsed.notAfter).toISOString());
    const material = prepareMaterial({ authorities: [believes()], trustRoots: [root] });
    const judge = (known: readonly Fact[], now: Date) =>
      verifyImage(aDiscovery(image, [evidence]), material, known, now);
    const first = judge([], new Date());
    expect(first.verdict.status).toBe('verified');
    expect(judge(first.newFacts, new Date())).toMatchObject({ signatureChecks: 0 });
    const later = judge(first.newFacts, ago(-3 * hour));
    expect(later.verdict).toMatchObject({ status: 'invalid', reason: 'cert-expired-at-time' });
  });

  it('N41: refuses what stands below an authority that has expired', async () => {
    const top = await anAuthority();
    const middle = await anAuthority({ issuer: top, notAfter: ago(hour) });
    const evidence = await signedBy(await aLeaf(middle), { chain: pem(middle) });
    const root = await rootOf({ roots: await write('roots.pem', pem(top)) });
    expect(outcome(evidence, root)).toBe('cert-expired-at-time');
  });

  it('goes by the time of its own timestamp authorities', async () => {
    const top = await anAuthority();
    const { root: tsa, signer } = await aTimestampAuthority();
    const expired = await aLeaf(top, { notBefore: ago(3 * hour), notAfter: ago(hour) });
    const evidence = await signedBy(expired, {}, signer);
    const roots = await write('roots.pem', pem(top));
    const timestampAuthorities = await write('tsa.pem', pem(tsa));
    expect(outcome(evidence, await rootOf({ roots, timestampAuthorities }))).toBe('verified');
    expect(outcome(evidence, await rootOf({ roots }))).toBe('tsa-untrusted');
  });

  it('does not take a certificate of another name or another authority', async () => {
    const [top, stranger] = [await anAuthority(), await anAuthority()];
    const root = await rootOf({ roots: await write('roots.pem', pem(top)) });
    const rule = { kind: 'exact', value: 'someone@acme.example' } as const;
    const other = keylessAuthority(
      [{ subject: rule, subjectKind: 'email', issuer: { kind: 'none' } }],
      { tlog: 'ignored', sct: 'ignored' },
    );
    expect(outcome(await signedBy(await aLeaf(top)), root, other)).toBe('identity-mismatch');
    expect(outcome(await signedBy(await aLeaf(stranger)), root)).toBe('cert-untrusted-root');
  });

  it('may be several roots that are not self-signed', async () => {
    const top = await anAuthority();
    const [one, two] = [await anAuthority({ issuer: top }), await anAuthority({ issuer: top })];
    const root = await rootOf({ roots: await write('roots.pem', pem(one, two)) });
    expect(outcome(await signedBy(await aLeaf(two)), root)).toBe('verified');
    expect(outcome(await signedBy(await aLeaf(top)), root)).toBe('cert-untrusted-root');
  });

  it.each([
    ['is missing', undefined],
    ['holds no certificate', 'nothing'],
    ['holds a broken one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('says so when a file %s', async (_, text) => {
    const roots = path.join(folder, 'roots.pem');
    if (text !== undefined) await writeFile(roots, text);
    const { problems } = await load({ roots });
    expect(problems).toMatchObject([{ name: 'private', reason: 'trustroot-missing' }]);
    expect(problems[0]?.detail).toContain(roots);
  });
});
