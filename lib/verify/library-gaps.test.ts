import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { digestOf, keyAuthority } from '#tests/builders/signing.ts';
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
import { aTransparencyLog } from '#tests/builders/transparency-log.ts';
import { artifactOfBytes } from './artifact.ts';
import { derChildren, readDer } from './der.ts';
import { preAuthEncoding } from './envelope.ts';
import { verifyArtifact } from './verify-evidence.ts';

/** What @sigstore/verify refuses or crashes on although it is good (R1 to R13). */
let world: SigningWorld;
let ca: TestAuthority;

beforeAll(async () => {
  world = await aSigningWorld();
  ca = await aCertificateAuthority();
});

const secondOpinion = ({ checks }: EvidenceVerdict) =>
  checks.find(({ id }) => id === 'second-opinion');

describe('R1: a certificate that nothing places in time', () => {
  const judge = async (now: Date, tlog: 'required' | 'ignored' = 'ignored') => {
    const services = certifying(world.sigstore, await ca.issue());
    return world.judge(await world.bundle('none', undefined, services), {
      authority: testAuthority({ tlog }),
      root: trusting(world.root, ca.chain),
      now,
    });
  };

  it('counts while it is valid, where no log is asked for', async () => {
    const verdict = await judge(new Date());
    expect(reasonIn(verdict)).toBe('verified');
    expect(secondOpinion(verdict)).toMatchObject({ outcome: 'not-run' });
  });

  it('does not count before and after, nor where a log is asked for', async () => {
    const hour = 3_600_000;
    expect(reasonIn(await judge(new Date(Date.now() + hour)))).toBe('cert-expired-at-time');
    expect(reasonIn(await judge(new Date(Date.now() - hour)))).toBe('cert-expired-at-time');
    expect(reasonIn(await judge(new Date(), 'required'))).toBe('tlog-missing');
  });
});

it('R2: a certificate in an unknown certificate log, where none is asked for', async () => {
  const root = spoilRoot(world.root, (json) => {
    json.ctlogs = [];
  });
  const authority = { ...world.authority, sct: 'ignored' } as typeof world.authority;
  const bundle = await world.bundle();
  expect(reasonIn(world.judge(bundle, { authority, root }))).toBe('verified');
  expect(reasonIn(world.judge(bundle, { root }))).toBe('sct-unknown-log');
});

describe('R3, R4: keys and hashes', () => {
  const pss = {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
  const rsa = () => generateKeyPairSync('rsa', { modulusLength: 3072 });

  it.each([
    ['P-384 with its own hash', () => ec('secp384r1'), 'sha384', {}],
    ['P-384 with SHA-256', () => ec('secp384r1'), 'sha256', {}],
    ['P-521 with its own hash', () => ec('secp521r1'), 'sha512', {}],
    ['RSA-PSS', rsa, 'sha256', pss],
    ['RSA', rsa, 'sha256', {}],
    ['Ed25519', () => generateKeyPairSync('ed25519'), null, {}],
  ] as const)('an envelope by %s', async (_, generate, hash, options) => {
    const { privateKey, publicKey } = generate() as { privateKey: KeyObject; publicKey: KeyObject };
    const bundle = spoil(await world.bundle('none'), (json) => {
      const { payload, payloadType } = json.dsseEnvelope;
      const bytes = preAuthEncoding({
        payloadType,
        payload: Buffer.from(payload, 'base64'),
        signatures: [],
      });
      const signature = sign(hash, bytes, { key: privateKey, ...options });
      json.dsseEnvelope.signatures = [{ sig: signature.toString('base64') }];
      delete json.verificationMaterial.certificate;
      json.verificationMaterial.publicKey = { hint: 'x' };
    });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(reasonIn(world.judge(bundle, { authority: keyAuthority([pem]) }))).toBe('verified');
    const other = (generate() as { publicKey: KeyObject }).publicKey;
    const strange = other.export({ type: 'spki', format: 'pem' }).toString();
    expect(reasonIn(world.judge(bundle, { authority: keyAuthority([strange]) }))).toBe(
      'signature-bad',
    );
  });

  it.each(['Ed25519', 'Ed25519ph'])('a message by %s', async (name) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const artifact = Buffer.from('artifact');
    const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const signature =
      name === 'Ed25519' ? sign(null, artifact, privateKey) : ed25519ph.sign(artifact, seed);
    const { bytes } = spoil(await world.bundle('none'), (json) => {
      delete json.dsseEnvelope;
      delete json.verificationMaterial.certificate;
      json.verificationMaterial.publicKey = { hint: 'x' };
      json.messageSignature = {
        messageDigest: {
          algorithm: 'SHA2_512',
          digest: createHash('sha512').update(artifact).digest('base64'),
        },
        signature: Buffer.from(signature).toString('base64'),
      };
    });
    const evidence = {
      kind: 'sigstore-bundle',
      id: digestOf(bytes),
      subject: digestOf(bytes),
      sources: [],
      mediaType: '',
      bundle: bytes,
    } as const;
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const judge = (about: Buffer) =>
      reasonIn(
        verifyArtifact(
          artifactOfBytes(about),
          evidence,
          keyAuthority([pem]),
          undefined,
          new Date(),
        ),
      );
    expect(judge(artifact)).toBe('verified');
    expect(judge(Buffer.from('another'))).toBe('claim-digest');
  });
});

it('R6: an entry of an unknown log beside one of a known one', async () => {
  const stranger = aTransparencyLog('p256');
  const bundle = spoil(await world.bundle(), (json) => {
    const [entry] = json.verificationMaterial.tlogEntries;
    const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString());
    json.verificationMaterial.tlogEntries.unshift(stranger.entry(body));
  });
  expect(reasonIn(world.judge(bundle))).toBe('verified');
});

describe('R7, R10: timestamps', () => {
  const withTokens = async (
    change: (token: Buffer, signature: Buffer) => Promise<Buffer[]>,
    authority = world.authority,
  ) => {
    const bundle = await world.bundle('rekor-2');
    const json: Loose = JSON.parse(Buffer.from(bundle.bytes).toString());
    const { rfc3161Timestamps } = json.verificationMaterial.timestampVerificationData;
    const token = Buffer.from(rfc3161Timestamps[0].signedTimestamp, 'base64');
    const signature = Buffer.from(json.dsseEnvelope.signatures[0].sig, 'base64');
    const tokens = await change(token, signature);
    return reasonIn(
      world.judge(
        spoil(bundle, (spoiled) => {
          spoiled.verificationMaterial.timestampVerificationData.rfc3161Timestamps = tokens.map(
            (one) => ({ signedTimestamp: one.toString('base64') }),
          );
        }),
        { authority },
      ),
    );
  };

  it('R7: two of one authority in one second', async () => {
    const both = async (token: Buffer, signature: Buffer) => [
      token,
      await world.sigstore.timestamp(signature),
    ];
    expect(await withTokens(both)).toBe('verified');
    // Two tokens, and one witness.
    const two = { ...world.authority, atLeast: { timestampAuthorities: 2 } } as Authority;
    expect(await withTokens(both, two)).toBe('no-trusted-time');
  });

  it('N28: the same one twice is refused', async () => {
    expect(await withTokens(async (token) => [token, token])).toBe('tsa-bad');
  });

  it('R10: a token by itself, without the answer around it', async () => {
    const bare = (token: Buffer) => {
      const answer = readDer(token);
      return answer && derChildren(answer)?.[1]?.whole;
    };
    expect(await withTokens(async (token) => [bare(token) ?? Buffer.alloc(0)])).toBe('verified');
  });

  it('N29: more of them than anyone has for good', async () => {
    expect(await withTokens(async (token) => Array<Buffer>(33).fill(token))).toBe('limit-exceeded');
  });
});

describe('R8, R9: authorities', () => {
  it('R8: intermediates that only the evidence carries', async () => {
    const below = await ca.intermediate();
    const [between = Buffer.alloc(0)] = below.chain;
    const pem = `-----BEGIN CERTIFICATE-----\n${between.toString('base64')}\n-----END CERTIFICATE-----\n`;
    const certified = { ...(await below.issue()), chainPem: pem };
    const layer = await world.layer(undefined, undefined, certifying(world.sigstore, certified));
    const judge = (chain: readonly Buffer[]) =>
      world.judge(layer, { authority: testAuthority(), root: trusting(world.root, chain) });
    const verdict = judge(ca.chain);
    expect(reasonIn(verdict)).toBe('verified');
    expect(secondOpinion(verdict)?.outcome).toBe('not-run');
    const other = await aCertificateAuthority();
    expect(reasonIn(judge(other.chain))).toBe('cert-untrusted-root');
  });

  it('R9: an anchor that is not self-signed', async () => {
    const below = await ca.intermediate();
    const services = certifying(world.sigstore, await below.issue());
    const verdict = world.judge(await world.bundle('rekor-1', undefined, services), {
      authority: testAuthority(),
      root: trusting(world.root, below.chain.slice(0, 1)),
    });
    expect(reasonIn(verdict)).toBe('verified');
    expect(secondOpinion(verdict)?.outcome).toBe('not-run');
  });
});

it('R11: a DNS name as subject', async () => {
  const name = 'ci.acme.example';
  const certified = await ca.issue({ subjectNames: [{ type: 'dns', value: name }] });
  const bundle = await world.bundle('rekor-1', undefined, certifying(world.sigstore, certified));
  const issuer = { kind: 'exact', value: 'https://issuer.example' } as const;
  const judge = (value: string) =>
    world.judge(bundle, {
      authority: testAuthority({ identities: [{ subject: { kind: 'exact', value }, issuer }] }),
      root: trusting(world.root, ca.chain),
    });
  expect(reasonIn(judge(name))).toBe('verified');
  expect(reasonIn(judge('acme.example'))).toBe('identity-mismatch');
});

it('R13: a root in the chain is refused for what it is, without a crash', async () => {
  const services = certifying(world.sigstore, await ca.issue());
  const bundle = spoil(await world.bundle('rekor-1', undefined, services), (json) => {
    const { certificate } = json.verificationMaterial;
    delete json.verificationMaterial.certificate;
    json.verificationMaterial.x509CertificateChain = {
      certificates: [certificate, { rawBytes: ca.chain.at(-1)?.toString('base64') }],
    };
  });
  const root = trusting(world.root, ca.chain);
  expect(reasonIn(world.judge(bundle, { authority: testAuthority(), root }))).toBe(
    'cert-root-in-bundle',
  );
});

it('a legacy attestation is timestamped as a whole', async () => {
  const { attestationLayer } = await import('#lib/lab/signing/cosign-layer.ts');
  const signer = { kind: 'keyless', identity: world.identity, root: 'trusted' } as const;
  const statement = statementAbout(world.image, predicateTypes.spdx, {});
  const layer = await attestationLayer(world.sigstore, statement, 'x', signer);
  const judge = async (over: Uint8Array) => {
    const token = await world.sigstore.timestamp(over);
    const annotations = {
      ...layer.annotations,
      'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({
        SignedRFC3161Timestamp: token.toString('base64'),
      }),
    };
    return world.judge({ ...layer, annotations });
  };
  const verdict = await judge(layer.blob);
  expect(reasonIn(verdict)).toBe('verified');
  expect(verdict.times.map(({ source }) => source).sort()).toEqual(['rekor-set', 'rfc3161']);
  expect(reasonIn(await judge(statement))).toBe('tsa-bad');
});
