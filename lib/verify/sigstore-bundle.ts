import type { TransparencyLogEntry } from '@sigstore/bundle';
import { crypto, dsse, RFC3161Timestamp } from '@sigstore/core';
import {
  type SignedEntity,
  type TrustMaterial,
  VerificationError,
  Verifier,
} from '@sigstore/verify';
import type { Artifact } from './artifact.ts';
import { type Certificate, extensionIds, extensionOf } from './certificate.ts';
import type { Demands } from './demands.ts';
import type { KeyKind, PreparedKey } from './keys.ts';
import { libraryCertificateOf } from './library-certificate.ts';
import { isRefusal } from './refusal.ts';
import { isRekorV2, type TlogEntry } from './rekor/tlog-entry.ts';
import { type DigestOf, digestsOfItem } from './signed-content.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/** What the library is to look at: the item as it was read, not what our own code made of it. */
export interface LibraryQuestion {
  readonly item: SignedItem;
  /** The key that must have signed: of the certificate, or of the authority. */
  readonly key: PreparedKey;
  readonly domain: TrustDomain;
  readonly demands: Pick<Demands, 'artifact' | 'tlog' | 'sct'>;
}

/** What the library says. `cannot`: the item is one of those that it is known not to handle. */
export type LibraryAnswer =
  | { readonly kind: 'holds' }
  | { readonly kind: 'refuses'; readonly why: string }
  | { readonly kind: 'cannot'; readonly why: string };

class CannotJudge extends Error {}

/** @throws CannotJudge */
function cannot(why: string): never {
  throw new CannotJudge(why);
}

/**
 * Asks @sigstore/verify for times, certificate path, certificate log, transparency log and, where it
 * knows the algorithm, the signature. It gets one key (its hints are ignored) and no identity policy (it
 * would match without anchors). Entries and timestamps of strangers are left out, as our own code
 * does. An error of a kind that it does not document counts as a refusal.
 */
export function askLibrary(question: LibraryQuestion): LibraryAnswer {
  const { key, domain, demands, item } = question;
  try {
    const entity = entityOf(question);
    const material = {
      ...withCheckpointNames(domain.material, item.tlogEntries),
      publicKey: () => ({ publicKey: key.key, validFor: () => true }),
    };
    new Verifier(material, {
      tlogThreshold: demands.tlog === 'required' ? 1 : 0,
      ctlogThreshold: item.certificate && demands.sct === 'required' ? 1 : 0,
      timestampThreshold: item.certificate ? 1 : 0,
    }).verify(entity);
    return { kind: 'holds' };
  } catch (error) {
    if (error instanceof CannotJudge) return { kind: 'cannot', why: error.message };
    if (error instanceof VerificationError)
      return { kind: 'refuses', why: `${error.code}: ${error.message}` };
    const thrown = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure';
    return { kind: 'refuses', why: thrown };
  }
}

function entityOf(question: LibraryQuestion): SignedEntity {
  const { item, domain, demands } = question;
  const entries = demands.tlog === 'required' ? entriesOf(item, domain) : [];
  const tokens = tokensOf(item, domain);
  const timed = entries.filter(({ integratedTime }) => integratedTime !== '0');
  if (item.certificate) {
    if (timed.length + tokens.length === 0) cannot('nothing proves a time');
    checkCertificateLogs(item.certificate, domain);
  }
  return {
    signature: signatureOf(question),
    key: item.certificate
      ? { $case: 'certificate', certificate: libraryCertificateOf(item.certificate) }
      : { $case: 'public-key', hint: '' },
    tlogEntries: entries,
    timestamps: [
      ...timed.map((tlogEntry) => ({ $case: 'transparency-log' as const, tlogEntry })),
      ...tokens.map((timestamp) => ({ $case: 'timestamp-authority' as const, timestamp })),
    ],
  };
}

/** The library verifies with the hash that OpenSSL takes for a key by itself. */
const knownKeys: readonly KeyKind[] = ['ecdsa-p256', 'ed25519'];

const knownKinds: readonly string[] = [
  'hashedrekord 0.0.1',
  'hashedrekord 0.0.2',
  'dsse 0.0.1',
  'intoto 0.0.2',
];

function entriesOf(item: SignedItem, { logs }: TrustDomain): TransparencyLogEntry[] {
  return item.tlogEntries.flatMap((entry) => {
    const [log, ...more] = logs.filter(({ ids }) => ids.includes(entry.logId));
    if (log === undefined) return [];
    if (more.length > 0) cannot('the trust root names the log more than once');
    if (isRefusal(log.key) || !knownKeys.includes(log.key.kind))
      cannot('the log has a key of another kind');
    if (!knownKinds.includes(`${entry.kind} ${entry.version}`))
      cannot(`it does not know entries of the kind ${entry.kind} ${entry.version}`);
    return [libraryEntry(entry)];
  });
}

function tokensOf(item: SignedItem, { material }: TrustDomain): RFC3161Timestamp[] {
  const { timestamps, timestamped, signature } = item;
  if (timestamps.length > 0 && timestamped !== signature)
    cannot('the timestamps are over something else than the signature');
  const tokens = timestamps.flatMap((der) => {
    const token = tokenOf(der);
    const leaf = material.timestampAuthorities
      .map(({ certChain: [first] }) => first)
      .find(
        (one) =>
          one?.serialNumber.equals(token.signerSerialNumber) &&
          one.issuer.equals(token.signerIssuer),
      );
    if (leaf === undefined) cannot('the trust root does not list who signed a timestamp');
    if (crypto.createPublicKey(leaf.publicKey).asymmetricKeyType !== 'ec')
      cannot('a timestamp is signed with a key of another kind');
    return [token];
  });
  const named = tokens.map(
    (one) => `${one.signerSerialNumber.toString('hex')} ${+one.signingTime}`,
  );
  if (new Set(named).size < named.length) cannot('two timestamps of one authority and second');
  return tokens;
}

function tokenOf(der: Buffer): RFC3161Timestamp {
  try {
    const token = RFC3161Timestamp.parse(Buffer.from(der));
    return Number.isNaN(+token.signingTime) ? cannot('it cannot read a timestamp') : token;
  } catch {
    return cannot('it cannot read a timestamp');
  }
}

/** The library wants every proof in a certificate to be by a known log, whatever is demanded. */
function checkCertificateLogs(certificate: Certificate, { certificateLogs }: TrustDomain): void {
  if (extensionOf(certificate, extensionIds.signedCertificateTimestamps) === undefined) return;
  const proofs = libraryCertificateOf(certificate).extSCT?.signedCertificateTimestamps ?? [];
  for (const { logID } of proofs) {
    const log = certificateLogs.find(({ ids }) => ids.includes(logID.toString('hex')));
    if (log === undefined) cannot('the certificate is in a log that nobody named');
    if (log && (isRefusal(log.key) || log.key.kind !== 'ecdsa-p256'))
      cannot('the certificate log has a key of another kind');
  }
}

function signatureOf({ item, key, demands }: LibraryQuestion): SignedEntity['signature'] {
  const { signature, content } = item;
  const signed = digestsOfItem(item, demands.artifact, 'signed');
  const payload = digestsOfItem(item, demands.artifact, 'payload');
  const bytes = signedBytes(content, demands.artifact);
  const judges = bytes !== undefined && canVerify(key, content.form);
  return {
    signature,
    compareSignature: (other) => signature.equals(other),
    compareDigest: (digest) => isDigestOf(content.form === 'dsse' ? payload : signed, digest),
    compareSignedDigest: (digest) => isDigestOf(signed, digest),
    // Where the library would take the wrong hash, our own check of the signature stands.
    verifySignature: (publicKey) => !judges || crypto.verify(bytes, publicKey, signature),
  };
}

const canVerify = ({ kind }: PreparedKey, form: SignedItem['content']['form']): boolean =>
  kind === 'ecdsa-p256' || (kind === 'ed25519' && form !== 'message');

/** What was signed, encoded by the library; undefined where only its digest is at hand. */
function signedBytes(content: SignedItem['content'], artifact: Artifact): Buffer | undefined {
  if (content.form === 'simple-signing') return content.payload;
  if (content.form === 'dsse')
    return dsse.preAuthEncoding(content.envelope.payloadType, content.envelope.payload);
  return artifact.bytes && Buffer.from(artifact.bytes);
}

const isDigestOf = (digestOf: DigestOf, digest: Buffer): boolean =>
  (['sha256', 'sha384', 'sha512'] as const).some((name) => digestOf(name)?.equals(digest));

/**
 * Lets checkpoints of Rekor v1 be signed under any name. The library wants the name to be part of the
 * URL of the log, but a private Rekor signs as the host it happens to run on; the log is told by the ID
 * of its key, which the entry names and the signature proves.
 */
function withCheckpointNames(
  material: TrustMaterial,
  entries: readonly TlogEntry[],
): TrustMaterial {
  const names = entries
    .filter((entry) => !isRekorV2(entry))
    .flatMap(({ logId, proof }) =>
      [...(proof?.checkpoint ?? '').matchAll(/^\u2014 (\S+) /gm)].map(([, name]) => ({
        logId,
        name,
      })),
    );
  if (names.length === 0) return material;
  return {
    ...material,
    tlogs: material.tlogs.map((log) => {
      const own = names.filter(({ logId }) => logId === log.logID.toString('hex'));
      return { ...log, baseURL: [log.baseURL, ...own.map(({ name }) => name)].join(' ') };
    }),
  };
}

const libraryEntry = ({ proof, promise, ...entry }: TlogEntry): TransparencyLogEntry => ({
  logIndex: entry.logIndex,
  logId: { keyId: Buffer.from(entry.logId, 'hex') },
  kindVersion: { kind: entry.kind, version: entry.version },
  integratedTime: entry.integratedTime,
  inclusionPromise: promise && { signedEntryTimestamp: promise },
  inclusionProof: proof && {
    logIndex: proof.logIndex,
    rootHash: proof.rootHash ?? Buffer.alloc(0),
    treeSize: proof.treeSize ?? '0',
    hashes: [...proof.hashes],
    checkpoint: proof.checkpoint === undefined ? undefined : { envelope: proof.checkpoint },
  },
  canonicalizedBody: entry.body,
});
