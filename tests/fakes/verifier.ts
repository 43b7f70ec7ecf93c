import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';
import type { Fact, ImageVerifier, VerifierMaterial } from '#lib/ports/verifier.ts';

/** What a bundle says that the fake verifier believes. */
interface Claim {
  readonly status: EvidenceVerdict['status'];
  readonly reason?: ReasonCode;
}

/** The text of a bundle that this verifier takes for a good signature, or for a bad one. */
export const aBundle = (status: Claim['status'], reason?: ReasonCode): string =>
  JSON.stringify({ status, ...(reason !== undefined && { reason }) });

export interface FakeVerifier extends ImageVerifier {
  /** Signatures checked since it was made. */
  readonly checks: () => number;
  readonly configured: VerifierMaterial[];
  /** Called before every verification. */
  onVerify: (discovery: Discovery) => Promise<void> | void;
}

const version = 'fake-1';

/** Believes what bundles say of themselves, and remembers by facts as the real one does. */
export function createFakeVerifier(): FakeVerifier {
  const configured: VerifierMaterial[] = [];
  let checks = 0;
  const fake: FakeVerifier = {
    configured,
    checks: () => checks,
    onVerify: () => undefined,
    async configure(material) {
      configured.push(material);
    },
    async verify(discovery, known, _now) {
      await fake.onVerify(discovery);
      const material = configured.at(-1);
      if (!material) throw new TypeError('the verifier was never configured');
      const revision = JSON.stringify([
        material.authorities.map(({ fingerprint }) => fingerprint),
        material.trustRoots.map((root) => root.revision),
      ]);
      const facts = discovery.evidence.flatMap((item): Fact[] => {
        if (item.kind !== 'sigstore-bundle') return [];
        const before = known.find(
          ({ evidence, trustRootRevision }) =>
            evidence === item.id && trustRootRevision === revision,
        );
        return [before ?? factOf(discovery, item, revision)];
      });
      const newFacts = facts.filter((fact) => !known.includes(fact));
      checks += newFacts.length;
      return {
        verdict: verdictOf(discovery, facts),
        newFacts,
        signatureChecks: newFacts.length,
      };
    },
    async close() {},
  };
  return fake;
}

function factOf(
  { subject }: Discovery,
  item: Extract<Evidence, { kind: 'sigstore-bundle' }>,
  revision: string,
): Fact {
  const claim = JSON.parse(new TextDecoder().decode(item.bundle)) as Claim;
  return {
    subject,
    evidence: item.id,
    authorityFingerprint: 'fake',
    trustRootRevision: revision,
    verifierVersion: version,
    verdict: {
      evidence: item.id,
      kind: item.kind,
      sources: item.sources,
      proves: claim.status === 'verified' ? 'signed' : 'nothing',
      status: claim.status,
      ...(claim.reason !== undefined && { reason: claim.reason }),
      times: [],
      checks: [],
    },
  };
}

function verdictOf(discovery: Discovery, facts: readonly Fact[]): ImageVerdict {
  const failed = discovery.places.find(({ outcome }) => outcome === 'failed');
  const evidence = facts.map(({ verdict }) => verdict);
  const best =
    evidence.find(({ status }) => status === 'verified') ?? (failed ? undefined : evidence[0]);
  const about = {
    digest: discovery.subject,
    registry: discovery.registry,
    repository: discovery.repository,
    retryable: false,
    attested: false,
    evidence,
    places: discovery.places,
    warnings: discovery.warnings,
    verifierVersion: version,
  };
  if (best)
    return {
      ...about,
      status: best.status,
      ...(best.reason !== undefined && { reason: best.reason }),
    };
  if (!failed) return { ...about, status: 'unsigned', reason: 'no-signature' };
  return {
    ...about,
    status: 'inconclusive',
    reason: failed.reason ?? 'discovery-incomplete',
    ...(failed.detail !== undefined && { detail: failed.detail }),
    retryable: failed.retryable ?? false,
    ...(failed.retryAt !== undefined && { retryAt: failed.retryAt }),
  };
}
