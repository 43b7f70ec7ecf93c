import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** What a bundle costs at least. Called with rising numbers, they take bundles in turn. */
export interface BareOperations {
  /** The five signature checks with ready keys: certificate, certificate log, promise, checkpoint, envelope. */
  readonly checks: (index: number) => void;
  /** These, the import of the leaf's key, and the digests of payload, log entry and inclusion proof. */
  readonly all: (index: number) => void;
}

interface SignedBytes {
  readonly message: Buffer;
  readonly key: KeyObject;
  readonly signature: Buffer;
}

interface BareBundle {
  readonly byOthers: readonly SignedBytes[];
  readonly byLeaf: SignedBytes;
  readonly leafKey: Buffer;
  readonly hashed: readonly Buffer[];
}

/**
 * The cryptographic operations of keyless bundles and nothing else. Keys of the trust root are ready, as
 * they are for a verifier that keeps them; that of the leaf is another one in every bundle. Messages and
 * keys are made up, of the lengths and kinds that the bundles have.
 */
export function bareOperations(texts: readonly string[]): BareOperations {
  const authorities = {
    issuer: p256(),
    certificateLog: p256(),
    log: p256(),
  };
  const bundles = texts.map((text, seed) => bareBundle(JSON.parse(text), seed, authorities));
  const at = (index: number): BareBundle => {
    const bundle = bundles[index % bundles.length];
    if (bundle === undefined) throw new RangeError('there is no bundle');
    return bundle;
  };
  return {
    checks: (index) => {
      const { byOthers, byLeaf } = at(index);
      for (const signed of byOthers) demand(signed);
      demand(byLeaf);
    },
    all: (index) => {
      const { byOthers, byLeaf, leafKey, hashed } = at(index);
      for (const signed of byOthers) demand(signed);
      demand({ ...byLeaf, key: createPublicKey({ key: leafKey, format: 'der', type: 'spki' }) });
      for (const bytes of hashed) hash('sha256', bytes, 'buffer');
    },
  };
}

function demand({ message, key, signature }: SignedBytes): void {
  if (!verify('sha256', message, key, signature)) throw new Error('the signature does not hold');
}

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
type KeyPair = ReturnType<typeof p256>;

function bareBundle(
  bundle: {
    readonly verificationMaterial: {
      readonly certificate: { readonly rawBytes: string };
      readonly tlogEntries: readonly [
        {
          readonly canonicalizedBody: string;
          readonly inclusionProof: {
            readonly hashes?: readonly string[];
            readonly checkpoint: { readonly envelope: string };
          };
        },
      ];
    };
    readonly dsseEnvelope: { readonly payload: string };
  },
  seed: number,
  by: Readonly<Record<'issuer' | 'certificateLog' | 'log', KeyPair>>,
): BareBundle {
  const { certificate, tlogEntries } = bundle.verificationMaterial;
  const [{ canonicalizedBody, inclusionProof }] = tlogEntries;
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
  const bytes = (length: number) => Buffer.alloc(length, `${seed} ${length}`);
  const signed = (length: number, { publicKey, privateKey }: KeyPair): SignedBytes => {
    const message = bytes(length);
    return { message, key: publicKey, signature: sign('sha256', message, privateKey) };
  };
  const signedCertificate = Buffer.from(certificate.rawBytes, 'base64').length;
  const leaf = p256();
  return {
    byOthers: [
      signed(signedCertificate, by.issuer),
      signed(signedCertificate, by.certificateLog),
      signed(canonicalizedBody.length, by.log),
      signed(inclusionProof.checkpoint.envelope.length, by.log),
    ],
    byLeaf: signed(payload.length, leaf),
    leafKey: leaf.publicKey.export({ type: 'spki', format: 'der' }),
    hashed: [
      payload,
      Buffer.from(canonicalizedBody, 'base64'),
      ...(inclusionProof.hashes ?? []).map(() => bytes(65)),
    ],
  };
}
