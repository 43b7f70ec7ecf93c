import { dsse } from '@sigstore/core';
import type { Digest } from '#lib/model/digest.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { Identity } from './identity.ts';
import { type KeyPair, signWith } from './key-pair.ts';
import type { CertifiedKey, LoggedEntry, PrivateSigstore } from './private-sigstore.ts';
import { dsseV1, hashedRekordV1 } from './rekor-entries.ts';

/** One layer of a `.sig` or `.att` manifest: the blob and the annotations of its descriptor. */
export interface CosignLayer {
  readonly mediaType: string;
  readonly blob: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Who signs, and what proves it. */
export type CosignSigner =
  | { readonly kind: 'key'; readonly key: KeyPair; readonly tlog: boolean }
  | {
      readonly kind: 'keyless';
      readonly identity: Identity;
      readonly root: 'trusted' | 'unknown';
    }
  /** A private PKI: a certificate that lives long, no log, and a timestamp instead. */
  | { readonly kind: 'pki'; readonly certified: CertifiedKey };

/** Annotation names of legacy layers. */
export const cosignAnnotations = {
  signature: 'dev.cosignproject.cosign/signature',
  certificate: 'dev.sigstore.cosign/certificate',
  chain: 'dev.sigstore.cosign/chain',
  bundle: 'dev.sigstore.cosign/bundle',
  timestamp: 'dev.sigstore.cosign/rfc3161timestamp',
} as const;

/** The claim type that every simple-signing payload of cosign carries. */
export const claimType = 'cosign container image signature';

/** The payload that `cosign sign` signs about an image. */
export const simpleSigningPayload = (
  image: { readonly name: string; readonly digest: Digest },
  options: { readonly type?: string; readonly annotations?: Readonly<Record<string, string>> } = {},
): Buffer =>
  Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': image.name },
        image: { 'docker-manifest-digest': image.digest },
        type: options.type ?? claimType,
      },
      optional: options.annotations ?? null,
    }),
  );

/**
 * A layer of a `.sig` manifest over the payload.
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export async function signatureLayer(
  sigstore: PrivateSigstore,
  payload: Uint8Array,
  signer: CosignSigner,
): Promise<CosignLayer> {
  const { key, certified } = await keyOf(sigstore, signer);
  const signature = signWith(key, payload);
  const entry = isLogged(signer)
    ? await sigstore.log(hashedRekordV1(payload, logged(key, certified, signature)))
    : undefined;
  const token = signer.kind === 'pki' ? await sigstore.timestamp(signature) : undefined;
  return {
    mediaType: mediaTypes.simpleSigning,
    blob: payload,
    annotations: {
      [cosignAnnotations.signature]: signature.toString('base64'),
      ...provenance(certified, entry),
      ...(token && {
        [cosignAnnotations.timestamp]: JSON.stringify({
          SignedRFC3161Timestamp: token.toString('base64'),
        }),
      }),
    },
  };
}

/** A layer of an `.att` manifest: a DSSE envelope around the statement. */
export async function attestationLayer(
  sigstore: PrivateSigstore,
  statement: Uint8Array,
  predicateType: string,
  signer: CosignSigner,
): Promise<CosignLayer> {
  const { key, certified } = await keyOf(sigstore, signer);
  const payload = Buffer.from(statement);
  const signature = signWith(key, dsse.preAuthEncoding(mediaTypes.inToto, payload));
  const envelope = Buffer.from(
    JSON.stringify({
      payloadType: mediaTypes.inToto,
      payload: payload.toString('base64'),
      signatures: [{ keyid: '', sig: signature.toString('base64') }],
    }),
  );
  const entry = isLogged(signer)
    ? await sigstore.log(dsseV1(envelope, payload, logged(key, certified, signature)))
    : undefined;
  return {
    mediaType: mediaTypes.dsse,
    blob: envelope,
    annotations: {
      // Cosign writes the annotation for attestations too, and leaves it empty.
      [cosignAnnotations.signature]: '',
      predicateType,
      ...provenance(certified, entry),
    },
  };
}

const isLogged = (signer: CosignSigner): boolean =>
  signer.kind === 'key' ? signer.tlog : signer.kind === 'keyless';

/** The key that signs, and its certificate where it has one. */
export async function keyOf(
  sigstore: PrivateSigstore,
  signer: CosignSigner,
): Promise<{ key: KeyPair; certified: CertifiedKey | undefined }> {
  if (signer.kind === 'key') return { key: signer.key, certified: undefined };
  const certified =
    signer.kind === 'pki' ? signer.certified : await sigstore.certify(signer.identity, signer.root);
  return { key: certified.key, certified };
}

const logged = (key: KeyPair, certified: CertifiedKey | undefined, signature: Uint8Array) => ({
  signature,
  verifier: certified
    ? ({ kind: 'certificate', der: certified.certificateDer } as const)
    : ({ kind: 'key', der: key.publicDer } as const),
  verifierPem: certified?.certificatePem ?? key.publicPem,
});

const provenance = (
  certified: CertifiedKey | undefined,
  entry: LoggedEntry | undefined,
): Record<string, string> => ({
  ...(certified && {
    [cosignAnnotations.certificate]: certified.certificatePem,
    [cosignAnnotations.chain]: certified.chainPem,
  }),
  ...(entry && {
    [cosignAnnotations.bundle]: JSON.stringify({
      SignedEntryTimestamp: entry.signedEntryTimestamp,
      Payload: {
        body: entry.body,
        integratedTime: entry.integratedTime,
        logIndex: entry.logIndex,
        logID: entry.logID,
      },
    }),
  }),
});
