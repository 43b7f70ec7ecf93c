import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { type TrustDataSummary, trustDataRetiresOn } from '#lib/model/trust-data.ts';
import type { CheckId, EvidenceVerdict, Signer } from '#lib/model/verdict.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import { bestOf, crashVerdict, verdictOf } from '#lib/verify/assess.ts';
import { CheckLog } from '#lib/verify/checks.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { isRefusal, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import { judgeTrustData, type TrustDataAnswer } from './judge-trust-data.ts';
import { type OpenedTrustData, openTrustData } from './open-trust-data.ts';
import type { PreparedContentTrust } from './prepare-content-trust.ts';

type ContentTrustEvidence = Extract<Evidence, { readonly kind: 'content-trust' }>;

/** Trust data, the digest it may name, and the authorities that cover the image. */
export interface ContentTrustQuestion {
  readonly discovery: Discovery;
  readonly evidence: ContentTrustEvidence;
  readonly covering: readonly PreparedContentTrust[];
  readonly now: Date;
}

/**
 * What trust data comes to for one image. Under an authority with pinned root keys it may verify;
 * without one it is told, with the root that it has and the day on which its service ends, and it is
 * never more than `untrusted`. Nothing is kept as a fact: what holds now may have lapsed at the next look.
 */
export function verifyContentTrust(question: ContentTrustQuestion): {
  readonly verdict: EvidenceVerdict;
  readonly facts: readonly Fact[];
  readonly checks: number;
} {
  const { evidence, covering } = question;
  const assess = (prepared?: PreparedContentTrust): EvidenceVerdict => {
    try {
      return assessUnder(question, prepared);
    } catch (error) {
      return crashVerdict(evidence, error);
    }
  };
  const verdicts = covering.length === 0 ? [assess()] : covering.map(assess);
  return { verdict: bestOf(verdicts), facts: [], checks: 0 };
}

function assessUnder(
  { discovery, evidence, now }: ContentTrustQuestion,
  prepared: PreparedContentTrust | undefined,
): EvidenceVerdict {
  const data = openOnce(evidence);
  const mark = (verdict: EvidenceVerdict): EvidenceVerdict => ({
    ...verdict,
    ...(prepared && {
      authority: prepared.authority.name,
      authorityFingerprint: prepared.authority.fingerprint,
    }),
  });
  if (prepared?.problem) return mark(refused(evidence, prepared.problem));
  if (isRefusal(data)) return mark(refused(evidence, data));
  const size = discovery.subjectDescriptor?.size;
  const answer = judgeTrustData(data, {
    digest: discovery.subject,
    ...(size !== undefined && { size }),
    tags: evidence.tags,
    ...(prepared && { isPinned: prepared.isPinned }),
    delegations: prepared?.authority.delegations ?? [],
    now,
  });
  const refusal = answer.refusal ?? (prepared === undefined ? legacy(evidence, answer) : undefined);
  const trustData = summaryOf(evidence, data, answer, prepared !== undefined);
  return mark({ ...verdictFor(evidence, data, answer, refusal), trustData });
}

/** The metadata of a repository is verified once for all of its digests. */
const opened = new Map<string, OpenedTrustData | Refusal>();
const keptOpen = 64;

function openOnce({ data }: ContentTrustEvidence): OpenedTrustData | Refusal {
  const parts = [
    ...data.files.map(({ role, bytes }) => [role, sha256(bytes).toString('hex')]),
    ...data.rootChain.map((bytes) => sha256(bytes).toString('hex')),
  ];
  const key = JSON.stringify([data.server, data.gun, parts, data.memory]);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const result = openTrustData(data);
  if (opened.size >= keptOpen) opened.clear();
  opened.set(key, result);
  return result;
}

/** Trust data that holds, and that nobody asked us to believe. */
function legacy({ data }: ContentTrustEvidence, { tags, rootKey }: TrustDataAnswer): Refusal {
  const named = tags.map(({ tag }) => tag).slice(0, 5);
  const known = data.memory === undefined ? 'seen for the first time' : 'known from before';
  const end = retirement(data.server);
  return untrusted(
    'legacy-trust-data',
    `trust data of ${data.gun} names this digest as ${named.join(', ')}; its root key ${rootKey?.canonicalId} is ${known} and not pinned${end === undefined ? '' : `; the service ends on ${end}`}`,
  );
}

const retirement = (server: string): string | undefined =>
  trustDataRetiresOn(new URL(server).hostname);

function summaryOf(
  { data: { server, gun, memory } }: ContentTrustEvidence,
  { rootSigners }: OpenedTrustData,
  { tags, rootKey, expires }: TrustDataAnswer,
  pinned: boolean,
): TrustDataSummary {
  const retiresOn = retirement(server);
  const unpinned = memory === undefined ? 'first-use' : 'remembered';
  return {
    server,
    gun,
    tags,
    rootKeys: rootSigners.map(({ canonicalId }) => canonicalId),
    root: pinned && rootKey !== undefined ? 'pinned' : unpinned,
    expiresAt: new Date(expires).toISOString(),
    ...(retiresOn !== undefined && { retiresOn }),
  };
}

/** Which step a refusal belongs to. */
const steps: Readonly<Partial<Record<ReasonCode, CheckId>>> = {
  'signature-bad': 'signature',
  'unsupported-algorithm': 'signature',
  'trust-data-mismatch': 'signature',
  'trust-data-expired': 'timestamp',
  'trust-data-rollback': 'timestamp',
  'trust-data-root': 'key',
  'key-not-trusted': 'key',
  'key-unresolvable': 'key',
  'legacy-trust-data': 'key',
  'role-not-trusted': 'identity',
  'tag-not-signed': 'claim',
  'claim-digest': 'claim',
  'subject-mismatch': 'claim',
};

const stepOf = ({ reason }: Refusal): CheckId => steps[reason] ?? 'format';

function refused(evidence: Evidence, refusal: Refusal): EvidenceVerdict {
  const log = new CheckLog();
  log.passed('evidence-readable', 'the server served it');
  log.failed(stepOf(refusal), refusal);
  return verdictOf(evidence, { checks: log.finish(), refusal, times: [] });
}

function verdictFor(
  evidence: ContentTrustEvidence,
  { notes }: OpenedTrustData,
  { rootKey, signedTags, roles, expires }: TrustDataAnswer,
  refusal: Refusal | undefined,
): EvidenceVerdict {
  const log = new CheckLog();
  if (refusal) log.failed(stepOf(refusal), refusal);
  const until = new Date(expires).toISOString();
  log.passed('evidence-readable', 'the server served it');
  log.passed('format', notes.join('; ') || 'root, timestamp, snapshot and targets fit together');
  log.passed('signature', 'every role is signed by as many of its keys as it asks for');
  if (rootKey) log.passed('key', `the root key ${rootKey.canonicalId} counts`);
  if (refusal === undefined || stepOf(refusal) !== 'timestamp')
    log.passed('timestamp', `nothing of it has expired; the first role lapses at ${until}`);
  if (signedTags.length > 0) {
    log.passed('identity', `the role that was asked names it: ${roles.join(', ')}`);
    log.passed('claim', `the digest is that of ${signedTags.slice(0, 5).join(', ')}`);
  }
  const proves = signedTags.length > 0 && refusal?.reason !== 'legacy-trust-data';
  const signer = signerOf(rootKey?.key);
  return verdictOf(evidence, {
    checks: log.finish(),
    times: [],
    ...(refusal && { refusal }),
    ...(signer && { signer }),
    ...(proves && { claim: { proves: 'signed', annotations: {}, detail: '' } }),
  });
}

/** Whoever holds the root key says who may sign the tags. */
function signerOf(
  key: { fingerprint: string; algorithm: string } | Refusal | undefined,
): Signer | undefined {
  if (key === undefined || isRefusal(key)) return undefined;
  return { kind: 'key', fingerprint: key.fingerprint, algorithm: key.algorithm };
}
