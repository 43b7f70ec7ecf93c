import type { TransparencyLogEntry } from '@sigstore/bundle';
import {
  PolicyError,
  type SignedEntity,
  type TrustMaterial,
  VerificationError,
  Verifier,
} from '@sigstore/verify';
import type { CheckId } from '#lib/model/verdict.ts';
import type { PreparedKey } from './keys.ts';
import { libraryCertificateOf } from './library-certificate.ts';
import { inconclusive, invalid, type Refusal } from './refusal.ts';
import { isRekorV2, type TlogEntry } from './rekor/tlog-entry.ts';
import type { DigestOf } from './signed-content.ts';
import type { SignedItem } from './signed-item.ts';
import type { TimestampToken } from './timestamps.ts';

/** What the library is to look at. Log entries and tokens of strangers are left out before. */
export interface SigstoreQuestion {
  readonly item: SignedItem;
  /** The key that must have signed: of the certificate, or of the authority. */
  readonly key: PreparedKey;
  readonly material: TrustMaterial;
  readonly tlogEntries: readonly TlogEntry[];
  readonly tokens: readonly TimestampToken[];
  /** Digests of what was signed, and of the payload of an envelope, computed from the bytes. */
  readonly signedDigest: DigestOf;
  readonly payloadDigest: DigestOf;
  /** Whether the signature holds, checked before with the right hash for the key. */
  readonly signatureHolds: boolean;
  readonly thresholds: {
    readonly tlog: number;
    readonly certificateLogs: number;
    readonly timestamps: number;
  };
}

/** A refusal with the step that it belongs to. */
export interface FailedStep {
  readonly step: CheckId;
  readonly refusal: Refusal;
}

/**
 * Asks @sigstore/verify for times, certificate path, certificate log and transparency log. It gets
 * one key (its hints are ignored), no identity policy (it would match without anchors), and digests
 * that were computed from the bytes. Its errors become refusals; anything else it throws propagates.
 */
export function verifyWithSigstore(question: SigstoreQuestion): FailedStep | undefined {
  const { key, thresholds } = question;
  const material = {
    ...withCheckpointNames(question.material, question.tlogEntries),
    publicKey: () => ({ publicKey: key.key, validFor: () => true }),
  };
  try {
    new Verifier(material, {
      tlogThreshold: thresholds.tlog,
      ctlogThreshold: thresholds.certificateLogs,
      timestampThreshold: thresholds.timestamps,
    }).verify(entityOf(question));
    return undefined;
  } catch (error) {
    if (error instanceof VerificationError) return stepOf(error, question);
    if (error instanceof PolicyError)
      return { step: 'identity', refusal: inconclusive('verifier-crash', error.message) };
    throw error;
  }
}

function entityOf(question: SigstoreQuestion): SignedEntity {
  const { item, tokens } = question;
  const tlogEntries = question.tlogEntries.map(libraryEntry);
  const { signature } = item;
  return {
    signature: {
      signature,
      compareSignature: (other) => signature.equals(other),
      compareDigest: (digest) => isDigestOf(question.payloadDigest, digest),
      compareSignedDigest: (digest) => isDigestOf(question.signedDigest, digest),
      verifySignature: () => question.signatureHolds,
    },
    key: item.certificate
      ? { $case: 'certificate', certificate: libraryCertificateOf(item.certificate) }
      : { $case: 'public-key', hint: '' },
    tlogEntries,
    timestamps: [
      ...tlogEntries
        .filter(({ integratedTime }) => integratedTime && integratedTime !== '0')
        .map((tlogEntry) => ({ $case: 'transparency-log' as const, tlogEntry })),
      ...tokens.map(({ parsed }) => ({ $case: 'timestamp-authority' as const, timestamp: parsed })),
    ],
  };
}

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

const isDigestOf = (digestOf: DigestOf, digest: Buffer): boolean =>
  (['sha256', 'sha384', 'sha512'] as const).some((name) => digestOf(name)?.equals(digest));

function stepOf(error: VerificationError, question: SigstoreQuestion): FailedStep {
  const fail = (step: CheckId, reason: Refusal['reason']): FailedStep => ({
    step,
    refusal: invalid(reason, error.message),
  });
  switch (error.code) {
    case 'TIMESTAMP_ERROR':
      return fail(
        'timestamp',
        error.message.startsWith('expected') ? 'no-trusted-time' : 'tsa-bad',
      );
    case 'CERTIFICATE_ERROR':
      return certificateStep(error, question);
    case 'TLOG_INCLUSION_PROMISE_ERROR':
      return fail('transparency-log', 'tlog-set-bad');
    case 'TLOG_INCLUSION_PROOF_ERROR':
      return fail(
        'transparency-log',
        error.message.includes('checkpoint') ? 'tlog-checkpoint-bad' : 'tlog-proof-bad',
      );
    case 'TLOG_MISSING_INCLUSION_ERROR':
      return fail('transparency-log', 'tlog-missing');
    case 'TLOG_BODY_ERROR':
      return fail('log-binding', 'tlog-body');
    case 'TLOG_ERROR':
      return fail(
        'transparency-log',
        error.message.startsWith('duplicate') ? 'tlog-duplicate' : 'tlog-threshold',
      );
    case 'PUBLIC_KEY_ERROR':
      return fail('key', 'key-window');
    case 'SIGNATURE_ERROR':
      return fail('signature', 'signature-bad');
    case 'NOT_IMPLEMENTED_ERROR':
      return { step: 'format', refusal: inconclusive('unsupported-format', error.message) };
  }
}

/** The library has one code for paths and certificate logs; the times tell an expired one apart. */
function certificateStep(error: VerificationError, question: SigstoreQuestion): FailedStep {
  if (/\bSCTs?\b/.test(error.message))
    return { step: 'sct', refusal: invalid('sct-bad', error.message) };
  const leaf = question.item.certificate;
  const outside = claimedTimes(question).find(
    (at) => leaf !== undefined && (at < leaf.notBefore || at > leaf.notAfter),
  );
  if (outside === undefined)
    return { step: 'certificate-path', refusal: invalid('cert-path', error.message) };
  return {
    step: 'certificate-path',
    refusal: invalid(
      'cert-expired-at-time',
      `it was signed at ${isoTime(outside)}, outside the validity of the certificate`,
    ),
  };
}

const claimedTimes = ({ tlogEntries, tokens }: SigstoreQuestion): readonly number[] => [
  ...tlogEntries
    .filter(({ promise }) => promise)
    .map(({ integratedTime }) => Number(integratedTime) * 1000),
  ...tokens.map(({ at }) => at.getTime()),
];

const isoTime = (at: number): string =>
  Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
