import { unreachable } from '#lib/errors.ts';
import type { PlannedImage, Target } from '#lib/lab/plan/plan.ts';
import { type EvidenceStep, type PredicateName, recipeOf } from '#lib/lab/plan/recipes.ts';
import {
  attestationLayer,
  type CosignLayer,
  signatureLayer,
  simpleSigningPayload,
} from '#lib/lab/signing/cosign-layer.ts';
import type { PrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import type { Signers } from '#lib/lab/signing/signers.ts';
import { type SignedBundle, signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import {
  predicateTypes,
  slsaProvenance,
  spdxDocument,
  statementAbout,
} from '#lib/lab/signing/statements.ts';
import {
  withBrokenBase64,
  withLogEntryOf,
  withPayload,
  withStatement,
} from '#lib/lab/signing/tampering.ts';
import { type Digest, digest } from '#lib/model/digest.ts';
import {
  attachBundles,
  attachLayers,
  attachSbom,
  type ContentSink,
  type Subject,
} from './attach.ts';
import { contentOf, type ImageContent, imageContent } from './image-content.ts';

/** What is needed to sign and store images. */
export interface Publisher {
  readonly sigstore: PrivateSigstore;
  readonly signers: Signers;
  readonly sink: ContentSink;
  readonly referrersApi: boolean;
  readonly seed: number;
}

/** Puts an image into its registry, with everything that its recipe attaches. Tags come later. */
export async function publishImage(publisher: Publisher, image: PlannedImage): Promise<void> {
  const { sink, seed } = publisher;
  const { repository, version, build, platforms } = image;
  const content = imageContent({ repository, version, build, platforms, seed });
  const recipe = recipeOf(image.recipe);
  for (const child of content.children) putImage(sink, repository, child);
  putImage(sink, repository, content);
  await attach(publisher, image, image, subjectOf(content), recipe.evidence);
  for (const [index, child] of content.children.entries()) {
    const target = image.children[index];
    if (target && recipe.index)
      await attach(publisher, image, target, subjectOf(child), recipe.index.children);
  }
}

/** Lets a tag name an image that is published already. */
export function tagImage(
  sink: ContentSink,
  { repository, version, build, platforms }: PlannedImage,
  tag: string,
  seed: number,
): void {
  const { manifest, mediaType } = imageContent({ repository, version, build, platforms, seed });
  sink.putManifest(repository, tag, mediaType, manifest.bytes);
}

function putImage(
  sink: ContentSink,
  repository: string,
  { blobs, manifest, mediaType }: ImageContent,
) {
  for (const { bytes } of blobs) sink.putBlob(repository, bytes);
  sink.putManifest(repository, undefined, mediaType, manifest.bytes);
}

const subjectOf = ({ manifest, mediaType }: ImageContent): Subject => ({
  mediaType,
  digest: manifest.digest,
  size: manifest.bytes.length,
});

async function attach(
  publisher: Publisher,
  image: PlannedImage,
  { host, repository, digest: named }: Target,
  subject: Subject,
  steps: readonly EvidenceStep[],
): Promise<void> {
  const { sink } = publisher;
  const about: About = { publisher, image, name: `${host}/${repository}`, digest: named };
  const signatures: CosignLayer[] = [];
  const attestations: CosignLayer[] = [];
  const bundles: SignedBundle[] = [];
  for (const step of steps) {
    if (step.kind === 'signature') signatures.push(await signature(about, step));
    else if (step.kind === 'attestation') attestations.push(await attestation(about, step));
    else if (step.kind === 'bundle') bundles.push(await bundle(about, step));
    else attachSbom(sink, repository, subject);
  }
  if (signatures.length > 0) attachLayers(sink, repository, subject, '.sig', signatures);
  if (attestations.length > 0) attachLayers(sink, repository, subject, '.att', attestations);
  if (bundles.length > 0) attachBundles(sink, repository, subject, bundles, publisher.referrersApi);
}

interface About {
  readonly publisher: Publisher;
  readonly image: PlannedImage;
  readonly name: string;
  readonly digest: Digest;
}
type Step<K extends EvidenceStep['kind']> = Extract<EvidenceStep, { kind: K }>;

/** The digest from which a copied signature comes. */
const neighbour = ({ digest: own }: About): Digest =>
  digest(contentOf(Buffer.from(`neighbour of ${own}`)).digest);

async function signature(about: About, step: Step<'signature'>): Promise<CosignLayer> {
  const { publisher, image, name } = about;
  const by = publisher.signers.of(step.by, image);
  const own = { name, digest: about.digest };
  const other = { name, digest: neighbour(about) };
  const sign = (payload: Uint8Array) => signatureLayer(publisher.sigstore, payload, by);
  switch (step.tampering) {
    case undefined:
      return sign(simpleSigningPayload(own));
    case 'copied':
      return sign(simpleSigningPayload(other));
    case 'payload':
      return withPayload(await sign(simpleSigningPayload(other)), simpleSigningPayload(own));
    case 'type':
      return sign(simpleSigningPayload(own, { type: 'atomic container signature' }));
    case 'base64':
      return withBrokenBase64(await sign(simpleSigningPayload(own)));
    case 'log-entry':
      return withLogEntryOf(
        await sign(simpleSigningPayload(own)),
        await sign(simpleSigningPayload(other)),
      );
    default:
      return unreachable(step.tampering);
  }
}

async function attestation(about: About, step: Step<'attestation'>): Promise<CosignLayer> {
  const { publisher, image } = about;
  const { type, statement } = statementFor(about, step.predicate);
  const by = publisher.signers.of(step.by, image);
  return attestationLayer(publisher.sigstore, statement, type, by);
}

async function bundle(about: About, step: Step<'bundle'>): Promise<SignedBundle> {
  const { publisher, image } = about;
  const by = publisher.signers.of(step.by, image);
  const own = statementFor(about, step.predicate);
  const other = statementFor({ ...about, digest: neighbour(about) }, step.predicate);
  const sign = (statement: Uint8Array) =>
    signBundle(publisher.sigstore, statement, own.type, by, step.log);
  switch (step.tampering) {
    case undefined:
      return sign(own.statement);
    case 'copied':
      return sign(other.statement);
    case 'statement':
      return withStatement(await sign(other.statement), own.statement);
    default:
      return unreachable(step.tampering);
  }
}

function statementFor({ name, digest: named, image }: About, predicate: PredicateName) {
  const subject = { name, digest: named };
  const owner = image.repository.split('/')[0] ?? image.repository;
  const made = {
    sign: { type: predicateTypes.cosignSign, body: {} },
    provenance: {
      type: predicateTypes.slsaProvenance,
      body: slsaProvenance(`https://github.com/acme/${owner}`, '.github/workflows/release.yml'),
    },
    spdx: {
      type: predicateTypes.spdx,
      body: spdxDocument(`${image.repository} ${image.version}`, [
        'openssl@3.5.2',
        'zlib@1.3.1',
        'ca-certificates@20260413',
      ]),
    },
  }[predicate];
  return { type: made.type, statement: statementAbout(subject, made.type, made.body) };
}
