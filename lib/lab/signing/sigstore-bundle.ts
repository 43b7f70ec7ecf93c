import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { mediaTypes } from '#lib/model/manifest.ts';
import { type CosignSigner, keyOf } from './cosign-layer.ts';
import { keyHint, signWith } from './key-pair.ts';
import type { LoggedEntry, PrivateSigstore } from './private-sigstore.ts';
import { dsseV1, hashedRekordV2 } from './rekor-entries.ts';

/** A bundle v0.3 as JSON text, and the predicate type that its referrer manifest advertises. */
export interface SignedBundle {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly predicateType: string;
}

/**
 * Which log the bundle was entered in: Rekor v1 (promise and proof), Rekor v2 (proof, and a
 * timestamp because v2 vouches for no time), or none.
 */
export type BundleLog = 'rekor-1' | 'rekor-2' | 'none';

/** A DSSE bundle around the statement, as `cosign sign` v3 and `actions/attest` write it. */
export async function signBundle(
  sigstore: PrivateSigstore,
  statement: Uint8Array,
  predicateType: string,
  signer: CosignSigner,
  log: BundleLog,
): Promise<SignedBundle> {
  const { key, certified } = await keyOf(sigstore, signer);
  const artifact = Buffer.from(statement);
  const signedBytes = dsse.preAuthEncoding(mediaTypes.inToto, artifact);
  const signature = signWith(key, signedBytes);
  const bundle = toDSSEBundle({
    artifact,
    artifactType: mediaTypes.inToto,
    signature,
    ...(certified ? { certificate: certified.certificateDer } : { keyHint: keyHint(key) }),
  });
  const verifier = certified
    ? ({ kind: 'certificate', der: certified.certificateDer } as const)
    : ({ kind: 'key', der: key.publicDer } as const);
  const logged = { signature, verifier, verifierPem: certified?.certificatePem ?? key.publicPem };

  if (log === 'rekor-1') {
    const envelope = Buffer.from(JSON.stringify(bundleToJSON(bundle).dsseEnvelope));
    const entry = await sigstore.log(dsseV1(envelope, artifact, logged));
    bundle.verificationMaterial.tlogEntries = [tlogEntry(entry, true)];
  }
  if (log === 'rekor-2') {
    const entry = await sigstore.log(hashedRekordV2(signedBytes, logged));
    bundle.verificationMaterial.tlogEntries = [tlogEntry(entry, false)];
    bundle.verificationMaterial.timestampVerificationData = {
      rfc3161Timestamps: [{ signedTimestamp: await sigstore.timestamp(signature) }],
    };
  }
  return {
    mediaType: bundle.mediaType,
    bytes: Buffer.from(JSON.stringify(bundleToJSON(bundle))),
    predicateType,
  };
}

/** A log of one leaf: index 0 in its tree, whatever the global index says. */
const tlogEntry = (entry: LoggedEntry, promise: boolean) => ({
  logIndex: promise ? String(entry.logIndex) : '0',
  logId: { keyId: Buffer.from(entry.logID, 'hex') },
  kindVersion: { kind: entry.kind, version: entry.version },
  integratedTime: promise ? String(entry.integratedTime) : '0',
  inclusionPromise: promise
    ? { signedEntryTimestamp: Buffer.from(entry.signedEntryTimestamp, 'base64') }
    : undefined,
  inclusionProof: {
    logIndex: '0',
    rootHash: Buffer.from(entry.inclusionProof.rootHash, 'hex'),
    treeSize: '1',
    hashes: [],
    checkpoint: { envelope: entry.inclusionProof.checkpoint },
  },
  canonicalizedBody: Buffer.from(entry.body, 'base64'),
});
