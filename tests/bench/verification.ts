// Keyless bundles and key signatures per second on one core, beside plain @sigstore/verify.
import { createHash, createPublicKey, createSign, generateKeyPairSync, verify } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { workflowIdentity } from '#lib/lab/signing/identity.ts';
import { startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import type { Discovery } from '#lib/model/evidence.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { peakMemoryMib } from './memory.ts';

const rounds = 400;
const sigstore = await startPrivateSigstore();
const identity = workflowIdentity({
  repository: 'acme/app',
  workflow: 'release.yml',
  ref: 'refs/heads/main',
});
const images = await Promise.all(
  Array.from({ length: rounds }, async (_, index) => {
    const subject = digest(`sha256:${createHash('sha256').update(String(index)).digest('hex')}`);
    const statement = statementAbout(
      { name: 'app', digest: subject },
      predicateTypes.cosignSign,
      {},
    );
    const { bytes, mediaType } = await signBundle(
      sigstore,
      statement,
      predicateTypes.cosignSign,
      { kind: 'keyless', identity, root: 'trusted' },
      'rekor-1',
    );
    return { subject, bytes, mediaType };
  }),
);

const root = TrustedRoot.fromJSON(JSON.parse(sigstore.trustedRootJson));
const plain = new Verifier(toTrustMaterial(root));
const plainRate = rate('plain @sigstore/verify, keyless bundle', rounds, (index) => {
  const bundle = bundleFromJSON(JSON.parse(Buffer.from(images[index]!.bytes).toString()));
  plain.verify(toSignedEntity(bundle));
});

const unmarked = {
  kind: 'keyless',
  name: 'bench',
  source: { kind: 'command-line' },
  images: ['**'],
  identities: [
    { subject: { kind: 'pattern', pattern: '.+' }, issuer: { kind: 'pattern', pattern: '.+' } },
  ],
  trustRoot: 'lab',
  tlog: 'required',
  sct: 'required',
} as const;
const authority: Authority = { ...unmarked, fingerprint: authorityFingerprint(unmarked) };
const material = prepareMaterial({
  authorities: [authority],
  trustRoots: [
    {
      name: 'lab',
      revision: 'r',
      json: sigstore.trustedRootJson,
      origin: 'file',
      asOf: new Date().toISOString(),
    },
  ],
});
const discoveries = images.map(
  ({ subject, bytes, mediaType }): Discovery => ({
    subject,
    registry: 'ghcr.acme.example',
    repository: 'acme/app',
    evidence: [
      {
        kind: 'sigstore-bundle',
        id: digest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`),
        subject,
        sources: [],
        mediaType,
        bundle: bytes,
      },
    ],
    places: [],
    complete: true,
    warnings: [],
  }),
);
const ours = rate('this project, keyless bundle with every check', rounds, (index) => {
  const { verdict } = verifyImage(discoveries[index]!, material, [], new Date());
  if (verdict.status !== 'verified') throw new Error(`${verdict.status}: ${verdict.detail}`);
});

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const message = Buffer.alloc(300, 1);
const signature = createSign('sha256').update(message).sign(privateKey);
const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
rate('bare ECDSA P-256 verification', 5_000, () => verify('sha256', message, key, signature));
console.log(
  `keyless: ${(ours / plainRate).toFixed(2)} × plain @sigstore/verify on one core; peak memory ${peakMemoryMib()} MiB`,
);

/** Runs once to warm up, then measures. @returns calls per second */
function rate(name: string, count: number, call: (index: number) => void): number {
  for (let index = 0; index < Math.min(count, 50); index++) call(index);
  const begin = performance.now();
  for (let index = 0; index < count; index++) call(index);
  const perSecond = count / ((performance.now() - begin) / 1000);
  console.log(`${name}: ${perSecond.toFixed(0)}/s`);
  return perSecond;
}
