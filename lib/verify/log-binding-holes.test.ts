import { createHash, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { digestOf, keyAuthority } from '#tests/builders/signing.ts';
import { aCertificateAuthority } from '#tests/builders/signing-pki.ts';
import {
  aSigningWorld,
  reasonIn,
  type SigningWorld,
  spoil,
} from '#tests/builders/signing-world.ts';
import { artifactOfBytes } from './artifact.ts';
import { verifyArtifact } from './verify-evidence.ts';

/** H1 and H2 of the holes of @sigstore/verify: what a log entry is about. */
let world: SigningWorld;

beforeAll(async () => {
  world = await aSigningWorld();
});

describe('H1: the log entry must name the key that signed', () => {
  const logAnother = async (kind: 'rekor-1' | 'rekor-2') => {
    const bundle = await world.bundle(kind);
    const json = JSON.parse(Buffer.from(bundle.bytes).toString());
    const [entry] = json.verificationMaterial.tlogEntries;
    const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString());
    const third = generateKeyPair();
    if (kind === 'rekor-1')
      body.spec.signatures[0].verifier = Buffer.from(third.publicPem).toString('base64');
    else
      body.spec.hashedRekordV002.signature.verifier = {
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        publicKey: { rawBytes: third.publicDer.toString('base64') },
      };
    return world.judge(await relog(bundle, body));
  };

  it.each(['rekor-1', 'rekor-2'] as const)('in %s', async (kind) => {
    expect(reasonIn(await logAnother(kind))).toBe('tlog-key');
  });

  it('in the annotation layout, also when another certificate of the same signer is named', async () => {
    const layer = await world.layer();
    const annotation = JSON.parse(layer.annotations['dev.sigstore.cosign/bundle'] ?? '');
    const body = JSON.parse(Buffer.from(annotation.Payload.body, 'base64').toString());
    const other = await aCertificateAuthority().then((one) => one.issue());
    body.spec.signature.publicKey.content = Buffer.from(other.certificatePem).toString('base64');
    const entry = await world.sigstore.log(body);
    const verdict = world.judge({
      ...layer,
      annotations: {
        ...layer.annotations,
        'dev.sigstore.cosign/bundle': JSON.stringify({
          SignedEntryTimestamp: entry.signedEntryTimestamp,
          Payload: {
            body: entry.body,
            integratedTime: entry.integratedTime,
            logIndex: entry.logIndex,
            logID: entry.logID,
          },
        }),
      },
    });
    expect(reasonIn(verdict)).toBe('tlog-key');
  });
});

type LogBody = Parameters<SigningWorld['sigstore']['log']>[0];

/** The bundle with another body in its log entry, which the log did accept. */
async function relog(bundle: Awaited<ReturnType<SigningWorld['bundle']>>, body: LogBody) {
  const logged = await world.sigstore.log(body);
  return spoil(bundle, (json) => {
    const [entry] = json.verificationMaterial.tlogEntries;
    entry.canonicalizedBody = logged.body;
    entry.inclusionProof.rootHash = Buffer.from(logged.inclusionProof.rootHash, 'hex').toString(
      'base64',
    );
    entry.inclusionProof.checkpoint.envelope = logged.inclusionProof.checkpoint;
    if (!entry.inclusionPromise) return;
    entry.inclusionPromise.signedEntryTimestamp = logged.signedEntryTimestamp;
    entry.integratedTime = String(logged.integratedTime);
    entry.logIndex = String(logged.logIndex);
  });
}

describe('H2: digests are computed from the bytes', () => {
  /** A message bundle over `signed` that claims the digest `claimed`, logged as it claims. */
  const messageBundle = async (signed: Buffer, claimed: Buffer) => {
    const key = generateKeyPair();
    const signature = sign('sha256', signed, key.privateKey);
    const digest = createHash('sha256').update(claimed).digest();
    const bundle = await world.bundle('rekor-1', { kind: 'key', key, tlog: true });
    const message = spoil(bundle, (json) => {
      delete json.dsseEnvelope;
      json.messageSignature = {
        messageDigest: { algorithm: 'SHA2_256', digest: digest.toString('base64') },
        signature: signature.toString('base64'),
      };
      json.verificationMaterial.tlogEntries[0].kindVersion = {
        kind: 'hashedrekord',
        version: '0.0.1',
      };
    });
    const body = {
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: digest.toString('hex') } },
        signature: {
          content: signature.toString('base64'),
          publicKey: { content: Buffer.from(key.publicPem).toString('base64') },
        },
      },
    };
    const { bytes } = await relog(message, body);
    const authority = keyAuthority([key.publicPem], { tlog: 'required', trustRoot: 'private' });
    const evidence = {
      kind: 'sigstore-bundle',
      id: digestOf(bytes),
      subject: digestOf(bytes),
      sources: [],
      mediaType: '',
      bundle: bytes,
    } as const;
    const artifact = artifactOfBytes(signed);
    return verifyArtifact(artifact, evidence, authority, world.root, new Date());
  };

  it('and a bundle about the true digest verifies', async () => {
    const text = Buffer.from('artifact');
    expect(reasonIn(await messageBundle(text, text))).toBe('verified');
  });

  it('N12: so a message digest that only the log entry shares does not count', async () => {
    const verdict = await messageBundle(Buffer.from('artifact'), Buffer.from('something else'));
    expect(reasonIn(verdict)).toBe('claim-digest');
  });
});
