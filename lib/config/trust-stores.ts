import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TrustStoreType } from '#lib/model/notation-policy.ts';

/** One named trust store of a policy. */
export interface TrustStoreName {
  readonly type: TrustStoreType;
  readonly name: string;
}

/**
 * Reads the certificates of a trust store in notation's layout: `truststore/x509/<type>/<name>/*` below
 * notation's configuration folder, or below any part of that path.
 * @throws Error naming the folder or file, what is wrong with it, and the remedy
 */
export function readTrustStore(folder: string, { type, name }: TrustStoreName): readonly string[] {
  const base = ['truststore/x509', 'x509', '.']
    .map((part) => path.join(/* turbopackIgnore: true */ folder, part))
    .find((one) => existsSync(path.join(one, type)));
  const place = path.join(base ?? path.join(folder, 'truststore/x509'), type, name);
  let files: string[];
  try {
    // Mounted secrets keep their files behind links whose names begin with two dots.
    files = readdirSync(place)
      .filter((file) => !file.startsWith('..'))
      .map((file) => path.join(place, file));
  } catch {
    throw new Error(
      `the trust store ${type}:${name} has no folder ${place}. Create it with notation cert add --type ${type} --store ${name} FILE.`,
    );
  }
  const texts = files.sort().flatMap((file) => readCertificateFile(file, type));
  if (texts.length === 0)
    throw new Error(`the trust store ${type}:${name} (${place}) holds no certificate.`);
  return texts;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificates in a PEM or DER file, as PEM. Only authorities and self-signed certificates can
 * anchor trust, and only roots can vouch for time.
 * @throws Error naming the file and what is wrong
 */
export function readCertificateFile(file: string, type: TrustStoreType): readonly string[] {
  const bytes = bytesOf(file);
  const blocks = bytes.toString('latin1').match(pemBlock);
  return (blocks ?? [bytes]).map((one) => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(one);
    } catch (cause) {
      throw new Error(`${file} is no certificate (PEM or DER): ${(cause as Error).message}`);
    }
    const isRoot = isSelfSigned(certificate);
    if (type === 'tsa' && !isRoot)
      throw new Error(`${file} is no root certificate, which a trust store of the type tsa needs.`);
    if (!certificate.ca && !isRoot)
      throw new Error(`${file} is neither a certificate authority nor self-signed.`);
    return certificate.toString();
  });
}

function bytesOf(file: string): Buffer {
  try {
    if (statSync(file).isDirectory()) throw new Error('it is a folder');
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${(cause as Error).message}`);
  }
}

const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
