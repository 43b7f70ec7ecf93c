import {
  constants,
  createHash,
  createPublicKey,
  verify as verifySignature,
  X509Certificate,
} from 'node:crypto';
import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { RFC3161Timestamp } from '@sigstore/core';
import { HashAlgorithm, TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { beforeAll, describe, expect, it } from 'vitest';
import { digest } from '#lib/model/digest.ts';
import {
  attestationLayer,
  type CosignLayer,
  type CosignSigner,
  cosignAnnotations,
  signatureLayer,
  simpleSigningPayload,
} from './cosign-layer.ts';
import { githubIssuer, workflowIdentity } from './identity.ts';
import { generateKeyPair, keyAlgorithms, keyHint } from './key-pair.ts';
import { type PrivateSigstore, startPrivateSigstore } from './private-sigstore.ts';
import { type BundleLog, signBundle } from './sigstore-bundle.ts';
import { predicateTypes, slsaProvenance, spdxDocument, statementAbout } from './statements.ts';
import { withBrokenBase64, withLogEntryOf, withPayload, withStatement } from './tampering.ts';

const image = {
  name: 'ghcr.acme.example/payments/api',
  digest: digest(`sha256:${'a'.repeat(64)}`),
};
const other = { ...image, digest: digest(`sha256:${'b'.repeat(64)}`) };
const identity = workflowIdentity({
  repository: 'acme/payments',
  workflow: 'release.yml',
  ref: 'refs/heads/main',
});
const keyless: CosignSigner = { kind: 'keyless', identity, root: 'trusted' };
const payload = simpleSigningPayload(image);
const statement = statementAbout(image, predicateTypes.cosignSign, {});

let sigstore: PrivateSigstore;
let root: TrustedRoot;
beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  root = TrustedRoot.fromJSON(JSON.parse(sigstore.trustedRootJson));
});

const policy = { subjectAlternativeName: identity.subject, extensions: { issuer: githubIssuer } };
const unBase64 = (text: string | undefined) => Buffer.from(text ?? '', 'base64');

/** The layer as the bundle v0.1 that @sigstore/verify understands. */
function legacyBundle({ blob, annotations }: CosignLayer): Bundle {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotations[cosignAnnotations.bundle] ?? '');
  const body = JSON.parse(unBase64(Payload.body).toString());
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    content: {
      $case: 'messageSignature',
      messageSignature: {
        messageDigest: {
          algorithm: HashAlgorithm.SHA2_256,
          digest: createHash('sha256').update(blob).digest(),
        },
        signature: unBase64(annotations[cosignAnnotations.signature]),
      },
    },
    verificationMaterial: {
      content: {
        $case: 'x509CertificateChain',
        x509CertificateChain: {
          certificates: [
            { rawBytes: new X509Certificate(annotations[cosignAnnotations.certificate] ?? '').raw },
          ],
        },
      },
      tlogEntries: [
        {
          logIndex: String(Payload.logIndex),
          logId: { keyId: Buffer.from(Payload.logID, 'hex') },
          kindVersion: { kind: body.kind, version: body.apiVersion },
          integratedTime: String(Payload.integratedTime),
          inclusionPromise: { signedEntryTimestamp: unBase64(SignedEntryTimestamp) },
          inclusionProof: undefined,
          canonicalizedBody: unBase64(Payload.body),
        },
      ],
      timestampVerificationData: undefined,
    },
  };
}

const verifyLayer = (layer: CosignLayer) =>
  new Verifier(toTrustMaterial(root)).verify(
    toSignedEntity(legacyBundle(layer), Buffer.from(layer.blob)),
    policy,
  );

const verifyBundle = (bytes: Uint8Array) =>
  new Verifier(toTrustMaterial(root)).verify(
    toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bytes).toString()))),
    policy,
  );

describe('signatureLayer', () => {
  it.each(keyAlgorithms)('signs the payload with a %s key', async (algorithm) => {
    const key = generateKeyPair(algorithm);
    const layer = await signatureLayer(sigstore, payload, { kind: 'key', key, tlog: false });
    const signature = unBase64(layer.annotations[cosignAnnotations.signature]);
    const hash = algorithm === 'ed25519' ? null : 'sha256';
    const padding = algorithm === 'rsa-pss-2048' && { padding: constants.RSA_PKCS1_PSS_PADDING };
    const by = { key: createPublicKey(key.publicPem), ...padding };
    expect(verifySignature(hash, layer.blob, by, signature)).toBe(true);
    expect(Object.keys(layer.annotations)).toEqual([cosignAnnotations.signature]);
  });

  it('enters a key signature in the log, with a promise that the log key signed', async () => {
    const key = generateKeyPair();
    const layer = await signatureLayer(sigstore, payload, { kind: 'key', key, tlog: true });
    const { SignedEntryTimestamp, Payload } = JSON.parse(
      layer.annotations[cosignAnnotations.bundle] ?? '',
    );
    const { body, integratedTime, logID, logIndex } = Payload;
    const promised = Buffer.from(JSON.stringify({ body, integratedTime, logID, logIndex }));
    const logKey = createPublicKey({
      key: Buffer.from(root.tlogs[0]!.publicKey!.rawBytes!),
      format: 'der',
      type: 'spki',
    });
    expect(verifySignature('sha256', promised, logKey, unBase64(SignedEntryTimestamp))).toBe(true);
    const { spec } = JSON.parse(unBase64(body).toString());
    expect(unBase64(spec.signature.publicKey.content).toString()).toBe(key.publicPem);
  });

  it('makes a keyless signature that @sigstore/verify believes', async () => {
    const signer = verifyLayer(await signatureLayer(sigstore, payload, keyless));
    expect(signer.identity?.subjectAlternativeName).toBe(identity.subject);
  });

  it('makes a certificate of an unknown root that @sigstore/verify refuses', async () => {
    const layer = await signatureLayer(sigstore, payload, { ...keyless, root: 'unknown' });
    expect(() => verifyLayer(layer)).toThrow();
  });

  it('makes tampered layers that @sigstore/verify refuses', async () => {
    const layer = await signatureLayer(sigstore, payload, keyless);
    const neighbour = await signatureLayer(sigstore, simpleSigningPayload(other), keyless);
    expect(() => verifyLayer(withPayload(layer, neighbour.blob))).toThrow();
    expect(() => verifyLayer(withLogEntryOf(layer, neighbour))).toThrow();
    expect(withBrokenBase64(layer).annotations[cosignAnnotations.signature]).toMatch(/\*$/);
  });
});

describe('attestationLayer', () => {
  it('wraps a provenance statement in an envelope signed over its encoding', async () => {
    const key = generateKeyPair();
    const predicate = slsaProvenance('https://github.com/acme/payments', 'release.yml');
    const provenance = statementAbout(image, predicateTypes.slsaProvenance, predicate);
    const layer = await attestationLayer(sigstore, provenance, predicateTypes.slsaProvenance, {
      kind: 'key',
      key,
      tlog: true,
    });
    const envelope = JSON.parse(Buffer.from(layer.blob).toString());
    const signedBytes = `DSSEv1 28 application/vnd.in-toto+json ${provenance.length} ${provenance}`;
    expect(envelope.payloadType).toBe('application/vnd.in-toto+json');
    expect(
      verifySignature(
        'sha256',
        Buffer.from(signedBytes),
        key.publicPem,
        unBase64(envelope.signatures[0].sig),
      ),
    ).toBe(true);
    expect(layer.annotations[cosignAnnotations.signature]).toBe('');
  });
});

describe('signBundle', () => {
  it.each<BundleLog>(['rekor-1', 'rekor-2'])(
    'makes a keyless bundle with %s that @sigstore/verify believes',
    async (log) => {
      const bundle = await signBundle(sigstore, statement, predicateTypes.cosignSign, keyless, log);
      expect(verifyBundle(bundle.bytes).identity?.subjectAlternativeName).toBe(identity.subject);
      expect(bundle.mediaType).toBe('application/vnd.dev.sigstore.bundle.v0.3+json');
    },
  );

  it('makes a key bundle that names its key by hint', async () => {
    const key = generateKeyPair();
    const spdx = statementAbout(image, predicateTypes.spdx, spdxDocument('api', ['zlib@1.3.1']));
    const { bytes } = await signBundle(
      sigstore,
      spdx,
      predicateTypes.spdx,
      { kind: 'key', key, tlog: true },
      'rekor-1',
    );
    const material = toTrustMaterial(root, {
      [keyHint(key)]: { rawBytes: key.publicDer, keyDetails: 5 },
    });
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bytes).toString())));
    expect(() => new Verifier(material).verify(entity)).not.toThrow();
  });

  it('makes tampered bundles that @sigstore/verify refuses', async () => {
    const bundle = await signBundle(
      sigstore,
      statement,
      predicateTypes.cosignSign,
      keyless,
      'rekor-1',
    );
    const forged = withStatement(bundle, statementAbout(other, predicateTypes.cosignSign, {}));
    expect(() => verifyBundle(forged.bytes)).toThrow();
  });

  it('serves several signatures of one identity with one certificate', async () => {
    const [one, two] = await Promise.all([
      sigstore.certify(identity, 'trusted'),
      sigstore.certify(identity, 'trusted'),
    ]);
    expect(one).toBe(two);
  });
});

describe('timestamp', () => {
  it('can always be read and tells the present', async () => {
    for (let round = 0; round < 60; round++) {
      const before = Date.now();
      const response = await sigstore.timestamp(Buffer.from(`round ${round}`));
      const { signingTime } = RFC3161Timestamp.parse(Buffer.from(response));
      expect(Math.abs(signingTime.getTime() - before)).toBeLessThan(2_000);
    }
  });
});
