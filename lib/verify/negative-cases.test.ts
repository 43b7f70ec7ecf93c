import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { simpleSigningPayload } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { statementAbout } from '#lib/lab/signing/statements.ts';
import {
  withBrokenBase64,
  withLogEntryOf,
  withPayload,
  withStatement,
} from '#lib/lab/signing/tampering.ts';
import {
  anImage,
  digestOf,
  exactly,
  keyAuthority,
  keylessAuthority,
} from '#tests/builders/signing.ts';
import {
  aCertificateAuthority,
  fulcioExtension,
  type TestAuthority,
} from '#tests/builders/signing-pki.ts';
import {
  aSigningWorld,
  certifying,
  type Loose,
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

  it('N08: an envelope that does not hold a statement', async () => {
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
    // N09: as many signatures as one, no more and no fewer.
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

describe('transparency and time', () => {
  it('N20: the log entry of another signature', async () => {
    const [mine, other] = [await world.layer(), await world.layer()];
    expect(reasonIn(world.judge(withLogEntryOf(mine, other)))).toBe('tlog-body');
  });

  it('N22: a log entry with a digest by another algorithm', async () => {
    const layer = await world.layer();
    const annotation = JSON.parse(layer.annotations['dev.sigstore.cosign/bundle'] ?? '');
    const body = JSON.parse(Buffer.from(annotation.Payload.body, 'base64').toString());
    body.spec.data.hash.algorithm = 'sha512';
    annotation.Payload.body = Buffer.from(JSON.stringify(body)).toString('base64');
    const spoiled = withAnnotation(layer, JSON.stringify(annotation));
    expect(reasonIn(world.judge(spoiled))).toBe('tlog-body');
  });

  it('N23: a promise by an unknown log, also under the name of a known one', async () => {
    const other = await aSigningWorld();
    const services = { ...world.sigstore, log: other.sigstore.log };
    const bundle = await world.bundle('rekor-1', undefined, services);
    expect(reasonIn(world.judge(bundle))).toBe('tlog-unknown-log');
    const known = JSON.parse(world.root.json).tlogs[0].logId.keyId;
    const spoofed = spoil(bundle, (json) => {
      json.verificationMaterial.tlogEntries[0].logId.keyId = known;
    });
    expect(reasonIn(world.judge(spoofed))).toBe('tlog-set-bad');
  });

  it.each([
    ['time', (payload: Loose) => (payload.integratedTime += 1), 'tlog-set-bad'],
    ['index', (payload: Loose) => (payload.logIndex += 1), 'tlog-set-bad'],
    ['unknown member', (payload: Loose) => (payload.extra = 1), 'bundle-malformed'],
    ['text for a time', (payload: Loose) => (payload.integratedTime = '1'), 'bundle-malformed'],
    [
      'time beyond 2^53',
      (payload: Loose) => (payload.integratedTime = 2 ** 60),
      'bundle-malformed',
    ],
  ])('N24, N92: a promise with another %s', async (_, change, reason) => {
    const layer = await world.layer();
    const annotation = JSON.parse(layer.annotations['dev.sigstore.cosign/bundle'] ?? '');
    change(annotation.Payload);
    expect(reasonIn(world.judge(withAnnotation(layer, JSON.stringify(annotation))))).toBe(reason);
  });

  it('N25: a proof without a promise, whose time nobody vouches for', async () => {
    const bundle = spoil(await world.bundle(), (json) => {
      delete json.verificationMaterial.tlogEntries[0].inclusionPromise;
    });
    expect(reasonIn(world.judge(bundle))).toBe('no-trusted-time');
  });

  it.each([
    ['an index beyond the tree', (proof: Loose) => (proof.logIndex = '1'), 'tlog-proof-bad'],
    ['a negative index', (proof: Loose) => (proof.logIndex = '-1'), 'bundle-malformed'],
    [
      'too many hashes',
      (proof: Loose) => (proof.hashes = [Buffer.alloc(32).toString('base64')]),
      'tlog-proof-bad',
    ],
    [
      'more hashes than any tree has',
      (proof: Loose) => (proof.hashes = Array(65).fill(Buffer.alloc(32).toString('base64'))),
      'bundle-malformed',
    ],
    [
      'another checkpoint size',
      (proof: Loose) =>
        (proof.checkpoint.envelope = proof.checkpoint.envelope.replace('\n1\n', '\n2\n')),
      'tlog-checkpoint-bad',
    ],
    [
      'a checkpoint without signature',
      (proof: Loose) => (proof.checkpoint.envelope = proof.checkpoint.envelope.split('\u2014')[0]),
      'tlog-checkpoint-bad',
    ],
  ])('N26, N27: an inclusion proof with %s', async (_, change, reason) => {
    const bundle = spoil(await world.bundle('rekor-2'), (json) =>
      change(json.verificationMaterial.tlogEntries[0].inclusionProof),
    );
    expect(reasonIn(world.judge(bundle))).toBe(reason);
  });

  it('N28: an entry that is there twice', async () => {
    const bundle = spoil(await world.bundle(), (json) => {
      const { tlogEntries } = json.verificationMaterial;
      tlogEntries.push({ ...tlogEntries[0], logIndex: '7' });
    });
    expect(reasonIn(world.judge(bundle))).toBe('tlog-duplicate');
  });

  it('N29: more entries or timestamps than anyone has for good', async () => {
    const many = spoil(await world.bundle(), (json) => {
      const { tlogEntries } = json.verificationMaterial;
      json.verificationMaterial.tlogEntries = Array(33).fill(tlogEntries[0]);
    });
    const verdict = world.judge(many);
    expect(verdict).toMatchObject({ status: 'inconclusive', reason: 'limit-exceeded' });
  });

  it('N30: Rekor v2 without a timestamp', async () => {
    const bundle = spoil(await world.bundle('rekor-2'), (json) => {
      delete json.verificationMaterial.timestampVerificationData;
    });
    expect(reasonIn(world.judge(bundle))).toBe('no-trusted-time');
  });

  it('N31: a timestamp over other bytes, by an unknown authority, or unreadable', async () => {
    const bundle = await world.bundle('rekor-2');
    const withToken = (token: Buffer) =>
      reasonIn(
        world.judge(
          spoil(bundle, (json) => {
            json.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [
              { signedTimestamp: token.toString('base64') },
            ];
          }),
        ),
      );
    expect(withToken(await world.sigstore.timestamp(Buffer.from('other')))).toBe('tsa-bad');
    expect(withToken(Buffer.from('3003020100', 'hex'))).toBe('tsa-bad');
    const text = JSON.parse(Buffer.from(bundle.bytes).toString()).verificationMaterial
      .timestampVerificationData.rfc3161Timestamps[0].signedTimestamp;
    const rejected = Buffer.from(text, 'base64');
    expect(withToken(rejected)).toBe('verified');
    // PKIStatus 2, rejection, before a token that is good in itself.
    rejected[rejected.indexOf(Buffer.from('3003020100', 'hex')) + 4] = 2;
    expect(withToken(rejected)).toBe('tsa-bad');
    expect(withToken(Buffer.from('garbage'))).toBe('tsa-bad');
    const root = spoilRoot(world.root, (json) => {
      json.timestampAuthorities = [];
    });
    expect(reasonIn(world.judge(bundle, { root }))).toBe('tsa-untrusted');
  });

  it('N31: a timestamp outside the time in which its authority counts', async () => {
    const root = spoilRoot(world.root, (json) => {
      json.timestampAuthorities[0].validFor.end = new Date(Date.now() - 60_000).toISOString();
    });
    expect(reasonIn(world.judge(await world.bundle('rekor-2'), { root }))).toBe('tsa-bad');
  });

  it('N32: a certificate that was not valid at one of two proven times', async () => {
    const stale = { notBefore: new Date(Date.now() - 9e6), notAfter: new Date(Date.now() - 6e6) };
    const services = certifying(world.sigstore, await ca.issue(stale));
    for (const log of ['rekor-1', 'rekor-2'] as const) {
      const verdict = world.judge(await world.bundle(log, undefined, services), {
        authority: testAuthority(),
        root: trusting(world.root, ca.chain),
      });
      expect(reasonIn(verdict)).toBe('cert-expired-at-time');
    }
  });

  it('N33: a time in the future', async () => {
    const now = new Date(Date.now() - 6 * 60_000);
    for (const log of ['rekor-1', 'rekor-2'] as const)
      expect(reasonIn(world.judge(await world.bundle(log), { now }))).toBe('time-future');
    const skewed = new Date(Date.now() - 4 * 60_000);
    expect(reasonIn(world.judge(await world.bundle(), { now: skewed }))).toBe('verified');
  });

  it('N35: no log entry where the authority demands one', async () => {
    expect(reasonIn(world.judge(await world.bundle('none')))).toBe('tlog-missing');
    const authority = keyAuthority([key.publicPem], { tlog: 'required', trustRoot: 'private' });
    expect(reasonIn(world.judge(await world.layer(byKey), { authority }))).toBe('tlog-missing');
  });

  it('N36: a promise by a log key that was retired before', async () => {
    const root = spoilRoot(world.root, (json) => {
      json.tlogs[0].publicKey.validFor.end = new Date(Date.now() - 60_000).toISOString();
    });
    expect(reasonIn(world.judge(await world.bundle(), { root }))).toBe('tlog-set-bad');
  });
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
    expect(reasonIn(await judgeIssued({}, expired))).toBe('cert-path');
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

describe('encodings', () => {
  it('N93: base64 that is not strict', async () => {
    const layer = await world.layer(byKey);
    const written = (change: (text: string) => string) => {
      const text = layer.annotations['dev.cosignproject.cosign/signature'] ?? '';
      const annotations = {
        ...layer.annotations,
        'dev.cosignproject.cosign/signature': change(text),
      };
      return reasonIn(world.judge({ ...layer, annotations }, { authority: trustsKey }));
    };
    expect(written((text) => text)).toBe('verified');
    expect(written((text) => `${text}\n`)).toBe('base64-malformed');
    expect(written((text) => ` ${text}`)).toBe('base64-malformed');
    expect(written((text) => `${text.slice(0, 8)}\n${text.slice(8)}`)).toBe('base64-malformed');
    expect(written(() => '')).toBe('signature-bad');
    expect(reasonIn(world.judge(withBrokenBase64(layer), { authority: trustsKey }))).toBe(
      'base64-malformed',
    );
  });

  it('N94: only the first certificate of the annotation counts', async () => {
    const layer = await world.layer();
    const pem = layer.annotations['dev.sigstore.cosign/certificate'] ?? '';
    const other = (await ca.issue()).certificatePem;
    const withPem = (text: string) =>
      world.judge({
        ...layer,
        annotations: { ...layer.annotations, 'dev.sigstore.cosign/certificate': text },
      });
    const verdict = withPem(`${pem}${other}`);
    expect(verdict.status).toBe('verified');
    expect(verdict.checks.find(({ id }) => id === 'format')?.detail).toContain('more than one');
    expect(withPem(`${other}${pem}`).status).toBe('invalid');
    expect(reasonIn(withPem('no certificate'))).toBe('cert-malformed');
  });

  it('N90: what makes the library throw is not judged', async () => {
    const verdict = world.judge({
      kind: 'sigstore-bundle',
      id: digestOf('x'),
      subject: world.image.digest,
      sources: [],
      mediaType: '',
      bundle: new Proxy(new Uint8Array(1), {
        get: () => {
          throw new TypeError('boom');
        },
      }),
    });
    expect(['inconclusive', 'invalid']).toContain(verdict.status);
  });

  it('N92: JSON that nests ten thousand levels deep', async () => {
    expect(await judgeClaim(Buffer.from('['.repeat(10_000)))).toBe('json-malformed');
    expect(await judgeClaim(Buffer.from('{"__proto__":{"critical":{}}}'))).toBe('json-ambiguous');
  });
});

const withAnnotation = (layer: Awaited<ReturnType<SigningWorld['layer']>>, rekor: string) => ({
  ...layer,
  annotations: { ...layer.annotations, 'dev.sigstore.cosign/bundle': rekor },
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
