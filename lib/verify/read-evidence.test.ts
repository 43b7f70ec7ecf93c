import { sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { attestationLayer } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import { keyAuthority } from '#tests/builders/signing.ts';
import { aCertificateAuthority } from '#tests/builders/signing-pki.ts';
import {
  aSigningWorld,
  certifying,
  reasonIn,
  type SigningWorld,
  testAuthority,
  trusting,
} from '#tests/builders/signing-world.ts';
import { preAuthEncoding } from './envelope.ts';

const key = generateKeyPair();
const byKey = { kind: 'key', key, tlog: false } as const;
const trustsKey = keyAuthority([key.publicPem]);
let world: SigningWorld;

beforeAll(async () => {
  world = await aSigningWorld();
});

const statement = () => statementAbout(world.image, predicateTypes.spdx, {});

describe('attestations in the annotation layout', () => {
  it('count when any of their signatures does', async () => {
    const layer = await attestationLayer(world.sigstore, statement(), 'x', byKey);
    const envelope = JSON.parse(Buffer.from(layer.blob).toString());
    const strange = { keyid: '', sig: Buffer.from('strange').toString('base64') };
    const withSignatures = (signatures: readonly object[]) => ({
      ...layer,
      blob: Buffer.from(JSON.stringify({ ...envelope, signatures })),
    });
    const [good] = envelope.signatures;
    const judge = (signatures: readonly object[]) =>
      reasonIn(world.judge(withSignatures(signatures), { authority: trustsKey }));
    expect(judge([strange, good])).toBe('verified');
    expect(judge([good, strange])).toBe('verified');
    expect(judge([strange])).toBe('signature-bad');
    expect(judge([])).toBe('signature-bad');
  });

  it('verify when they are keyless and logged', async () => {
    const signer = { kind: 'keyless', identity: world.identity, root: 'trusted' } as const;
    const layer = await attestationLayer(world.sigstore, statement(), 'x', signer);
    expect(world.judge(layer)).toMatchObject({
      status: 'verified',
      proves: 'attested',
      predicateType: predicateTypes.spdx,
    });
  });

  it('may write base64 in the URL-safe alphabet, as DSSE allows', async () => {
    const layer = await attestationLayer(world.sigstore, statement(), 'x', byKey);
    const envelope = JSON.parse(Buffer.from(layer.blob).toString());
    const urlSafe = (text: string) => Buffer.from(text, 'base64').toString('base64url');
    const blob = Buffer.from(
      JSON.stringify({
        ...envelope,
        payload: urlSafe(envelope.payload),
        signatures: [{ keyid: '', sig: urlSafe(envelope.signatures[0].sig) }],
      }),
    );
    expect(reasonIn(world.judge({ ...layer, blob }, { authority: trustsKey }))).toBe('verified');
  });

  it('are refused when the envelope holds something else', async () => {
    const envelope = { payloadType: 'text/plain', payload: statement(), signatures: [] };
    const blob = Buffer.from(
      JSON.stringify({
        payloadType: envelope.payloadType,
        payload: envelope.payload.toString('base64'),
        signatures: [
          { sig: sign('sha256', preAuthEncoding(envelope), key.privateKey).toString('base64') },
        ],
      }),
    );
    const layer = await attestationLayer(world.sigstore, statement(), 'x', byKey);
    expect(reasonIn(world.judge({ ...layer, blob }, { authority: trustsKey }))).toBe(
      'payload-type',
    );
  });
});

describe('intermediates that lie beside a signature', () => {
  it('count when an authority of the trust root signed them, and only then', async () => {
    const [ca, stranger] = [await aCertificateAuthority(), await aCertificateAuthority()];
    const below = await ca.intermediate();
    const certified = await below.issue();
    const pem = (der: Buffer | undefined) =>
      `-----BEGIN CERTIFICATE-----\n${der?.toString('base64')}\n-----END CERTIFICATE-----\n`;
    const chained = { ...certified, chainPem: below.chain.map(pem).join('') };
    const layer = await world.layer(undefined, undefined, certifying(world.sigstore, chained));
    const judge = (chain: readonly Buffer[]) =>
      reasonIn(
        world.judge(layer, { authority: testAuthority(), root: trusting(world.root, chain) }),
      );
    expect(judge(ca.chain)).toBe('verified');
    expect(judge(stranger.chain)).toBe('cert-untrusted-root');
  });
});
