import type { PlannedImage } from '#lib/lab/plan/plan.ts';
import type { SignerName } from '#lib/lab/plan/recipes.ts';
import type { CosignSigner } from './cosign-layer.ts';
import { type Identity, workflowIdentity } from './identity.ts';
import { generateKeyPair } from './key-pair.ts';

/** Whoever signs in a lab. */
export interface Signers {
  readonly of: (name: SignerName, image: PlannedImage) => CosignSigner;
  /** PEM of the keys that the configuration names. */
  readonly publicKeys: Readonly<Record<'platform-key' | 'data-key' | 'edge-key', string>>;
}

/** The provider that asserts the right subject and is not the trusted issuer. */
const otherIssuer = 'https://login.contractor.example';

/** New keys, and the identities that the private certificate authority vouches for. */
export function createSigners(): Signers {
  const keys = {
    'platform-key': generateKeyPair('ecdsa-p256'),
    'data-key': generateKeyPair('rsa-2048'),
    'edge-key': generateKeyPair('ed25519'),
    'stranger-key': generateKeyPair('ecdsa-p256'),
  };
  return {
    of: (name, image) => {
      switch (name) {
        case 'platform-key':
        case 'edge-key':
        case 'stranger-key':
          return { kind: 'key', key: keys[name], tlog: false };
        case 'data-key':
          return { kind: 'key', key: keys[name], tlog: true };
        case 'data-key-unlogged':
          return { kind: 'key', key: keys['data-key'], tlog: false };
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
    },
  };
}

type Keyless = Exclude<
  SignerName,
  'platform-key' | 'data-key' | 'data-key-unlogged' | 'edge-key' | 'stranger-key'
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
