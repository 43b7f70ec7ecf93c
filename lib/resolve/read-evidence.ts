import { OperationalError } from '#lib/errors.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { CosignAnnotations, Evidence, EvidenceSource } from '#lib/model/evidence.ts';
import { limits } from '#lib/model/limits.ts';
import { type Descriptor, type ImageManifest, mediaTypes } from '#lib/model/manifest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { FetchedManifest, RegistryReader } from '#lib/ports/registry.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { evidenceId } from './evidence-id.ts';

/** Where to read from, and how much more may be held for this digest. */
export interface ReadingContext {
  readonly registry: RegistryReader;
  readonly subject: Subject;
  /** Takes bytes from the budget of the digest; false when it is spent. */
  readonly take: (bytes: number) => boolean;
}

/** The items of one manifest; `surplus` says how many layers were left unread. */
export interface ManifestEvidence {
  readonly evidence: readonly Evidence[];
  readonly surplus: number;
}

/** Where an item was found. */
export type Located = Pick<Evidence, 'subject' | 'sources'>;

/** Reads every item of a manifest found beside a digest. One bad layer never hides its neighbours. */
export async function readEvidence(
  context: ReadingContext,
  { digest, mediaType, body }: FetchedManifest,
  sources: readonly EvidenceSource[],
): Promise<ManifestEvidence> {
  const located = { subject: context.subject.digest, sources };
  const itself = { mediaType, digest, size: 0 };
  if (body.kind === 'other') {
    const detail = `${digest} is a ${mediaType}, which is not read`;
    return { evidence: [unreadable(located, itself, 'unsupported-format', detail)], surplus: 0 };
  }
  if (body.kind === 'index') return { evidence: [unsignedAttachment(located, itself)], surplus: 0 };

  const { manifest } = body;
  if (manifest.layers.length === 0)
    return {
      evidence: [unsignedAttachment(located, { ...itself, mediaType: typeOf(manifest) })],
      surplus: 0,
    };
  const layers = manifest.layers.slice(0, limits.signatureLayers);
  const evidence = isNotation(manifest)
    ? await readNotation(context, located, manifest, digest)
    : await Promise.all(layers.map((layer) => readLayer(context, located, layer, manifest)));
  return { evidence, surplus: manifest.layers.length - layers.length };
}

/** An item that is there but could not be had, so that nobody takes its absence for a fact. */
export function unreadable(
  located: Located,
  descriptor: Descriptor,
  reason: ReasonCode,
  detail: string,
  retryable = false,
): Evidence {
  const id = evidenceId('unreadable', descriptor);
  return { ...located, id, kind: 'unreadable', reason, detail, retryable };
}

/** Annotation by which in-toto statements without a signature say what they are. */
const predicateAnnotation = 'in-toto.io/predicate-type';

/** An item that is there and that nobody signed, with what it says of itself. */
export function unsignedAttachment(
  located: Located,
  descriptor: Descriptor,
  claimedType = descriptor.annotations?.[predicateAnnotation],
): Evidence {
  return {
    ...located,
    id: evidenceId('unsigned-attachment', descriptor),
    kind: 'unsigned-attachment',
    mediaType: descriptor.mediaType.slice(0, limits.attestationText),
    ...(claimedType !== undefined && { claimedType: claimedType.slice(0, limits.attestationText) }),
  };
}

const typeOf = ({ artifactType, config }: ImageManifest): string =>
  artifactType ?? config.mediaType;

const isNotation = ({ artifactType, config }: ImageManifest): boolean =>
  artifactType === mediaTypes.notation || config.mediaType === mediaTypes.notation;

/**
 * A Notation signature manifest has exactly one layer, the envelope.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md
 */
async function readNotation(
  context: ReadingContext,
  located: Located,
  { layers }: ImageManifest,
  digest: Digest,
): Promise<readonly Evidence[]> {
  const [layer] = layers;
  if (layer === undefined || layers.length > 1) {
    const itself = { mediaType: mediaTypes.notation, digest, size: 0 };
    const detail = `signature manifest ${digest} has ${layers.length} layers instead of one`;
    return [unreadable(located, itself, 'manifest-malformed', detail)];
  }
  return [
    await withBlob(context, located, layer, (envelope) => ({
      ...located,
      id: evidenceId('notation', layer),
      kind: 'notation',
      mediaType: layer.mediaType,
      envelope,
    })),
  ];
}

async function readLayer(
  context: ReadingContext,
  located: Located,
  layer: Descriptor,
  { annotations }: ImageManifest,
): Promise<Evidence> {
  const { mediaType } = layer;
  if (mediaType === mediaTypes.simpleSigning)
    return withBlob(context, located, layer, (payload) => ({
      ...located,
      id: evidenceId('cosign-signature', layer),
      kind: 'cosign-signature',
      payload,
      annotations: cosignAnnotations(layer),
    }));
  if (mediaType === mediaTypes.dsse)
    return withBlob(context, located, layer, (envelope) => ({
      ...located,
      id: evidenceId('cosign-attestation', layer),
      kind: 'cosign-attestation',
      envelope,
      annotations: cosignAnnotations(layer),
    }));
  if (mediaType.startsWith(mediaTypes.bundlePrefix))
    return withBlob(context, located, layer, (bundle) => ({
      ...located,
      id: evidenceId('sigstore-bundle', layer),
      kind: 'sigstore-bundle',
      mediaType,
      bundle,
    }));
  const claimed = layer.annotations?.[predicateAnnotation] ?? annotations?.[predicateAnnotation];
  return unsignedAttachment(located, layer, claimed);
}

async function withBlob(
  { registry, subject, take }: ReadingContext,
  located: Located,
  layer: Descriptor,
  make: (bytes: Uint8Array) => Evidence,
): Promise<Evidence> {
  if (!take(Math.min(layer.size, limits.evidenceBytes))) {
    const detail = `the evidence beside this digest is larger than ${limits.evidenceTotalBytes} bytes together`;
    return unreadable(located, layer, 'limit-exceeded', detail);
  }
  try {
    return make(
      await registry.blob(subject.registry, subject.repository, layer, limits.evidenceBytes),
    );
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    return unreadable(located, layer, error.code, error.message, error.retryable);
  }
}

const annotationNames = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  rekorBundle: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const satisfies Record<keyof CosignAnnotations, string>;

/** @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
const cosignAnnotations = ({ annotations }: Descriptor): CosignAnnotations =>
  Object.fromEntries(
    Object.entries(annotationNames).flatMap(([field, name]) => {
      const value = annotations?.[name];
      return value === undefined ? [] : [[field, value]];
    }),
  );
