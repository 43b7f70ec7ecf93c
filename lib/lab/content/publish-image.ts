import { unreachable } from '#lib/errors.ts';
import type { PlannedImage, Target } from '#lib/lab/plan/plan.ts';
import { type EvidenceStep, type PredicateName, recipeOf } from '#lib/lab/plan/recipes.ts';
import { signatureRepository } from '#lib/lab/plan/zones.ts';
import {
  attestationLayer,
  type CosignLayer,
  signatureLayer,
  simpleSigningPayload,
} from '#lib/lab/signing/cosign-layer.ts';
import type { NotationSigners } from '#lib/lab/signing/notation-signers.ts';
import type { PrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import type { Signers } from '#lib/lab/signing/signers.ts';
import { type SignedBundle, signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import {
  cycloneDxDocument,
  openVexDocument,
  predicateTypes,
  slsaProvenance,
  spdxDocument,
  statementAbout,
  verificationSummary,
  vulnerabilityReport,
} from '#lib/lab/signing/statements.ts';
import {
  withBrokenBase64,
  withLogEntryOf,
  withPayload,
  withStatement,
} from '#lib/lab/signing/tampering.ts';
import type { Collection } from '#lib/lab/signing/trust-data.ts';
import { type Digest, digest } from '#lib/model/digest.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import {
  attachBundles,
  attachLayers,
  attachNotation,
  attachReferrer,
  attachSbom,
  type ContentSink,
  type Subject,
} from './attach.ts';
import { contentOf, type ImageContent, imageContent } from './image-content.ts';

/** What is needed to sign and store images. */
export interface Publisher {
  readonly sigstore: PrivateSigstore;
  readonly signers: Signers;
  readonly notation: NotationSigners;
  /** Signs and serves the trust data of the image's repository. */
  readonly trustData: (image: PlannedImage, targets: Collection['targets']) => Promise<void>;
  readonly sink: ContentSink;
  readonly referrersApi: boolean;
  readonly seed: number;
}

/** Puts an image into its registry, with everything that its recipe attaches. Tags come later. */
export async function publishImage(publisher: Publisher, image: PlannedImage): Promise<void> {
  const { sink, seed } = publisher;
  const { repository } = image;
  const content = contentOfImage(image, seed);
  const recipe = recipeOf(image.recipe);
  for (const child of content.children) putImage(sink, repository, child);
  for (const attestation of content.attestations) putImage(sink, repository, attestation);
  putImage(sink, repository, content);
  await attach(publisher, image, image, subjectOf(content), recipe.evidence);
  for (const [index, child] of content.children.entries()) {
    const target = image.children[index];
    if (target && recipe.index)
      await attach(publisher, image, target, subjectOf(child), recipe.index.children);
  }
}

/** Lets a tag name an image that is published already. */
export function tagImage(sink: ContentSink, image: PlannedImage, tag: string, seed: number): void {
  const { manifest, mediaType } = contentOfImage(image, seed);
  sink.putManifest(image.repository, tag, mediaType, manifest.bytes);
}

function contentOfImage(
  { repository, version, build, platforms, recipe }: PlannedImage,
  seed: number,
): ImageContent {
  const attestations = recipeOf(recipe).index?.attestations === true;
  return imageContent({ repository, version, build, platforms, attestations, seed });
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
  const layers = { '.sig': [], '.att': [], elsewhere: [] } as Record<Shelf, CosignLayer[]>;
  const bundles: SignedBundle[] = [];
  for (const step of steps)
    switch (step.kind) {
      case 'signature':
        await shelve(about, subject, step, layers);
        break;
      case 'attestation':
        layers['.att'].push(await attestation(about, step));
        break;
      case 'bundle':
        bundles.push(await bundle(about, step));
        break;
      case 'notation':
        attachNotation(sink, repository, subject, publisher.notation.sign(step, subject));
        break;
      case 'trust-data':
        await nameInTrustData(about, subject, step);
        break;
      case 'attachment':
        attachUnsigned(about, subject, step);
        break;
    }
  for (const suffix of ['.sig', '.att'] as const)
    if (layers[suffix].length > 0) attachLayers(sink, repository, subject, suffix, layers[suffix]);
  if (layers.elsewhere.length > 0)
    attachLayers(sink, signatureRepository.repository, subject, '.sig', layers.elsewhere);
  if (bundles.length > 0) attachBundles(sink, repository, subject, bundles, publisher.referrersApi);
}

/** Where layers wait until all of a manifest are there. */
type Shelf = '.sig' | '.att' | 'elsewhere';

async function shelve(
  about: About,
  subject: Subject,
  step: Step<'signature'>,
  layers: Record<Shelf, CosignLayer[]>,
): Promise<void> {
  const layer = await signature(about, step);
  if (step.place !== 'referrer') layers[step.place ?? '.sig'].push(layer);
  else {
    const { publisher, image } = about;
    attachReferrer(publisher.sink, image.repository, subject, mediaTypes.cosignOci11, [layer]);
  }
}

/** The tags of a repository whose only version this is. */
async function nameInTrustData(
  about: About,
  { size }: Subject,
  { names }: Step<'trust-data'>,
): Promise<void> {
  const { publisher, image } = about;
  const target = { digest: names === 'own' ? about.digest : neighbour(about), size };
  await publisher.trustData(image, { [image.version]: target, latest: target });
}

function attachUnsigned(about: About, subject: Subject, { form }: Step<'attachment'>): void {
  const { publisher, image } = about;
  if (form === 'sbom') attachSbom(publisher.sink, image.repository, subject);
  else {
    const statement = bareStatement(about);
    attachReferrer(publisher.sink, image.repository, subject, mediaTypes.inToto, [statement]);
  }
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

/** Provenance that nobody signed. */
function bareStatement(about: About): CosignLayer {
  const { type, statement } = statementFor(about, 'provenance');
  return {
    mediaType: mediaTypes.inToto,
    blob: statement,
    annotations: { 'in-toto.io/predicate-type': type },
  };
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
    cyclonedx: {
      type: predicateTypes.cycloneDx,
      body: cycloneDxDocument(image.repository, ['openssl@3.5.2', 'zlib@1.3.1']),
    },
    vulnerabilities: {
      type: predicateTypes.vulnerabilities,
      body: vulnerabilityReport(['LOW', 'MEDIUM', 'LOW']),
    },
    openvex: { type: predicateTypes.openVex, body: openVexDocument(name) },
    'verification-summary': {
      type: predicateTypes.verificationSummary,
      body: verificationSummary(`${name}@${named}`),
    },
  }[predicate];
  return { type: made.type, statement: statementAbout(subject, made.type, made.body) };
}
