import type { Artifact } from '#lib/verify/artifact.ts';
import { parseCertificate } from '#lib/verify/certificate.ts';
import { type PreparedKey, prepareSpki } from '#lib/verify/keys.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { digestsOfItem } from '#lib/verify/signed-content.ts';
import type { SignedItem } from '#lib/verify/signed-item.ts';
import { type Recorded, type RecordedDigest, readEntryBody } from './entry-body.ts';
import type { TlogEntry } from './tlog-entry.ts';

/**
 * Demands that a log entry is about this very signature by this very key: digest, signature bytes
 * and verifier must all be equal. A log holds true entries about other signatures, so inclusion alone
 * proves nothing, and an entry under another key hides who signed (CVE-2022-23649, CVE-2026-22703).
 */
export function checkLogBinding(
  entry: TlogEntry,
  item: SignedItem,
  key: PreparedKey,
  artifact: Artifact,
): Refusal | undefined {
  const recorded = readEntryBody(entry);
  if (isRefusal(recorded)) return recorded;
  for (const digest of recorded.digests) {
    const other = compareDigest(digest, item, artifact);
    if (other) return other;
  }
  return compareSigner(recorded, item, key);
}

function compareDigest(
  { of, algorithm, value }: RecordedDigest,
  item: SignedItem,
  artifact: Artifact,
): Refusal | undefined {
  if (of !== 'signed' && item.content.form !== 'dsse')
    return invalid('tlog-body', 'the log entry is about an envelope, and there is none');
  const expected = digestsOfItem(item, artifact, of)(algorithm);
  if (expected === undefined)
    return inconclusive(
      'unsupported-digest',
      `the log entry records a ${algorithm} digest of something that is not at hand`,
    );
  return value.equals(expected)
    ? undefined
    : invalid('tlog-body', 'the log entry records the digest of something else');
}

/** Certificates are compared as DER, keys as SPKI: writers differ in the line ends of PEM. */
function compareSigner(
  { signers }: Recorded,
  { signature, certificate }: SignedItem,
  key: PreparedKey,
): Refusal | undefined {
  const mine = signers.filter(
    (one) => one.signature === undefined || one.signature.equals(signature),
  );
  const [first] = mine;
  if (first === undefined) return invalid('tlog-body', 'the log entry records another signature');
  const signer = certificate?.der ?? key.spki;
  if (mine.some(({ verifier }) => verifier.equals(signer))) return undefined;
  const other = describeVerifier(first.verifier);
  return invalid('tlog-key', `the log entry names ${other}, not the one that signed`);
}

function describeVerifier(der: Buffer): string {
  const certificate = parseCertificate(der);
  if (!isRefusal(certificate)) return `a certificate of ${certificate.subjectNames[0]?.value}`;
  const key = prepareSpki(der);
  return isRefusal(key) ? 'no key that can be read' : `the key ${key.fingerprint}`;
}
