import { beforeAll, describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import { der as derOf, sequence } from '#tests/builders/der.ts';
import { anAuthority, aSigner, extension, issue } from '#tests/builders/issued-certificate.ts';
import { parseCertificate } from './certificate.ts';
import { isRefusal } from './refusal.ts';

let der: Buffer;
beforeAll(async () => {
  ({ der } = await aSigner(await anAuthority()));
});

const reasonOf = (bytes: Buffer): string => {
  const certificate = parseCertificate(bytes);
  return isRefusal(certificate) ? certificate.reason : 'read';
};

/** ecdsa-with-SHA256 and ecdsa-with-SHA384 (RFC 5758 §3.2), which are equally long. */
const [sha256, sha384] = ['06082a8648ce3d040302', '06082a8648ce3d040303'].map((hex) =>
  Buffer.from(hex, 'hex'),
) as [Buffer, Buffer];

describe('a certificate', () => {
  it('is read whole', () => {
    expect(reasonOf(der)).toBe('read');
    expect(reasonOf(Buffer.concat([der, Buffer.of(0)]))).toBe('cert-malformed');
    expect(reasonOf(der.subarray(0, -1))).toBe('cert-malformed');
  });

  it('is refused when it says another algorithm outside than the one that is signed', () => {
    const changed = Buffer.from(der);
    sha384.copy(changed, changed.lastIndexOf(sha256));
    expect(changed.indexOf(sha256)).toBeGreaterThan(0);
    expect(reasonOf(changed)).toBe('cert-malformed');
  });

  it('is refused with an extension twice, of which two readers would take different ones', async () => {
    const twice = [extension.signs(), extension.signs()];
    await expect(issue({ extensions: twice })).rejects.toThrow('repeated extensions');
  });

  it.each(['https://acme.example\u0000.evil.example', 'https://acme.ex\u00e4mple', 'a\nb'])(
    'is refused with the name %j, which some readers would take for another',
    async (name) => {
      const names = extension.raw('2.5.29.17', sequence(derOf(0x86, Buffer.from(name, 'latin1'))));
      await expect(issue({ extensions: [names] })).rejects.toThrow('alternative name');
    },
  );

  it('is refused when it is larger than any real one', () => {
    expect(parseCertificate(Buffer.alloc(limits.certificateBytes + 1))).toMatchObject({
      reason: 'cert-malformed',
      detail: expect.stringContaining('larger than any real one'),
    });
  });
});
