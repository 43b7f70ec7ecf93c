import { type CosignLayer, cosignAnnotations } from './cosign-layer.ts';
import type { SignedBundle } from './sigstore-bundle.ts';

/** The layer with another payload under the same signature. */
export const withPayload = (layer: CosignLayer, payload: Uint8Array): CosignLayer => ({
  ...layer,
  blob: payload,
});

/** The layer with a signature that is not proper base64. */
export const withBrokenBase64 = (layer: CosignLayer): CosignLayer => ({
  ...layer,
  annotations: {
    ...layer.annotations,
    [cosignAnnotations.signature]: `${layer.annotations[cosignAnnotations.signature]}*`,
  },
});

/** The layer with the log entry of another one: a true promise about another signature. */
export const withLogEntryOf = (layer: CosignLayer, other: CosignLayer): CosignLayer => ({
  ...layer,
  annotations: {
    ...layer.annotations,
    [cosignAnnotations.bundle]: other.annotations[cosignAnnotations.bundle] ?? '',
  },
});

/** The bundle with another statement in its envelope, under the same signature. */
export function withStatement(bundle: SignedBundle, statement: Uint8Array): SignedBundle {
  const json = JSON.parse(Buffer.from(bundle.bytes).toString()) as {
    dsseEnvelope: { payload: string };
  };
  json.dsseEnvelope.payload = Buffer.from(statement).toString('base64');
  return { ...bundle, bytes: Buffer.from(JSON.stringify(json)) };
}
