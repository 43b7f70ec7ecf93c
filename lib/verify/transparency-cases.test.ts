import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { withLogEntryOf } from '#lib/lab/signing/tampering.ts';
import { extension, purpose } from '#tests/builders/issued-certificate.ts';
import { keyAuthority } from '#tests/builders/signing.ts';
import { aCertificateAuthority, type TestAuthority } from '#tests/builders/signing-pki.ts';
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
import { anAnswer, aTimestampAuthority, aToken } from '#tests/builders/timestamp.ts';

/** Cases that must not verify, by the numbers of the test plan. */
let world: SigningWorld;
let ca: TestAuthority;
const key = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;

beforeAll(async () => {
  world = await aSigningWorld();
  ca = await aCertificateAuthority();
});

describe('transparency and time', () => {
  it('N20: the log entry of another signature', async () => {
    const [mine, other] = [await world.layer(), await world.layer()];
    expect(reasonIn(world.judge(withLogEntryOf(mine, other)))).toBe('tlog-body');
  });

  it('N20: the log entry of an envelope beside a signature without one', async () => {
    const [layer, bundle] = [await world.layer(), await world.bundle()];
    const { verificationMaterial } = JSON.parse(Buffer.from(bundle.bytes).toString());
    const annotation = JSON.parse(layer.annotations['dev.sigstore.cosign/bundle'] ?? '');
    annotation.Payload.body = verificationMaterial.tlogEntries[0].canonicalizedBody;
    const spoiled = withAnnotation(layer, JSON.stringify(annotation));
    expect(world.judge(spoiled)).toMatchObject({ status: 'invalid', reason: 'tlog-body' });
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
      'another root beside the checkpoint',
      (proof: Loose) => (proof.rootHash = Buffer.alloc(32).toString('base64')),
      'tlog-checkpoint-bad',
    ],
    [
      'another size beside the checkpoint',
      (proof: Loose) => (proof.treeSize = '2'),
      'tlog-checkpoint-bad',
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

  it('N31: a timestamp by a certificate that is not for timestamps alone', async () => {
    const bundle = await world.bundle('rekor-2');
    const { signature } = signedIn(bundle);
    const judge = async (purposes: readonly string[], critical: boolean) => {
      const extensions = [extension.signs(), extension.for(purposes, critical)];
      const { root, signer } = await aTimestampAuthority({ extensions });
      const stamped = spoil(bundle, (json) => {
        json.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [
          { signedTimestamp: anAnswer(aToken(signer, signature)).toString('base64') },
        ];
      });
      return reasonIn(world.judge(stamped, { root: stampedBy(world.root, root.der) }));
    };
    expect(await judge([purpose.time], true)).toBe('verified');
    expect(await judge([purpose.time], false)).toBe('tsa-eku');
    expect(await judge([purpose.time, purpose.code], true)).toBe('tsa-eku');
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

  it('N32: a certificate that was valid when the log saw it, and not when it was timestamped', async () => {
    const bundle = await world.bundle('rekor-1');
    const { signature } = signedIn(bundle);
    const { root, signer } = await aTimestampAuthority();
    const judge = (at: Date) => {
      const token = anAnswer(aToken(signer, signature, { at })).toString('base64');
      const stamped = spoil(bundle, (json) => {
        json.verificationMaterial.timestampVerificationData = {
          rfc3161Timestamps: [{ signedTimestamp: token }],
        };
      });
      const longSince = spoilRoot(stampedBy(world.root, root.der), (json) => {
        json.timestampAuthorities[0].validFor = { start: '2000-01-01T00:00:00Z' };
      });
      return reasonIn(world.judge(stamped, { root: longSince }));
    };
    expect(judge(new Date())).toBe('verified');
    expect(judge(new Date(Date.now() - 6 * 3_600_000))).toBe('cert-expired-at-time');
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

const signedIn = ({ bytes }: { readonly bytes: Uint8Array }) => {
  const [{ sig }] = JSON.parse(Buffer.from(bytes).toString()).dsseEnvelope.signatures;
  return { signature: Buffer.from(sig, 'base64') };
};

/** The root with one timestamp authority, by its own certificate alone. */
const stampedBy = (root: SigningWorld['root'], der: Buffer) =>
  spoilRoot(root, (json) => {
    const [{ validFor }] = json.timestampAuthorities;
    const certChain = { certificates: [{ rawBytes: der.toString('base64') }] };
    json.timestampAuthorities = [{ uri: 'https://tsa.example', certChain, validFor }];
  });

const withAnnotation = (layer: Awaited<ReturnType<SigningWorld['layer']>>, rekor: string) => ({
  ...layer,
  annotations: { ...layer.annotations, 'dev.sigstore.cosign/bundle': rekor },
});
