import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { withBrokenBase64 } from '#lib/lab/signing/tampering.ts';
import { digestOf, keyAuthority } from '#tests/builders/signing.ts';
import { aCertificateAuthority, type TestAuthority } from '#tests/builders/signing-pki.ts';
import { aSigningWorld, reasonIn, type SigningWorld } from '#tests/builders/signing-world.ts';

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

const judgeClaim = async (payload: Buffer) =>
  reasonIn(world.judge(await world.layer(byKey, payload), { authority: trustsKey }));

describe('encodings', () => {
  it('passes over line breaks in a signature, as Go does', async () => {
    const layer = await world.layer(byKey);
    const name = 'dev.cosignproject.cosign/signature';
    const text = layer.annotations[name] ?? '';
    const wrapped = `${text.slice(0, 8)}\r\n${text.slice(8)}\n`;
    const annotations = { ...layer.annotations, [name]: wrapped };
    const verdict = world.judge({ ...layer, annotations }, { authority: trustsKey });
    expect(reasonIn(verdict)).toBe('verified');
  });

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
    expect(written((text) => ` ${text}`)).toBe('base64-malformed');
    expect(written((text) => `${text.slice(0, 8)}\t${text.slice(8)}`)).toBe('base64-malformed');
    expect(written((text) => `${text.slice(0, 8)}!${text.slice(8)}`)).toBe('base64-malformed');
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
