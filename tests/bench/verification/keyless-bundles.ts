import { createHash } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { workflowIdentity } from '#lib/lab/signing/identity.ts';
import { type PrivateSigstore, startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import { digest } from '#lib/model/digest.ts';
import type { Discovery } from '#lib/model/evidence.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import type { SecondOpinion } from '#lib/verify/second-opinion.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { peakMemoryMib } from '../memory.ts';
import { bareOperations } from './bare-operations.ts';
import { print, rates } from './rate.ts';

/** Images with a keyless bundle each, every one by a certificate of its own, as pipelines make them. */
export interface KeylessBundles {
  readonly discoveries: readonly Discovery[];
  readonly authority: Authority;
  readonly root: TrustRoot;
  /** Prints the rates beside one another. */
  compare(seconds: number): void;
  /** Verifies so many times and prints how the memory went. */
  remember(verifications: number): void;
}

/** Signs so many images by a private Sigstore. */
export async function keylessBundles(count: number): Promise<KeylessBundles> {
  const sigstore = await startPrivateSigstore();
  const images: SignedImage[] = [];
  for (let index = 0; index < count; index++) images.push(await signedImage(sigstore, index));
  const authority = anyWorkflow();
  const root = trustRootOf(sigstore);
  const discoveries = images.map(discoveryOf);
  const material = prepareMaterial({ authorities: [authority], trustRoots: [root] });
  const ours =
    (opinion: SecondOpinion) =>
    (index: number): void => {
      const discovery = discoveries[index % count];
      if (discovery === undefined) throw new RangeError('there is no image');
      const { verdict } = verifyImage(discovery, material, [], new Date(), opinion);
      if (verdict.status !== 'verified') throw new Error(`${verdict.status}: ${verdict.detail}`);
    };
  return {
    discoveries,
    authority,
    root,
    compare: (seconds) => compare(seconds, sigstore, images, ours),
    remember: (verifications) => remember(verifications, ours('sample')),
  };
}

interface SignedImage {
  readonly subject: ReturnType<typeof digest>;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** Every image is of another repository, so that every one has a certificate of its own. */
async function signedImage(sigstore: PrivateSigstore, index: number): Promise<SignedImage> {
  const subject = digest(`sha256:${createHash('sha256').update(String(index)).digest('hex')}`);
  const { bytes, mediaType } = await signBundle(
    sigstore,
    statementAbout({ name: 'app', digest: subject }, predicateTypes.cosignSign, {}),
    predicateTypes.cosignSign,
    {
      kind: 'keyless',
      identity: workflowIdentity({
        repository: `acme/app-${index}`,
        workflow: 'release.yml',
        ref: 'refs/heads/main',
      }),
      root: 'trusted',
    },
    'rekor-1',
  );
  return { subject, bytes, mediaType };
}

function compare(
  seconds: number,
  sigstore: PrivateSigstore,
  images: readonly SignedImage[],
  ours: (opinion: SecondOpinion) => (index: number) => void,
): void {
  const texts = images.map(({ bytes }) => Buffer.from(bytes).toString());
  const verifier = new Verifier(
    toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(sigstore.trustedRootJson))),
  );
  const plainly = (index: number): void => {
    const bundle = bundleFromJSON(JSON.parse(texts[index % texts.length] ?? ''));
    verifier.verify(toSignedEntity(bundle));
  };
  const bare = bareOperations(texts);
  const [near = 0, bound = 0, checks = 0] = rates(seconds, [
    { name: 'keyless bundle, this project', call: ours('sample') },
    { name: '… bound: its cryptographic operations, bare', call: bare.all },
    { name: '… of these its five signature checks alone', call: bare.checks },
  ]);
  const share = (of: number) => `${((100 * near) / of).toFixed(0)} %`;
  print('this project beside the bound (at least 60 %)', share(bound));
  print('this project beside the five signature checks', share(checks));
  const [plain = 0, sampled = 0, always = 0] = rates(seconds, [
    { name: 'keyless bundle, plain @sigstore/verify', call: plainly },
    { name: 'keyless bundle, this project', call: ours('sample') },
    { name: '… with the second opinion on every one', call: ours('always') },
  ]);
  const times = (one: number) => `${(one / plain).toFixed(2)} ×`;
  print('this project beside plain @sigstore/verify (at least 4 ×)', times(sampled));
  print('with the second opinion on every one, beside plain', times(always));
}

function remember(verifications: number, verifyOne: (index: number) => void): void {
  const steps = 10;
  const heap: number[] = [];
  for (let step = 0; step < steps; step++) {
    const per = Math.ceil(verifications / steps);
    for (let index = 0; index < per; index++) verifyOne(step * per + index);
    heap.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
  }
  print(`resident memory over ${verifications} verifications, MiB`, heap.join(' '));
  print('peak resident memory, MiB', String(peakMemoryMib()));
}

function anyWorkflow(): Authority {
  const any = { kind: 'pattern', pattern: '.+' } as const;
  const unmarked = {
    kind: 'keyless',
    name: 'bench',
    source: { kind: 'command-line' },
    images: ['**'],
    identities: [{ subject: any, issuer: any }],
    trustRoot: 'lab',
    tlog: 'required',
    sct: 'required',
  } as const;
  return { ...unmarked, fingerprint: authorityFingerprint(unmarked) };
}

const trustRootOf = ({ trustedRootJson }: PrivateSigstore): TrustRoot => ({
  name: 'lab',
  revision: createHash('sha256').update(trustedRootJson).digest('hex'),
  json: trustedRootJson,
  origin: 'file',
  asOf: new Date().toISOString(),
});

const discoveryOf = ({ subject, bytes, mediaType }: SignedImage): Discovery => ({
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
});
