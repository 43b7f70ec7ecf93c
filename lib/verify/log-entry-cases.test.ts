import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { attestationLayer } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { dsseV1, hashedRekordV2 } from '#lib/lab/signing/rekor-entries.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { TrustRoot, Witnesses } from '#lib/model/authority.ts';
import { keyAuthority } from '#tests/builders/signing.ts';
import {
  aSigningWorld,
  type Loose,
  reasonIn,
  type SigningWorld,
  spoil,
  spoilRoot,
} from '#tests/builders/signing-world.ts';
import {
  aTransparencyLog,
  type EntryOptions,
  type TestLog,
} from '#tests/builders/transparency-log.ts';
import { preAuthEncoding } from './envelope.ts';
import { prepareSpki } from './keys.ts';
import { proveEntry } from './transparency.ts';

/** Log entries of every kind, by logs of every kind. The signatures themselves are good. */
let world: SigningWorld;
const key = generateKeyPair();
const authority = (atLeast?: Witnesses) =>
  keyAuthority([key.publicPem], {
    tlog: 'required',
    trustRoot: 'private',
    ...(atLeast && { atLeast }),
  });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  world = await aSigningWorld();
});

/** The checkpoint with one bit of its signature changed. */
function unsigned(checkpoint: string): string {
  const [line = ''] = checkpoint.trimEnd().split(' ').slice(-1);
  const bytes = Buffer.from(line, 'base64');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return checkpoint.replace(line, bytes.toString('base64'));
}

/** The root with these logs and no others. */
const trusting = (...logs: readonly TestLog['trusted'][]): TrustRoot =>
  spoilRoot(world.root, (json) => {
    json.tlogs = logs;
  });

/** A bundle by the key, without any log entry, and the parts that an entry is about. */
async function aBundle() {
  const bundle = await world.bundle('none', { kind: 'key', key, tlog: false });
  const { payload, payloadType, signatures } = JSON.parse(
    Buffer.from(bundle.bytes).toString(),
  ).dsseEnvelope;
  const signature = Buffer.from(signatures[0].sig, 'base64');
  const envelope = {
    payloadType,
    payload: Buffer.from(payload, 'base64'),
    signatures: [signature],
  };
  const verifier = { kind: 'key', der: key.publicDer } as const;
  const logged = { signature, verifier, verifierPem: key.publicPem };
  return {
    bundle,
    v1: dsseV1(Buffer.from('the envelope as it was sent'), envelope.payload, logged),
    v2: hashedRekordV2(preAuthEncoding(envelope), logged),
    intoto2: {
      apiVersion: '0.0.2',
      kind: 'intoto',
      spec: {
        content: {
          envelope: {
            payloadType,
            signatures: [
              {
                sig: Buffer.from(signatures[0].sig).toString('base64'),
                publicKey: Buffer.from(key.publicPem).toString('base64'),
              },
            ],
          },
          hash: { algorithm: 'sha256', value: sha256(Buffer.from('envelope')) },
          payloadHash: { algorithm: 'sha256', value: sha256(envelope.payload) },
        },
      },
    },
    dsse2: {
      apiVersion: '0.0.2',
      kind: 'dsse',
      spec: {
        dsseV002: {
          payloadHash: {
            algorithm: 'SHA2_256',
            digest: createHash('sha256').update(envelope.payload).digest('base64'),
          },
          signatures: [
            {
              content: signatures[0].sig,
              verifier: {
                keyDetails: 'PKIX_ECDSA_P256_SHA_256',
                publicKey: { rawBytes: key.publicDer.toString('base64') },
              },
            },
          ],
        },
      },
    },
  };
}

const withEntries = (bundle: Awaited<ReturnType<SigningWorld['bundle']>>, entries: object[]) =>
  spoil(bundle, (json) => {
    json.verificationMaterial.tlogEntries = entries;
  });

describe('the key of a log', () => {
  it.each(['p256', 'p384', 'p521', 'rsa', 'ed25519'] as const)(
    'R12: may be of the kind %s',
    async (kind) => {
      const log = aTransparencyLog(kind);
      const { bundle, v1, v2 } = await aBundle();
      const root = trusting(log.trusted);
      const judge = (body: Loose, options?: EntryOptions) =>
        reasonIn(
          world.judge(withEntries(bundle, [log.entry(body, options)]), {
            authority: authority(),
            root,
          }),
        );
      expect(judge(v1, { size: 13, index: 6 })).toBe('verified');
      expect(judge(v1, { promise: false, size: 8, index: 7 })).toBe('verified');
      expect(judge(v2, { promise: false, size: 100, index: 64 })).toBe('verified');
      const other = aTransparencyLog(kind, `${kind}.log.acme.example`);
      const strange = other.entry(v1) as Loose;
      strange.logId.keyId = (log.trusted as Loose).logId.keyId;
      const spoofed = withEntries(bundle, [strange]);
      expect(reasonIn(world.judge(spoofed, { authority: authority(), root }))).toBe('tlog-set-bad');
    },
  );

  it('N36: counts in the window that the root names for it, of several the one that fits', async () => {
    const log = aTransparencyLog('p256');
    const { bundle, v1 } = await aBundle();
    const hour = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();
    const window = (start: string, end?: string) => ({
      ...log.trusted,
      publicKey: { ...log.trusted.publicKey, validFor: { start, ...(end && { end }) } },
    });
    const judgeEntry = (entry: object, ...logs: TestLog['trusted'][]) =>
      reasonIn(
        world.judge(withEntries(bundle, [entry]), {
          authority: authority(),
          root: trusting(...logs),
        }),
      );
    const judge = (...logs: TestLog['trusted'][]) => judgeEntry(log.entry(v1), ...logs);
    expect(judge(window(hour(-3), hour(-2)))).toBe('tlog-set-bad');
    expect(judge(window(hour(1)))).toBe('tlog-set-bad');
    expect(judge(window(hour(-3), hour(-2)), window(hour(-2)))).toBe('verified');
    // A proof has no time of its own: of a closed log nothing says that it was made before.
    const proof = log.entry(v1, { promise: false });
    expect(judgeEntry(proof, window(hour(-3)))).toBe('verified');
    expect(judgeEntry(proof, window(hour(-3), hour(-2)))).toBe('no-trusted-time');
  });

  it('N26: is not proven by another hash, nor for another entry', async () => {
    const log = aTransparencyLog('p256');
    const { bundle, v1 } = await aBundle();
    const judge = (change: (proof: Loose) => void) => {
      const entry = log.entry(v1, { promise: false, size: 13, index: 6 }) as Loose;
      change(entry.inclusionProof);
      return reasonIn(
        world.judge(withEntries(bundle, [entry]), {
          authority: authority(),
          root: trusting(log.trusted),
        }),
      );
    };
    expect(judge(() => undefined)).toBe('verified');
    expect(judge(({ hashes }) => hashes.reverse())).toBe('tlog-proof-bad');
    expect(judge((proof) => (proof.logIndex = '5'))).toBe('tlog-proof-bad');
    // The right tree under a checkpoint that the log did not sign.
    expect(judge(({ checkpoint }) => (checkpoint.envelope = unsigned(checkpoint.envelope)))).toBe(
      'tlog-checkpoint-bad',
    );
  });

  it('must vouch by a promise or a proof', () => {
    const trusted = {
      url: 'log',
      ids: [],
      key: prepareSpki(key.publicDer),
      from: 0,
      until: Infinity,
    };
    const entry = {
      logId: '',
      kind: 'dsse',
      version: '0.0.1',
      logIndex: '0',
      integratedTime: '0',
      body: Buffer.alloc(0),
      bodyText: '',
    };
    expect(proveEntry({ entry, logs: [trusted] })).toMatchObject({ reason: 'tlog-missing' });
  });
});

describe('kinds of entry', () => {
  const log = aTransparencyLog('p256');
  const judged = async (
    name: 'v1' | 'v2' | 'intoto2' | 'dsse2',
    change?: (body: Loose) => void,
  ) => {
    const { bundle, ...bodies } = await aBundle();
    const body = structuredClone(bodies[name]) as Loose;
    change?.(body);
    return world.judge(withEntries(bundle, [log.entry(body)]), {
      authority: authority(),
      root: trusting(log.trusted),
    });
  };

  it('are what the log wrote, not what the bundle says', async () => {
    const { bundle, v1 } = await aBundle();
    const entry = log.entry({ ...v1, kind: 'dsse-like' } as typeof v1) as Loose;
    entry.kindVersion = { kind: 'dsse', version: '0.0.1' };
    const root = trusting(log.trusted);
    const verdict = world.judge(withEntries(bundle, [entry]), { authority: authority(), root });
    expect(verdict).toMatchObject({ status: 'invalid', reason: 'tlog-body' });
  });

  it.each(['v1', 'v2', 'intoto2', 'dsse2'] as const)('%s is compared in full', async (name) => {
    expect(reasonIn(await judged(name))).toBe('verified');
  });

  it.each([
    ['v1', (spec: Loose) => spec.signatures[0], 'signature'],
    ['intoto2', (spec: Loose) => spec.content.envelope.signatures[0], 'sig'],
    ['v2', (spec: Loose) => spec.hashedRekordV002.signature, 'content'],
    ['dsse2', (spec: Loose) => spec.dsseV002.signatures[0], 'content'],
  ] as const)('N20: %s with another signature', async (name, at, member) => {
    const verdict = await judged(name, ({ spec }) => {
      const text = Buffer.from('another').toString('base64');
      at(spec)[member] = name === 'intoto2' ? Buffer.from(text).toString('base64') : text;
    });
    expect(reasonIn(verdict)).toBe('tlog-body');
  });

  it.each([
    ['v1', (spec: Loose) => spec.signatures[0], 'verifier'],
    ['intoto2', (spec: Loose) => spec.content.envelope.signatures[0], 'publicKey'],
    ['v2', (spec: Loose) => spec.hashedRekordV002.signature.verifier.publicKey, 'rawBytes'],
    ['dsse2', (spec: Loose) => spec.dsseV002.signatures[0].verifier.publicKey, 'rawBytes'],
  ] as const)('N21: %s under another key', async (name, at, member) => {
    const other = generateKeyPair();
    const verdict = await judged(name, ({ spec }) => {
      const v1 = Buffer.from(other.publicPem).toString('base64');
      at(spec)[member] = member === 'rawBytes' ? other.publicDer.toString('base64') : v1;
    });
    expect(reasonIn(verdict)).toBe('tlog-key');
  });

  it.each([
    ['of another payload', (spec: Loose) => (spec.payloadHash.value = 'a'.repeat(64))],
    ['of another length', (spec: Loose) => (spec.payloadHash.value = 'a'.repeat(62))],
    ['by another algorithm', (spec: Loose) => (spec.payloadHash.algorithm = 'sha512')],
    ['by a broken algorithm', (spec: Loose) => (spec.payloadHash.algorithm = 'sha1')],
    ['that is missing', (spec: Loose) => delete spec.payloadHash],
  ])('N22: a digest %s', async (_, change) => {
    expect(reasonIn(await judged('v1', ({ spec }) => change(spec)))).toBe('tlog-body');
  });

  it('of other things than images are refused, unknown ones not judged', async () => {
    const rekord = await judged('v1', (body) => (body.kind = 'rekord'));
    expect(reasonIn(rekord)).toBe('tlog-body');
    const unknown = await judged('v1', (body) => (body.apiVersion = '0.0.9'));
    expect(unknown).toMatchObject({ status: 'inconclusive', reason: 'unsupported-format' });
  });

  it('R5: intoto 0.0.1, which keeps the digest of the envelope in place of the signature', async () => {
    const statement = statementAbout(world.image, predicateTypes.spdx, {});
    const layer = await attestationLayer(world.sigstore, statement, 'x', {
      kind: 'key',
      key,
      tlog: false,
    });
    const body = (change: (content: Loose, spec: Loose) => void = () => {}) => {
      const content = {
        hash: { algorithm: 'sha256', value: sha256(layer.blob) },
        payloadHash: { algorithm: 'sha256', value: sha256(statement) },
      };
      const spec = { content, publicKey: Buffer.from(key.publicPem).toString('base64') };
      change(content, spec);
      return { apiVersion: '0.0.1', kind: 'intoto', spec };
    };
    const judge = (entry: object) =>
      reasonIn(
        world.judge(
          {
            ...layer,
            annotations: {
              ...layer.annotations,
              'dev.sigstore.cosign/bundle': log.annotation(entry),
            },
          },
          { authority: authority(), root: trusting(log.trusted) },
        ),
      );
    expect(judge(body())).toBe('verified');
    expect(judge(body((content) => (content.hash.value = 'a'.repeat(64))))).toBe('tlog-body');
    expect(judge(body((content) => (content.payloadHash.value = 'a'.repeat(64))))).toBe(
      'tlog-body',
    );
    const other = Buffer.from(generateKeyPair().publicPem).toString('base64');
    expect(judge(body((_, spec) => (spec.publicKey = other)))).toBe('tlog-key');
  });

  it('R5: intoto 0.0.1 in a bundle, where the envelope as it was written is gone', async () => {
    const { bundle } = await aBundle();
    const body = {
      apiVersion: '0.0.1',
      kind: 'intoto',
      spec: {
        content: { hash: { algorithm: 'sha256', value: 'a'.repeat(64) } },
        publicKey: Buffer.from(key.publicPem).toString('base64'),
      },
    };
    const verdict = world.judge(withEntries(bundle, [log.entry(body)]), {
      authority: authority(),
      root: trusting(log.trusted),
    });
    expect(verdict.status).toBe('inconclusive');
  });
});

describe('entries of several logs', () => {
  const [one, two] = [
    aTransparencyLog('p256', 'one.example'),
    aTransparencyLog('ed25519', 'two.example'),
  ];

  it('R6: those of unknown logs are passed over', async () => {
    const { bundle, v1 } = await aBundle();
    const both = withEntries(bundle, [two.entry(v1), one.entry(v1)]);
    const judge = (...logs: TestLog['trusted'][]) =>
      reasonIn(world.judge(both, { authority: authority(), root: trusting(...logs) }));
    expect(judge(one.trusted)).toBe('verified');
    expect(judge(two.trusted, one.trusted)).toBe('verified');
    expect(judge(aTransparencyLog('p256').trusted)).toBe('tlog-unknown-log');
  });

  it('one that is broken spoils the bundle: known logs do not vouch for what they did not see', async () => {
    const { bundle, v1 } = await aBundle();
    const broken = one.entry(v1) as Loose;
    broken.integratedTime = String(Number(broken.integratedTime) - 1);
    const both = withEntries(bundle, [two.entry(v1), broken]);
    const root = trusting(one.trusted, two.trusted);
    expect(reasonIn(world.judge(both, { authority: authority(), root }))).toBe('tlog-set-bad');
  });

  it('N28: count by their keys, not by their URLs or entries', async () => {
    const { bundle, v1, v2 } = await aBundle();
    const judge = (entries: object[], ...logs: TestLog['trusted'][]) =>
      reasonIn(
        world.judge(withEntries(bundle, entries), {
          authority: authority({ logs: 2 }),
          root: trusting(...logs),
        }),
      );
    const alias = { ...one.trusted, baseUrl: 'https://alias.example' };
    expect(judge([one.entry(v1), two.entry(v1)], one.trusted, two.trusted)).toBe('verified');
    expect(judge([one.entry(v1)], one.trusted, two.trusted)).toBe('tlog-threshold');
    const twice = [one.entry(v1), one.entry(v2, { promise: false })];
    expect(judge(twice, one.trusted, alias)).toBe('tlog-threshold');
    // Under another ID, and still the same key.
    const logId = { keyId: Buffer.alloc(32, 7).toString('base64') };
    const renamed = { ...alias, logId, checkpointKeyId: one.trusted['logId'] };
    const under = [one.entry(v1), { ...one.entry(v1, { promise: false }), logId }];
    expect(judge(under, one.trusted, renamed)).toBe('tlog-threshold');
    const again = [one.entry(v1), one.entry(v1, { at: 1 + Math.floor(Date.now() / 1000) })];
    expect(judge(again, one.trusted)).toBe('tlog-duplicate');
  });

  it('sources of time count by who vouches', async () => {
    const { bundle, v1 } = await aBundle();
    const judge = (atLeast: Witnesses) =>
      reasonIn(
        world.judge(withEntries(bundle, [one.entry(v1), two.entry(v1, { promise: false })]), {
          authority: authority(atLeast),
          root: trusting(one.trusted, two.trusted),
        }),
      );
    expect(judge({ times: 1 })).toBe('verified');
    expect(judge({ times: 2 })).toBe('no-trusted-time');
    expect(judge({ timestampAuthorities: 1 })).toBe('no-trusted-time');
  });

  it('are demanded of a key too that asks for no log', async () => {
    const { bundle } = await aBundle();
    const judge = (options: Parameters<typeof keyAuthority>[1]) =>
      reasonIn(world.judge(bundle, { authority: keyAuthority([key.publicPem], options) }));
    const atLeast = { timestampAuthorities: 1 };
    expect(judge({})).toBe('verified');
    expect(judge({ trustRoot: 'private', atLeast })).toBe('no-trusted-time');
    expect(judge({ atLeast })).toBe('trustroot-missing');
  });
});
