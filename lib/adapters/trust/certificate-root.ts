import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { OperationalError } from '#lib/errors.ts';

/** Files of PEM certificates that make a trust root without Fulcio, log or TUF. */
export interface CertificateFiles {
  /** Certificates that end a path, self-signed or not. */
  readonly roots?: string;
  /** Certificates that may stand below them; never anchors. */
  readonly intermediates?: string;
  /** Both in one file: the issuer of the leaf first, the root last. */
  readonly chain?: string;
  /** Roots of timestamp authorities, with whatever stands below them. */
  readonly timestampAuthorities?: string;
}

/**
 * Reads a private PKI as the text of a `trusted_root.json`: one authority for each root, with all
 * intermediates. It names no logs, so that authorities on it must say that they ask for none.
 * @throws OperationalError trustroot-missing naming the file and what belongs into it
 */
export async function readCertificateRoot(
  name: string,
  files: CertificateFiles,
): Promise<{ readonly json: string; readonly asOf: string }> {
  const read = (file: string | undefined) =>
    file === undefined ? { certificates: [], changed: 0 } : readCertificates(name, file);
  const [chain, roots, intermediates, timestamps] = await Promise.all([
    read(files.chain),
    read(files.roots),
    read(files.intermediates),
    read(files.timestampAuthorities),
  ]);
  const anchors = [...roots.certificates, ...chain.certificates.slice(-1)];
  const between = [...intermediates.certificates, ...chain.certificates.slice(0, -1)];
  const below = timestamps.certificates.filter((one) => !isSelfSigned(one));
  const tops = timestamps.certificates.filter(isSelfSigned);
  const json = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [],
    certificateAuthorities: anchors.map((root) => authority([...between, root])),
    ctlogs: [],
    // Without a root among them each certificate is believed by itself.
    timestampAuthorities:
      tops.length > 0
        ? tops.map((root) => authority([...below, root]))
        : below.map((one) => authority([one])),
  });
  const changed = Math.max(chain.changed, roots.changed, intermediates.changed, timestamps.changed);
  return { json, asOf: new Date(changed).toISOString() };
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

async function readCertificates(
  name: string,
  file: string,
): Promise<{ readonly certificates: readonly X509Certificate[]; readonly changed: number }> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const certificates = (text.match(pemBlock) ?? []).map((pem) => new X509Certificate(pem));
    if (certificates.length === 0) throw new TypeError('it holds no PEM certificate');
    return { certificates, changed: mtimeMs };
  } catch (cause) {
    throw new OperationalError(
      'trustroot-missing',
      `the certificates ${file} of the trust root ${name} cannot be read: ${(cause as Error).message}. ` +
        'Write there PEM certificates, as a private authority publishes them.',
      { cause },
    );
  }
}

const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);

/** An authority that counts for as long as its certificates do. */
const authority = (chain: readonly X509Certificate[]) => ({
  uri: chain.at(-1)?.subject.replaceAll('\n', ', ') ?? '',
  certChain: { certificates: chain.map(({ raw }) => ({ rawBytes: raw.toString('base64') })) },
  validFor: { start: '0001-01-01T00:00:00Z' },
});
