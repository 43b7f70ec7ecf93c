import { describe, expect, it } from 'vitest';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import {
  aRoot,
  aSelfSigned,
  type CertificateOptions,
  purposes,
  unknownExtension,
  usages,
} from '#tests/builders/notation-pki.ts';
import { checkCertificateChain } from './certificate-chain.ts';

const root = await aRoot();
const read = (der: Buffer): Certificate => {
  const certificate = parseCertificate(der);
  if (isRefusal(certificate)) throw new TypeError(certificate.detail);
  return certificate;
};
const check = (chain: readonly Buffer[]) => checkCertificateChain(chain.map(read));
const leafWith = async (options: CertificateOptions) => check((await root.issue(options)).chain);

describe('a chain of certificates', () => {
  it('holds from a signer over authorities to the root', async () => {
    const below = await root.issue({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=issuing' });
    expect(check((await below.issue()).chain)).toBeUndefined();
    expect(check((await root.issue()).chain)).toBeUndefined();
  });

  it('holds for a self-signed signer, which is its own root', async () => {
    expect(check((await aSelfSigned()).chain)).toBeUndefined();
  });

  it('N66 is refused out of order, with a stranger in it, and without its root', async () => {
    const below = await root.issue({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=issuing' });
    const { chain } = await below.issue();
    const [leaf, middle, top] = chain as [Buffer, Buffer, Buffer];
    const other = await aRoot();
    for (const wrong of [
      [leaf, top, middle],
      [middle, leaf, top],
      [leaf, middle],
      [leaf, middle, top, top],
      [leaf, middle, top, other.der],
      [leaf, middle, other.der, top],
      [leaf],
      [],
    ])
      expect(check(wrong)).toMatchObject({ status: 'invalid', reason: 'cert-path' });
  });

  it('N66 is refused when the issuer has the right name and another key', async () => {
    const impostor = await aRoot();
    const leaf = await impostor.issue();
    expect(check([leaf.der, root.der])).toMatchObject({ reason: 'cert-path' });
  });

  it('N66 is refused when the issuer has the right key and another name', async () => {
    const leaf = await root.issue();
    const renamed = await root.issue({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=other' });
    expect(check([leaf.der, renamed.der, root.der])).toMatchObject({ reason: 'cert-path' });
  });

  it.each<[string, CertificateOptions, string]>([
    ['is not marked as one', { ca: false, keyUsage: usages.keyCertSign }, 'cert-path'],
    ['is marked, but not critically', { caCritical: false }, 'cert-path'],
    ['may not sign certificates', { keyUsage: usages.cRLSign }, 'cert-ku'],
    ['says so, but not critically', { keyUsageCritical: false }, 'cert-ku'],
    ['has no key usage', { keyUsage: 0 }, 'cert-ku'],
  ])('is refused when an authority %s', async (_, options, reason) => {
    const below = await root.issue({ ca: true, subject: 'C=US,ST=WA,O=b,CN=b', ...options });
    expect(check((await below.issue()).chain)).toMatchObject({ status: 'invalid', reason });
  });

  it('is refused when more authorities stand below one than it allows', async () => {
    const narrow = await aRoot({ pathLength: 0 });
    expect(check((await narrow.issue()).chain)).toBeUndefined();
    const below = await narrow.issue({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=issuing' });
    expect(check((await below.issue()).chain)).toMatchObject({ reason: 'cert-path' });
  });

  it.each(['SHA-1'])('is refused when signed over %s', async (hash) => {
    expect(await leafWith({ hash })).toMatchObject({ status: 'invalid', reason: 'cert-path' });
  });
});

describe('the certificate of a signer', () => {
  it.each<[string, CertificateOptions]>([
    ['no purposes', { purposes: [] }],
    ['a purpose that nobody forbids', { purposes: ['1.2.3.4'] }],
    ['an unknown critical extension, which Notation ignores', { extra: [unknownExtension(true)] }],
  ])('may have %s', async (_, options) => {
    expect(await leafWith(options)).toBeUndefined();
  });

  it.each(['any', 'server', 'client', 'email', 'timestamps', 'ocsp'] as const)(
    'N66 may not be for %s',
    async (purpose) => {
      expect(await leafWith({ purposes: [purposes.code, purposes[purpose]] })).toMatchObject({
        status: 'invalid',
        reason: 'cert-eku',
      });
    },
  );

  const { digitalSignature } = usages;
  it.each<[string, CertificateOptions, string]>([
    ['no key usage', { keyUsage: 0 }, 'cert-ku'],
    ['key usage that is not critical', { keyUsageCritical: false }, 'cert-ku'],
    ['another use than signatures', { keyUsage: usages.nonRepudiation }, 'cert-ku'],
    ['key encipherment too', { keyUsage: digitalSignature | usages.keyEncipherment }, 'cert-ku'],
    ['data encipherment too', { keyUsage: digitalSignature | usages.dataEncipherment }, 'cert-ku'],
    ['key agreement too', { keyUsage: digitalSignature | usages.keyAgreement }, 'cert-ku'],
    ['certificates too', { keyUsage: digitalSignature | usages.keyCertSign }, 'cert-ku'],
    ['revocation lists too', { keyUsage: digitalSignature | usages.cRLSign }, 'cert-ku'],
    ['an authority', { ca: true, keyUsage: digitalSignature }, 'cert-path'],
  ])('is refused with %s', async (_, options, reason) => {
    expect(await leafWith(options)).toMatchObject({ status: 'invalid', reason });
  });

  it('is refused with an RSA key of another size', async () => {
    const { der } = await root.issue({ kind: 'rsa1024' });
    const weak = parseCertificate(der);
    expect(isRefusal(weak) ? weak : checkCertificateChain([weak, read(root.der)])).toMatchObject({
      status: 'invalid',
      reason: 'key-weak',
    });
  });
});
