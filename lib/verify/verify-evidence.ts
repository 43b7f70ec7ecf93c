import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { type Artifact, artifactOfImage } from './artifact.ts';
import { assessUnder, attachmentVerdict, crashVerdict, refusedVerdict } from './assess.ts';
import { Examiner } from './examiner.ts';
import { prepareMaterial } from './prepare-material.ts';
import { readEvidence } from './read-evidence.ts';
import { isRefusal } from './refusal.ts';

/** What one item of evidence beside an image comes to under one authority. Pure and total. */
export const verifyEvidence = (
  subject: Digest,
  evidence: Evidence,
  authority: Authority,
  trustRoot: TrustRoot | undefined,
  now: Date,
): EvidenceVerdict => verifyArtifact(artifactOfImage(subject), evidence, authority, trustRoot, now);

/**
 * The same for any artifact, an image or a file. Whatever the evidence makes the code below throw
 * becomes inconclusive.
 */
export function verifyArtifact(
  artifact: Artifact,
  evidence: Evidence,
  authority: Authority,
  trustRoot: TrustRoot | undefined,
  now: Date,
): EvidenceVerdict {
  try {
    const [prepared] = prepareMaterial({
      authorities: [authority],
      trustRoots: trustRoot ? [trustRoot] : [],
    }).authorities;
    if (prepared === undefined) throw new RangeError('there is no authority');
    if (evidence.kind === 'unsigned-attachment') return attachmentVerdict(evidence);
    const items = readEvidence(evidence);
    if (isRefusal(items)) return refusedVerdict(evidence, items, stepOfReading(evidence));
    return assessUnder(
      new Examiner({ evidence, items, artifact, now, opinion: 'always' }),
      prepared,
    );
  } catch (error) {
    return crashVerdict(evidence, error);
  }
}

/** The step that failed when evidence could not be read. */
export const stepOfReading = (evidence: Evidence): 'evidence-readable' | 'format' =>
  evidence.kind === 'unreadable' ? 'evidence-readable' : 'format';
