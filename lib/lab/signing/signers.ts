import type { PlannedImage } from '#lib/lab/plan/plan.ts';
import type { SignerName } from '#lib/lab/plan/recipes.ts';
import { startCertificateAuthority } from './certificate-authority.ts';
import type { CosignSigner } from './cosign-layer.ts';
import { type Identity, workflowIdentity } from './identity.ts';
import { generateKeyPair, keyPairOf } from './key-pair.ts';
import type { CertifiedKey } from './private-sigstore.ts';

type PublishedKey = 'platform-key' | 'data-key' | 'edge-key' | 'p384-key' | 'pss-key';

/** Whoever signs in a lab. */
export interface Signers {
  readonly of: (name: SignerName, image: PlannedImage) => CosignSigner;
  /** PEM of the keys that the configuration names. */
  readonly publicKeys: Readonly<Record<PublishedKey, string>>;
  /** PEM of the root of the private PKI. */
  readonly pkiRootPem: string;
}

/** The provider that asserts the right subject and is not the trusted issuer. */
const otherIssuer = 'https://login.contractor.example';

/** Whom the private PKI certifies: names without an OIDC issuer, of which the first is trusted. */
export const pkiIdentities = {
  'treasury-release': 'release@treasury.acme.example',
  'treasury-intern': 'intern@treasury.acme.example',
} as const;

/** New keys, and the identities that the certificate authorities vouch for. */
export async function createSigners(): Promise<Signers> {
  const pki = await startPki();
  const keys = {
    'platform-key': generateKeyPair('ecdsa-p256'),
    'data-key': generateKeyPair('rsa-2048'),
    'edge-key': generateKeyPair('ed25519'),
    'p384-key': generateKeyPair('ecdsa-p384'),
    'pss-key': generateKeyPair('rsa-pss-2048'),
    'stranger-key': generateKeyPair('ecdsa-p256'),
  };
  return {
    of: (name, image) => {
      switch (name) {
        case 'platform-key':
        case 'edge-key':
        case 'p384-key':
        case 'pss-key':
        case 'stranger-key':
          return { kind: 'key', key: keys[name], tlog: false };
        case 'data-key':
          return { kind: 'key', key: keys[name], tlog: true };
        case 'data-key-unlogged':
          return { kind: 'key', key: keys['data-key'], tlog: false };
        case 'treasury-release':
        case 'treasury-intern':
          return { kind: 'pki', certified: pki.certified[name] };
        default:
          return {
            kind: 'keyless',
            identity: identityOf(name, image),
            root: name === 'unknown-root' ? 'unknown' : 'trusted',
          };
      }
    },
    publicKeys: {
      'platform-key': keys['platform-key'].publicPem,
      'data-key': keys['data-key'].publicPem,
      'edge-key': keys['edge-key'].publicPem,
      'p384-key': keys['p384-key'].publicPem,
      'pss-key': keys['pss-key'].publicPem,
    },
    pkiRootPem: pki.rootPem,
  };
}

async function startPki() {
  const { root, issue } = await startCertificateAuthority(
    'C=DE, O=Acme Treasury, CN=Treasury root',
  );
  const certify = async (email: string): Promise<CertifiedKey> => {
    const { key, chain, pem } = await issue('C=DE, O=Acme Treasury', email);
    const [certificateDer = Buffer.of()] = chain;
    const pair = keyPairOf('ecdsa-p256', key);
    return { key: pair, certificateDer, certificatePem: pem, chainPem: root.pem };
  };
  const certified = {
    'treasury-release': await certify(pkiIdentities['treasury-release']),
    'treasury-intern': await certify(pkiIdentities['treasury-intern']),
  };
  return { rootPem: root.pem, certified };
}

type Keyless = Exclude<
  SignerName,
  PublishedKey | 'data-key-unlogged' | 'stranger-key' | keyof typeof pkiIdentities
>;

function identityOf(name: Keyless, { repository, version }: PlannedImage): Identity {
  const [first = 'app', second = first] = repository.split('/');
  const main = 'refs/heads/main';
  const acme = { repository: `acme/${first}`, workflow: 'release.yml', ref: main };
  switch (name) {
    case 'release':
    case 'unknown-root':
      return workflowIdentity(acme);
    case 'other-workflow':
      return workflowIdentity({ ...acme, workflow: 'nightly.yml' });
    case 'other-branch':
      return workflowIdentity({ ...acme, ref: 'refs/heads/hotfix-retry' });
    case 'other-issuer':
      return workflowIdentity({ ...acme, issuer: otherIssuer });
    case 'upstream':
      return workflowIdentity({
        repository: `${second}/${second}`,
        workflow: 'release.yml',
        ref: `refs/tags/${version}`,
      });
    case 'partner':
      return workflowIdentity({
        repository: 'northwind/edi',
        workflow: 'publish.yml',
        ref: main,
      });
  }
}
