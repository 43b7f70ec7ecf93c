/** What is needed of a signer to name it in the configuration. */
export interface NamedSigner {
  readonly kind: 'key' | 'certificate';
  /** SAN of the certificate, or a name of the key. */
  readonly name: string;
  readonly issuer: string | null;
  readonly fingerprint: string;
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
  return `${head}  keyless:\n    identities:\n      - issuer: ${JSON.stringify(signer.issuer ?? '')}\n        subject: ${JSON.stringify(signer.name)}\n`;
}
