import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Kinds of key by which a log may sign. */
export type LogKeyKind = 'p256' | 'p384' | 'p521' | 'rsa' | 'ed25519';

const keys = {
  p256: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  p384: () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
  p521: () => generateKeyPairSync('ec', { namedCurve: 'secp521r1' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: () => generateKeyPairSync('ed25519'),
} as const;
const details = {
  p256: 'PKIX_ECDSA_P256_SHA_256',
  p384: 'PKIX_ECDSA_P384_SHA_384',
  p521: 'PKIX_ECDSA_P521_SHA_512',
  rsa: 'PKIX_RSA_PKCS1V15_2048_SHA256',
  ed25519: 'PKIX_ED25519',
} as const;

/** How an entry is written. */
export interface EntryOptions {
  /** Leaves of the tree, and which of them is the entry. */
  readonly size?: number;
  readonly index?: number;
  readonly promise?: boolean;
  readonly proof?: boolean;
  /** Seconds. */
  readonly at?: number;
  /** Lines of other signers under the checkpoint. */
  readonly witnesses?: readonly string[];
  readonly name?: string;
}

/** A transparency log with a key of any kind and trees of any size: `@sigstore/mock` has one leaf. */
export interface TestLog {
  /** Its entry in a trusted root. */
  readonly trusted: {
    baseUrl: string;
    publicKey: { validFor: { start: string; end?: string }; [member: string]: unknown };
    [member: string]: unknown;
  };
  /** A `TransparencyLogEntry` in protobuf JSON. */
  entry(
    body: { readonly kind: string; readonly apiVersion: string },
    options?: EntryOptions,
  ): object;
  /** The annotation by which cosign carries an entry of Rekor v1. */
  annotation(body: object, options?: Pick<EntryOptions, 'at'>): string;
  /** A checkpoint over a root. */
  checkpoint(size: number, root: Buffer, options?: EntryOptions): string;
}

/** A log under a name, which is also the host of its URL. */
export function aTransparencyLog(kind: LogKeyKind, name = `${kind}.log.acme.example`): TestLog {
  const { privateKey, publicKey } = keys[kind]();
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const hash = { p256: 'sha256', p384: 'sha384', p521: 'sha512', rsa: 'sha256', ed25519: null }[
    kind
  ];
  const signed = (bytes: Uint8Array) => sign(hash, bytes, privateKey);
  const id =
    kind === 'ed25519'
      ? sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(1), spki.subarray(-32)]))
      : sha256(spki);

  const promised = (body: string, at: number) => ({
    payload: { body, integratedTime: at, logID: id.toString('hex'), logIndex: 1_234_567 },
    signature: signed(
      Buffer.from(
        JSON.stringify({
          body,
          integratedTime: at,
          logID: id.toString('hex'),
          logIndex: 1_234_567,
        }),
      ),
    ),
  });
  const checkpoint: TestLog['checkpoint'] = (size, root, options = {}) => {
    const text = `${name}\n${size}\n${root.toString('base64')}\n`;
    const line = (signer: string, hint: Buffer, signature: Buffer) =>
      `\u2014 ${signer} ${Buffer.concat([hint.subarray(0, 4), signature]).toString('base64')}\n`;
    const own = line(options.name ?? name, id, signed(Buffer.from(text)));
    const others = (options.witnesses ?? []).map((one) =>
      line(one, randomBytes(4), randomBytes(72)),
    );
    return `${text}\n${others.join('')}${own}`;
  };
  return {
    trusted: {
      baseUrl: `https://${name}`,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: spki.toString('base64'),
        keyDetails: details[kind],
        validFor: { start: new Date(Date.now() - 3_600_000).toISOString() },
      },
      logId: { keyId: id.toString('base64') },
    },
    checkpoint,
    annotation(body, { at = now() } = {}) {
      const { payload, signature } = promised(base64Of(body), at);
      return JSON.stringify({
        SignedEntryTimestamp: signature.toString('base64'),
        Payload: payload,
      });
    },
    entry(body, options = {}) {
      const { size = 1, index = 0, promise = true, proof = true, at = now() } = options;
      const bytes = Buffer.from(JSON.stringify(body));
      const tree = aTree(bytes, index, size);
      const note = checkpoint(size, tree.root, options);
      return {
        logIndex: promise ? '1234567' : String(index),
        logId: { keyId: id.toString('base64') },
        kindVersion: { kind: body.kind, version: body.apiVersion },
        integratedTime: promise ? String(at) : '0',
        canonicalizedBody: bytes.toString('base64'),
        ...(promise && {
          inclusionPromise: {
            signedEntryTimestamp: promised(bytes.toString('base64'), at).signature.toString(
              'base64',
            ),
          },
        }),
        ...(proof && {
          inclusionProof: {
            logIndex: String(index),
            rootHash: tree.root.toString('base64'),
            treeSize: String(size),
            hashes: tree.path.map((one) => one.toString('base64')),
            checkpoint: { envelope: note },
          },
        }),
      };
    },
  };
}

const now = () => Math.floor(Date.now() / 1000);
const base64Of = (body: object) => Buffer.from(JSON.stringify(body)).toString('base64');
const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** A Merkle tree of random leaves around one, by the recursive definition of RFC 6962 §2.1. */
export function aTree(
  body: Uint8Array,
  index: number,
  size: number,
): { readonly root: Buffer; readonly path: readonly Buffer[] } {
  const leaves = Array.from({ length: size }, (_, place) =>
    sha256(Buffer.of(0), place === index ? body : randomBytes(8)),
  );
  return { root: rootOf(leaves), path: pathOf(leaves, index) };
}

const split = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only = sha256(), ...more] = leaves;
  if (more.length === 0) return only;
  const at = split(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, at)), rootOf(leaves.slice(at)));
}

function pathOf(leaves: readonly Buffer[], index: number): readonly Buffer[] {
  if (leaves.length === 1) return [];
  const at = split(leaves.length);
  return index < at
    ? [...pathOf(leaves.slice(0, at), index), rootOf(leaves.slice(at))]
    : [...pathOf(leaves.slice(at), index - at), rootOf(leaves.slice(0, at))];
}
