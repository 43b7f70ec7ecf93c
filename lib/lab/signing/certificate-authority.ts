import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const codeSigning = '1.3.6.1.5.5.7.3.3';
const dayMs = 86_400_000;

/** A key with its certificate, as an enterprise PKI issues it: no log, no OIDC issuer. */
export interface Certified {
  readonly key: KeyObject;
  /** DER, this certificate first and the root last. */
  readonly chain: readonly Buffer[];
  readonly pem: string;
}

/** A root that issues certificates for code signing. */
export interface CertificateAuthority {
  readonly root: Certified;
  /** @param email a name beside the subject, which then is the identity */
  issue(subject: string, email?: string): Promise<Certified>;
}

/** Starts an authority under a distinguished name, with a new key. Certificates live for a year. */
export async function startCertificateAuthority(name: string): Promise<CertificateAuthority> {
  const make = async (subject: string, issuer: Issuer | undefined, own: x509.Extension[]) => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
        subject,
        issuer: name,
        publicKey: keys.publicKey as CryptoKey,
        signingKey: (issuer?.keys ?? keys).privateKey as CryptoKey,
        signingAlgorithm: algorithm,
        notBefore: new Date(Date.now() - 30 * dayMs),
        notAfter: new Date(Date.now() + 335 * dayMs),
        extensions: own,
      },
      webcrypto as unknown as Crypto,
    );
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const certified: Certified = {
      key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
      chain: [Buffer.from(certificate.rawData), ...(issuer?.chain ?? [])],
      pem: `${certificate.toString('pem')}\n`,
    };
    return { keys, certified };
  };
  const { keys, certified: root } = await make(name, undefined, [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
  ]);
  return {
    root,
    issue: async (subject, email) =>
      (
        await make(subject, { keys, chain: root.chain }, [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([codeSigning]),
          ...(email === undefined
            ? []
            : [new x509.SubjectAlternativeNameExtension([{ type: 'email', value: email }])]),
        ])
      ).certified,
  };
}

interface Issuer {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly chain: readonly Buffer[];
}
