import {
  type CosignLayer,
  type CosignSigner,
  signatureLayer,
  simpleSigningPayload,
} from '#lib/lab/signing/cosign-layer.ts';
import { type Identity, workflowIdentity } from '#lib/lab/signing/identity.ts';
import {
  type CertifiedKey,
  type PrivateSigstore,
  startPrivateSigstore,
} from '#lib/lab/signing/private-sigstore.ts';
import { type BundleLog, type SignedBundle, signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { verifyEvidence } from '#lib/verify/verify-evidence.ts';
import {
  anImage,
  aTrustRoot,
  bundleEvidence,
  exactly,
  keylessAuthority,
  layerEvidence,
} from './signing.ts';

/** Loosely typed JSON, for spoiling. */
// biome-ignore lint/suspicious/noExplicitAny: tests break the shape on purpose
export type Loose = any;

/** The bundle with its JSON changed. */
export function spoil(bundle: SignedBundle, change: (json: Loose) => void): SignedBundle {
  const json: Loose = JSON.parse(Buffer.from(bundle.bytes).toString());
  change(json);
  return { ...bundle, bytes: Buffer.from(JSON.stringify(json)) };
}

/** The trusted root with its JSON changed. */
export function spoilRoot(root: TrustRoot, change: (json: Loose) => void): TrustRoot {
  const json: Loose = JSON.parse(root.json);
  change(json);
  return aTrustRoot(JSON.stringify(json), root.name);
}

/** A private Sigstore with an image, an identity, and all that is needed to judge evidence. */
export async function aSigningWorld() {
  const sigstore = await startPrivateSigstore();
  const image = anImage();
  const identity = workflowIdentity({
    repository: 'acme/app',
    workflow: 'release.yml',
    ref: 'refs/heads/main',
  });
  const root = aTrustRoot(sigstore.trustedRootJson);
  const authority = keylessAuthority([exactly(identity)]);
  const keyless: CosignSigner = { kind: 'keyless', identity, root: 'trusted' };

  return {
    sigstore,
    image,
    identity,
    root,
    authority,
    /** A bundle that says "signed". */
    bundle: (
      log: BundleLog = 'rekor-1',
      signer: CosignSigner = keyless,
      services: PrivateSigstore = sigstore,
      statement: Uint8Array = statementAbout(image, predicateTypes.cosignSign, {}),
    ): Promise<SignedBundle> =>
      signBundle(services, statement, predicateTypes.cosignSign, signer, log),
    layer: (
      signer: CosignSigner = keyless,
      payload: Uint8Array = simpleSigningPayload(image),
      services: PrivateSigstore = sigstore,
    ): Promise<CosignLayer> => signatureLayer(services, payload, signer),
    judge: (
      evidence: SignedBundle | CosignLayer | Evidence,
      options: { authority?: Authority; root?: TrustRoot | undefined; now?: Date } = {},
    ): EvidenceVerdict =>
      verifyEvidence(
        image.digest,
        evidenceOf(image.digest, evidence),
        options.authority ?? authority,
        'root' in options ? options.root : root,
        options.now ?? new Date(),
      ),
  };
}
export type SigningWorld = Awaited<ReturnType<typeof aSigningWorld>>;

function evidenceOf(
  subject: Evidence['subject'],
  one: SignedBundle | CosignLayer | Evidence,
): Evidence {
  if ('kind' in one) return one;
  return 'blob' in one ? layerEvidence(subject, one) : bundleEvidence(subject, one);
}

/** The same services, but every certificate is this one. */
export const certifying = (
  sigstore: PrivateSigstore,
  certified: CertifiedKey,
): PrivateSigstore => ({
  ...sigstore,
  certify: () => Promise.resolve(certified),
});

/** The trusted root with one more authority, leaf-side first. */
export const trusting = (root: TrustRoot, chain: readonly Buffer[]): TrustRoot =>
  spoilRoot(root, (json) => {
    json.certificateAuthorities.push({
      uri: 'https://ca.acme.example',
      certChain: { certificates: chain.map((der) => ({ rawBytes: der.toString('base64') })) },
      validFor: { start: new Date(Date.now() - 86_400_000).toISOString() },
    });
  });

/** Who signs with a certificate of a test authority, in the words of {@link Identity}. */
export const testIdentity: Identity = {
  subject: 'https://github.com/acme/app/release',
  issuer: 'https://issuer.example',
  extensions: [],
};

/** An authority that believes {@link testIdentity} and asks for no certificate log. */
export const testAuthority = (options: Parameters<typeof keylessAuthority>[1] = {}): Authority =>
  keylessAuthority([exactly(testIdentity)], { sct: 'ignored', ...options });

/** The reason, or `verified`. */
export const reasonIn = ({ status, reason }: EvidenceVerdict): string => reason ?? status;
