/** What is needed of a signer to name it in the configuration. */
export interface NamedSigner {
  readonly kind: 'key' | 'certificate';
  /** SAN of the certificate, or a name of the key. */
  readonly name: string;
  readonly issuer: string | null;
  readonly fingerprint: string;
  /** Kind of the evidence: a Notation certificate is believed by a trust policy. */
  readonly evidence?: string;
}

/**
 * YAML of an authority that would trust this signer for this image (`registry/repository`), to be
 * copied into `authorities:` by a person who has decided so. Values are quoted as JSON strings,
 * which YAML reads alike: an identity is text that somebody else chose.
 */
export function suggestAuthority(image: string, signer: NamedSigner): string {
  const name = image
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/-$/, '');
  const head = `- name: ${name}\n  images: [${JSON.stringify(image)}]\n`;
  if (signer.kind === 'key')
    return `${head}  key:\n    # public key with SHA-256 fingerprint ${signer.fingerprint}\n    file: ./cosign.pub\n`;
  if (signer.evidence === 'notation') return `${head}${notationRules(signer)}`;
  return `${head}  keyless:\n    identities:\n      - issuer: ${JSON.stringify(signer.issuer ?? '')}\n        subject: ${JSON.stringify(signer.name)}\n`;
}

/** The subject names the signer; which root is to be believed, a person must know. */
const notationRules = ({ name, fingerprint }: NamedSigner): string =>
  `  notation:
    level: strict
    # root of the certificate with SHA-256 fingerprint ${fingerprint}
    trustStores: { ca: [./root.crt] }
    trustedIdentities: [${JSON.stringify(`x509.subject: ${name}`)}]
`;
