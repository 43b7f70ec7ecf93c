import { OperationalError } from '#lib/errors.ts';
import { type Discovery, repositoryPlaces } from '#lib/model/evidence.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { Elsewhere } from '#lib/ports/registry.ts';
import type { PlatformChild, Subject } from '#lib/ports/scan-store.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import { type DiscoveredImage, discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import type { ScanDependencies } from './dependencies.ts';
import { subjectKey } from './jobs.ts';
import { lastKnown, type RetryBook } from './retry.ts';

/** What looking at one digest in one repository came to; `saveVerdicts` takes it as it is. */
export interface Checked {
  readonly verdict: ImageVerdict;
  readonly facts: readonly Fact[];
  readonly signatureChecks: number;
  readonly mediaType?: string;
  readonly platforms?: readonly PlatformChild[];
}

type Needs = Pick<
  ScanDependencies,
  'registry' | 'contentTrust' | 'store' | 'verifier' | 'now' | 'log'
>;

/**
 * Looks at one digest in one repository: evidence, known facts, verdict. Never throws for the world
 * or for a broken item: whatever goes wrong is an inconclusive verdict about this digest alone. A
 * store that fails is thrown, since nothing can be kept then.
 */
export async function checkSubject(
  deps: Needs,
  retries: RetryBook,
  subject: Subject,
  elsewhere: readonly Elsewhere[] = [],
): Promise<Checked> {
  const found = await lookAt(deps, subject, elsewhere);
  const evidence = found.evidence.map(({ id }) => id);
  const known = evidence.length === 0 ? [] : await deps.store.knownFacts(subject.digest, evidence);
  const { verdict, newFacts, signatureChecks } = await judge(deps, found, known);
  const scheduled = retries.scheduled(subjectKey(subject), verdict, deps.now());
  return {
    verdict: await remembering(deps, subject, scheduled),
    facts: newFacts,
    signatureChecks,
    ...(found.mediaType !== undefined && { mediaType: found.mediaType }),
    ...(found.platforms !== undefined && { platforms: found.platforms }),
  };
}

/** Everything beside one digest. Never throws for the world: then nothing is claimed about it. */
export async function lookAt(
  { registry, contentTrust, log }: Pick<Needs, 'registry' | 'contentTrust' | 'log'>,
  subject: Subject,
  elsewhere: readonly Elsewhere[],
): Promise<DiscoveredImage> {
  try {
    const trust = contentTrust && { reader: contentTrust };
    return await discoverEvidence(registry, subject, elsewhere, trust);
  } catch (error) {
    if (error instanceof OperationalError) return failed(subject, error);
    log.error({ err: error, subject: subjectKey(subject) }, 'looking for evidence failed');
    const fault = `Looking for evidence of ${subjectKey(subject)} failed inside Sealwatch; the log has the cause.`;
    return failed(subject, new OperationalError('verifier-crash', fault, { retryable: true }));
  }
}

/** A discovery in which the image itself could not be looked at: incomplete, so never "unsigned". */
function failed(
  { registry, repository, digest }: Subject,
  { code, message, retryable, retryAt }: OperationalError,
): DiscoveredImage {
  return {
    subject: digest,
    registry,
    repository,
    evidence: [],
    places: repositoryPlaces.map((place) => ({
      place,
      repository,
      outcome: 'failed',
      found: 0,
      reason: code,
      detail: message,
      retryable,
      ...(retryAt !== undefined && { retryAt: retryAt.toISOString() }),
    })),
    complete: false,
    warnings: [],
  };
}

async function judge(
  { verifier, now, log }: Needs,
  discovery: Discovery,
  known: readonly Fact[],
): Promise<Awaited<ReturnType<Needs['verifier']['verify']>>> {
  try {
    const answer = await verifier.verify(discovery, known, now());
    tellDisagreements(log, answer.newFacts);
    const { omitted } = answer.verdict.underPolicies ?? {};
    if (omitted !== undefined)
      log.warn(
        { subject: subjectKey({ ...discovery, digest: discovery.subject }), omitted },
        'too many different policies cover an image to judge it under all of them',
      );
    return answer;
  } catch (error) {
    const name = subjectKey({ ...discovery, digest: discovery.subject });
    log.error({ err: error, subject: name }, 'the verifier failed');
    const verdict: ImageVerdict = {
      digest: discovery.subject,
      registry: discovery.registry,
      repository: discovery.repository,
      status: 'inconclusive',
      reason: 'verifier-crash',
      detail: `Verifying ${name} failed inside Sealwatch; the log has the cause.`,
      retryable: true,
      attested: false,
      evidence: [],
      places: discovery.places,
      warnings: discovery.warnings,
      verifierVersion: 'unavailable',
    };
    return { verdict, newFacts: [], signatureChecks: 0 };
  }
}

/** Two verifiers that differ mean a fault in one of them: somebody should look at the evidence. */
function tellDisagreements(log: Needs['log'], facts: readonly Fact[]): void {
  for (const { subject, evidence, verdict } of facts) {
    if (verdict.reason !== 'verifier-disagreement') continue;
    const detail = verdict.checks.find(({ id }) => id === 'second-opinion')?.detail;
    log.warn({ subject, evidence, detail }, 'two verifiers disagree');
  }
}

/** A check that failed adds what was known before to its detail: told with its age, never shown as new. */
async function remembering(
  { store }: Needs,
  subject: Subject,
  verdict: ImageVerdict,
): Promise<ImageVerdict> {
  if (verdict.status !== 'inconclusive' || !verdict.retryable) return verdict;
  const before = lastKnown(subject, await store.image(subject.digest));
  if (before === undefined) return verdict;
  return { ...verdict, detail: [verdict.detail, before].filter(Boolean).join(' ') };
}
