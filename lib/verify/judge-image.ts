import type { Discovery, PlaceSearched } from '#lib/model/evidence.ts';
import { type ReasonCode, reasonOf } from '#lib/model/reasons.ts';
import type { Check, EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';
import { verifierVersion } from './verifier-version.ts';

type Judgement = Pick<
  ImageVerdict,
  'status' | 'reason' | 'detail' | 'retryable' | 'retryAt' | 'signer' | 'authority'
>;

/**
 * What all evidence together lets us say about one image. In this order:
 *
 * 1. A verified signature: `verified`. Whatever else lies there is a warning.
 * 2. A place that could not be searched, or evidence that could not be judged: `inconclusive`. A good
 *    signature may lie just there, so neither "unsigned" nor "invalid" may be said; what may come
 *    right by itself is named first.
 * 3. Signed by someone whom no authority for this image names: `untrusted`, even beside broken
 *    evidence, which anybody who may push can add.
 * 4. Evidence that fails its checks: `invalid`. A broken attestation beside a verified one is a
 *    warning only.
 * 5. A verified attestation and nothing signed: `unsigned` with `attested-only`.
 * 6. Nothing, or nothing that anyone signed: `unsigned`. Legacy trust data whose root nobody pinned is
 *    told as a warning and changes no status.
 */
export function judgeImage(
  discovery: Discovery,
  evidence: readonly EvidenceVerdict[],
  warnings: ImageVerdict['warnings'] = [],
): ImageVerdict {
  const attested = evidence.some(
    ({ status, proves }) => status === 'verified' && proves === 'attested',
  );
  const judgement = judge(discovery, evidence, attested);
  return {
    digest: discovery.subject,
    registry: discovery.registry,
    repository: discovery.repository,
    ...judgement,
    attested,
    evidence,
    places: discovery.places,
    warnings: [
      ...discovery.warnings,
      ...warnings,
      ...evidenceWarnings(evidence, judgement),
      ...placeWarnings(discovery, judgement),
    ],
    verifierVersion,
  };
}

type Warning = ImageVerdict['warnings'][number];

/** What of the evidence lies beside the judgement: legacy data, checks that are only logged, neighbours. */
function evidenceWarnings(
  evidence: readonly EvidenceVerdict[],
  judgement: Judgement,
): readonly Warning[] {
  const found: (Warning | undefined)[] = [];
  for (const verdict of evidence) found.push(legacyNote(verdict));
  for (const { status, checks } of evidence)
    if (status === 'verified') for (const check of checks) found.push(loggedWarning(check));
  for (const verdict of evidence) found.push(neighbour(verdict, judgement));
  return found.filter((warning) => warning !== undefined);
}

/** Places that could not be searched: beside a good signature all, else those that could change nothing. */
const placeWarnings = ({ places }: Discovery, { status }: Judgement): readonly Warning[] =>
  places
    .filter(
      ({ outcome, immaterial }) => outcome === 'failed' && (immaterial || status === 'verified'),
    )
    .map(placeWarning);

function judge(
  discovery: Discovery,
  evidence: readonly EvidenceVerdict[],
  attested: boolean,
): Judgement {
  const proven = evidence.filter(
    ({ status, proves }) => status === 'verified' && proves === 'signed',
  );
  const signed = proven.find((verdict) => !verdict.checks.some(isLogged)) ?? proven[0];
  if (signed) return { status: 'verified', retryable: false, ...whoIn(signed), ...relaxed(signed) };
  if (!discovery.complete) return incomplete(failedPlaces(discovery));

  const candidates = evidence.filter(
    (verdict) => verdict.kind !== 'unsigned-attachment' && !isIdle(verdict),
  );
  const unjudged = candidates.filter(({ status }) => status === 'inconclusive');
  const blocking = unjudged.find(isRetryable) ?? unjudged[0];
  if (blocking) return judgementOf(blocking);

  const untrusted = candidates.filter(({ status }) => status === 'untrusted');
  const stranger = untrusted.find(({ proves }) => proves === 'signed') ?? untrusted[0];
  const broken = candidates.find(
    (verdict) => verdict.status === 'invalid' && !isAttestation(verdict),
  );
  const brokenAttestation = candidates.find(({ status }) => status === 'invalid');
  const only = attested
    ? (onlySigned(stranger) ?? broken)
    : (stranger ?? broken ?? brokenAttestation);
  if (only) return judgementOf(only);
  if (attested)
    return {
      status: 'unsigned',
      reason: 'attested-only',
      detail: 'a verified attestation exists, but no signature',
      retryable: false,
    };
  return {
    status: 'unsigned',
    reason: 'no-signature',
    detail: evidence.some((verdict) => !isIdle(verdict))
      ? 'all places were searched; what is there, nobody signed'
      : 'all places were searched and nothing was found',
    retryable: false,
  };
}

/** Trust data that says nothing about this image, or that no authority speaks about. */
const isIdle = ({ kind, authority, reason }: EvidenceVerdict): boolean =>
  kind === 'content-trust' && (authority === undefined || reason === 'tag-not-signed');

/** Trust data that names the digest, or is broken, where no authority speaks about it. */
function legacyNote(verdict: EvidenceVerdict): Warning | undefined {
  const { reason } = verdict;
  if (!isIdle(verdict) || reason === undefined || reason === 'tag-not-signed') return undefined;
  return { reason, detail: detailOf(verdict) ?? 'trust data without a pinned root' };
}

/** An attestation by a stranger says nothing beside one by a trusted signer. */
const onlySigned = (verdict: EvidenceVerdict | undefined): EvidenceVerdict | undefined =>
  verdict?.proves === 'signed' ? verdict : undefined;

/** Checks that failed and that a trust policy below strict only logs. */
const isLogged = (check: Check): boolean => check.logged === true;

/** A signature with such checks is no full proof, and must not look like one. */
const relaxed = (verdict: EvidenceVerdict): Pick<Judgement, 'detail'> => {
  const failures = verdict.checks.filter(isLogged).map(({ detail }) => detail);
  return failures.length === 0
    ? {}
    : { detail: `verified, but not by every check: ${failures.join('; ')}` };
};

const loggedWarning = (check: Check): Warning | undefined =>
  isLogged(check) && check.reason !== undefined
    ? { reason: check.reason, detail: `${check.id}: ${check.detail}` }
    : undefined;

/** Known to attest rather than sign, as far as an invalid item tells. */
const isAttestation = ({ kind, predicateType }: EvidenceVerdict): boolean =>
  kind === 'cosign-attestation' || predicateType !== undefined;

const isRetryable = ({ reason }: EvidenceVerdict): boolean =>
  reason !== undefined && reasonOf(reason).retryable;

const whoIn = ({ signer, authority }: EvidenceVerdict) => ({
  ...(signer && { signer }),
  ...(authority !== undefined && { authority }),
});

function judgementOf(verdict: EvidenceVerdict): Judgement {
  const detail = detailOf(verdict);
  return {
    status: verdict.status,
    retryable: isRetryable(verdict),
    ...(verdict.reason !== undefined && { reason: verdict.reason }),
    ...(detail !== undefined && { detail }),
    ...(verdict.status !== 'invalid' && whoIn(verdict)),
  };
}

const detailOf = ({ checks }: EvidenceVerdict): string | undefined =>
  checks.find(({ outcome }) => outcome === 'failed')?.detail;

const failedPlaces = ({ places }: Discovery): readonly PlaceSearched[] =>
  places.filter(({ outcome, immaterial }) => outcome === 'failed' && !immaterial);

function incomplete(failed: readonly PlaceSearched[]): Judgement {
  const reasons = new Set(failed.map(({ reason }) => reason ?? 'discovery-incomplete'));
  const [only] = reasons;
  const reason: ReasonCode =
    reasons.size === 1 && only !== undefined ? only : 'discovery-incomplete';
  const retryTimes = failed.flatMap(({ retryAt }) => retryAt ?? []).sort();
  return {
    status: 'inconclusive',
    reason,
    detail: failed.map(placeText).join('; ') || 'some places could not be searched',
    retryable: failed.some((place) => place.retryable ?? reasonOf(reason).retryable),
    ...(retryTimes[0] !== undefined && { retryAt: retryTimes[0] }),
  };
}

const placeText = ({ place, repository, detail }: PlaceSearched): string =>
  `${place} in ${repository}: ${detail ?? 'could not be searched'}`;

const placeWarning = (place: PlaceSearched): Warning => ({
  reason: place.reason ?? 'discovery-incomplete',
  detail: placeText(place),
});

/** A bad neighbour of a good signature or of a good attestation. */
function neighbour(verdict: EvidenceVerdict, { status, reason }: Judgement): Warning | undefined {
  if (status !== 'verified' && reason !== 'attested-only' && status !== 'untrusted')
    return undefined;
  const bad =
    verdict.kind !== 'unsigned-attachment' &&
    !isIdle(verdict) &&
    (verdict.status === 'invalid' || (status !== 'untrusted' && verdict.status !== 'verified'));
  if (!bad || verdict.reason === undefined) return undefined;
  const where = verdict.sources[0]?.place ?? verdict.kind;
  return {
    reason: verdict.reason,
    detail: `${where} ${verdict.evidence}: ${detailOf(verdict) ?? ''}`,
  };
}
