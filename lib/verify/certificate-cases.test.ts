import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { statementAbout } from '#lib/lab/signing/statements.ts';
import { withStatement } from '#lib/lab/signing/tampering.ts';
import { exactly, keyAuthority, keylessAuthority } from '#tests/builders/signing.ts';
import {
  aCertificateAuthority,
  fulcioExtension,
  type TestAuthority,
} from '#tests/builders/signing-pki.ts';
import {
  aSigningWorld,
  certifying,
  reasonIn,
  type SigningWorld,
  spoil,
  spoilRoot,
  testAuthority,
  trusting,
} from '#tests/builders/signing-world.ts';

/** Cases that must not verify, by the numbers of the test plan. */
let world: SigningWorld;
let ca: TestAuthority;
const key = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;
const trustsKey = keyAuthority([key.publicPem]);

beforeAll(async () => {
  world = await aSigningWorld();
  ca = await aCertificateAuthority();
});

describe('certificates and identities', () => {
  const judgeIssued = async (
    options: Parameters<TestAuthority['issue']>[0],
    issuer: TestAuthority = ca,
  ) => {
    const services = certifying(world.sigstore, await issuer.issue(options));
    return world.judge(await world.bundle('rekor-1', undefined, services), {
      authority: testAuthority(),
      root: trusting(world.root, issuer.chain),
    });
  };

  it('N40: a certificate by an unknown authority, whatever its name', async () => {
    const bundle = await world.bundle('rekor-1', {
      kind: 'keyless',
      identity: world.identity,
      root: 'unknown',
    });
    expect(world.judge(bundle)).toMatchObject({
      status: 'untrusted',
      reason: 'cert-untrusted-root',
      signer: { subject: world.identity.subject },
    });
  });

  it('N40: and its signature must hold even so', async () => {
    const signer = { kind: 'keyless', identity: world.identity, root: 'unknown' } as const;
    const bundle = withStatement(
      await world.bundle('rekor-1', signer),
      statementAbout(world.image, 'x', { changed: true }),
    );
    expect(reasonIn(world.judge(bundle))).toBe('signature-bad');
  });

  it('N41: an intermediate that had expired when it signed', async () => {
    const expired = await ca.intermediate({ notAfter: new Date(Date.now() - 60_000) });
    expect(reasonIn(await judgeIssued({}, expired))).toBe('cert-expired-at-time');
    expect(reasonIn(await judgeIssued({}, await ca.intermediate()))).toBe('verified');
  });

  it('N42: a path longer than the authority allows', async () => {
    const short = await aCertificateAuthority({ pathLength: 0 });
    expect(reasonIn(await judgeIssued({}, await short.intermediate()))).toBe('cert-path');
  });

  it('N43: a chain in a v0.3 bundle', async () => {
    const bundle = spoil(await world.bundle(), (json) => {
      const { certificate } = json.verificationMaterial;
      delete json.verificationMaterial.certificate;
      json.verificationMaterial.x509CertificateChain = {
        certificates: [certificate, { rawBytes: ca.chain[0]?.toString('base64') }],
      };
    });
    expect(['bundle-malformed', 'cert-root-in-bundle']).toContain(reasonIn(world.judge(bundle)));
  });

  it('N44: no proof of a certificate log, one of another certificate, one of an unknown log', async () => {
    const services = certifying(world.sigstore, await ca.issue());
    const bundle = await world.bundle('rekor-1', undefined, services);
    const verdict = world.judge(bundle, {
      authority: testAuthority({ sct: 'required' }),
      root: trusting(world.root, ca.chain),
    });
    expect(reasonIn(verdict)).toBe('sct-missing');

    const other = await aSigningWorld();
    const foreign = spoilRoot(world.root, (json) => {
      json.ctlogs = JSON.parse(other.root.json).ctlogs;
    });
    expect(reasonIn(world.judge(await world.bundle(), { root: foreign }))).toBe('sct-unknown-log');

    const otherKey = spoilRoot(world.root, (json) => {
      json.ctlogs[0].publicKey.rawBytes = JSON.parse(other.root.json).ctlogs[0].publicKey.rawBytes;
    });
    expect(reasonIn(world.judge(await world.bundle(), { root: otherKey }))).toBe('sct-bad');

    const retired = spoilRoot(world.root, (json) => {
      json.ctlogs[0].publicKey.validFor.end = new Date(Date.now() - 1_800_000).toISOString();
    });
    expect(reasonIn(world.judge(await world.bundle(), { root: retired }))).toBe('sct-bad');
  });

  it('N45: a subject that merely contains the trusted one', async () => {
    const evil = `https://evil.example/?x=${world.identity.subject}`;
    const rule = {
      subject: { kind: 'pattern', pattern: 'https://github\\.com/acme/.*' },
      issuer: exactly(world.identity).issuer,
    } as const;
    const signer = {
      kind: 'keyless',
      identity: { ...world.identity, subject: evil },
      root: 'trusted',
    } as const;
    const verdict = world.judge(await world.bundle('rekor-1', signer), {
      authority: keylessAuthority([rule]),
    });
    expect(verdict).toMatchObject({ status: 'untrusted', reason: 'identity-mismatch' });
  });

  it('N46: the right subject from another issuer', async () => {
    const identity = { ...world.identity, issuer: 'https://login.contractor.example' };
    const bundle = await world.bundle('rekor-1', { kind: 'keyless', identity, root: 'trusted' });
    expect(world.judge(bundle)).toMatchObject({ status: 'untrusted', reason: 'issuer-mismatch' });
  });

  it('N46: subject and issuer out of two different rules', async () => {
    const rules = [
      { ...exactly(world.identity), issuer: { kind: 'exact', value: 'https://other.example' } },
      { ...exactly(world.identity), subject: { kind: 'exact', value: 'somebody' } },
    ] as const;
    const verdict = world.judge(await world.bundle(), { authority: keylessAuthority(rules) });
    expect(reasonIn(verdict)).toBe('issuer-mismatch');
  });

  it('N47: two issuers in one certificate', async () => {
    const extra = [fulcioExtension(1, Buffer.from('https://other.example'))];
    expect(reasonIn(await judgeIssued({ extra }))).toBe('issuer-conflict');
  });

  it.each([
    [
      'several',
      [
        { type: 'url', value: 'https://evil' },
        { type: 'url', value: 'https://github.com/acme/app/release' },
      ],
    ],
    ['no', []],
  ] as const)('N48: a certificate with %s subjects', async (_, subjectNames) => {
    expect(reasonIn(await judgeIssued({ subjectNames }))).toBe('identity-ambiguous');
  });

  it.each([
    ['bytes behind the text', Buffer.concat([Buffer.of(0x0c, 1), Buffer.from('ab')])],
    ['raw text where DER belongs', Buffer.from('https://github.com/acme/app')],
  ])('N51: a Fulcio extension with %s', async (_, value) => {
    const extra = [fulcioExtension(12, value)];
    expect(reasonIn(await judgeIssued({ extra }))).toBe('cert-malformed');
  });

  it('N52: a pattern that would blow up elsewhere takes no time', async () => {
    const rule = {
      subject: { kind: 'pattern', pattern: '(a+)+$' },
      issuer: exactly(world.identity).issuer,
    } as const;
    const identity = { ...world.identity, subject: `${'a'.repeat(5_000)}!` };
    const bundle = await world.bundle('rekor-1', { kind: 'keyless', identity, root: 'trusted' });
    const before = performance.now();
    expect(reasonIn(world.judge(bundle, { authority: keylessAuthority([rule]) }))).toBe(
      'identity-mismatch',
    );
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('N55: a certificate beside a signature by a trusted key is not looked at', async () => {
    const certified = await world.sigstore.certify(world.identity, 'unknown');
    const layer = await world.layer(byKey);
    const beside = {
      ...layer,
      annotations: {
        ...layer.annotations,
        'dev.sigstore.cosign/certificate': certified.certificatePem,
      },
    };
    const verdict = world.judge(beside, { authority: trustsKey });
    expect(verdict).toMatchObject({ status: 'verified', signer: { kind: 'key' } });
    expect(reasonIn(world.judge(beside))).toBe('signature-bad');
  });

  it('N56: a certificate that does not belong to the key that signed', async () => {
    const [mine, other] = [await world.layer(), await ca.issue()];
    const swapped = {
      ...mine,
      annotations: {
        ...mine.annotations,
        'dev.sigstore.cosign/certificate': other.certificatePem,
      },
    };
    expect(reasonIn(world.judge(swapped))).toBe('signature-bad');
  });

  it.each([
    ['RSA of 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['P-224', () => generateKeyPairSync('ec', { namedCurve: 'secp224r1' })],
    ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
  ])('N57: a signature with %s', async (_, generate) => {
    const pair = generate();
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const layer = await world.layer(byKey);
    const signature = sign('sha256', layer.blob, pair.privateKey).toString('base64');
    const signed = {
      ...layer,
      annotations: { ...layer.annotations, 'dev.cosignproject.cosign/signature': signature },
    };
    expect(reasonIn(world.judge(signed, { authority: keyAuthority([pem]) }))).toBe('key-weak');
  });

  it('N57: an Ed25519 key of small order, under which anything verifies', async () => {
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(`01${'00'.repeat(31)}`, 'hex'),
    ]);
    const pem = createPublicKey({ key: spki, format: 'der', type: 'spki' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    expect(
      reasonIn(world.judge(await world.layer(byKey), { authority: keyAuthority([pem]) })),
    ).toBe('key-weak');
  });

  it('N57: an ECDSA signature of zeros; one with a high s counts like its twin', async () => {
    const layer = await world.layer(byKey);
    const withSignature = (bytes: Buffer) =>
      reasonIn(
        world.judge(
          {
            ...layer,
            annotations: {
              ...layer.annotations,
              'dev.cosignproject.cosign/signature': bytes.toString('base64'),
            },
          },
          { authority: trustsKey },
        ),
      );
    expect(withSignature(Buffer.from('3006020100020100', 'hex'))).toBe('signature-bad');
    expect(withSignature(malleated(layer.blob))).toBe('verified');
  });
});

/** A signature by the same key with s turned into n − s. */
function malleated(bytes: Uint8Array): Buffer {
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const raw = sign('sha256', bytes, {
    key: createPrivateKey(key.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    dsaEncoding: 'ieee-p1363',
  });
  const s = order - BigInt(`0x${raw.subarray(32).toString('hex')}`);
  const integer = (hex: string) => {
    const body = Buffer.from(hex.replace(/^(00)+/, ''), 'hex');
    const padded = (body[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), body]) : body;
    return Buffer.concat([Buffer.of(2, padded.length), padded]);
  };
  const parts = Buffer.concat([
    integer(raw.subarray(0, 32).toString('hex')),
    integer(s.toString(16).padStart(64, '0')),
  ]);
  return Buffer.concat([Buffer.of(0x30, parts.length), parts]);
}
