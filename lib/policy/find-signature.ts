import type { EvidenceKind, EvidencePlace } from '#lib/model/evidence.ts';
import type { EvidenceVerdict, Signer } from '#lib/model/verdict.ts';
import type { ImageFacts } from './facts.ts';
import { type Finding, no, notEvaluated, unknown, yes } from './finding.ts';
import { keyFingerprint, trustedHash } from './public-keys.ts';

/** What an engine asks of the signatures of an image. */
export interface SignatureDemand {
  /** The formats in which it can see signatures. */
  readonly formats: readonly EvidenceKind[];
  /** A signature, any signed statement at all, or an attestation of this type. */
  readonly wants: { readonly proves: 'signed' | 'anything' } | { readonly predicateType: string };
  /** Name of the authority as our verifier knows it. */
  readonly authority: string;
  /** Public keys (PEM) that may have signed; absent where identities count. */
  readonly keys?: readonly string[];
  /** The hash with which the engine tries these keys, where it tries no other. */
  readonly hash?: string;
  /** Whether the engine's rules name this signer; `undefined` where it cannot be told here. */
  readonly names?: (signer: CertificateSigner) => boolean | undefined;
  /** True where only the verdict under this very authority counts: its keys or certificates are its own. */
  readonly ownMaterial?: true;
  /** The trust root whose certificates and logs count. */
  readonly trustRoot?: string;
  readonly tlog: 'required' | 'ignored';
  readonly sct: 'required' | 'ignored';
  readonly annotations?: Readonly<Record<string, string>>;
  /** `registry/repository` in which the engine looks instead of beside the image. */
  readonly repository?: string;
}

export type CertificateSigner = Extract<Signer, { readonly kind: 'certificate' }>;

/** Whether some evidence of an image meets a demand. */
export function findSignature(facts: ImageFacts | undefined, demand: SignatureDemand): Finding {
  if (facts === undefined) return unknown('nobody looked at this image yet');
  const judged = facts.evidence.filter((item) => isWanted(item, demand));
  const findings = judged.map((item) => judgeItem(item, demand, facts));
  const met = findings.find((one) => one.met === 'yes');
  if (met !== undefined) return met;
  const open = findings.find((one) => one.met === 'not-evaluated');
  if (open !== undefined) return open;
  if (facts.incomplete !== undefined) return unknown(facts.incomplete);
  const elsewhere = demand.repository;
  if (elsewhere !== undefined && !judged.some((item) => liesIn(item, elsewhere)))
    return notEvaluated(`signatures are looked for in ${elsewhere}`);
  return findings.find((one) => one.met === 'unknown') ?? findings[0] ?? no(whatIsMissing(demand));
}

const whatIsMissing = ({ wants }: SignatureDemand): string =>
  'proves' in wants ? 'there is no signature' : `there is no attestation of ${wants.predicateType}`;

/** Evidence that is broken says not what it proves: its kind and type tell. */
function isWanted(item: EvidenceVerdict, { formats, wants }: SignatureDemand): boolean {
  if (!formats.includes(item.kind)) return false;
  if ('predicateType' in wants)
    return item.predicateType === wants.predicateType || isOpenAttestation(item);
  return (
    item.proves === 'signed' || (item.proves === 'nothing' && item.kind !== 'cosign-attestation')
  );
}

/** What it attests is told only where a signer is known to stand for it. */
const isOpenAttestation = ({ kind, predicateType, status }: EvidenceVerdict): boolean =>
  kind !== 'cosign-signature' && predicateType === undefined && status !== 'verified';

const sourceText = ({ sources }: EvidenceVerdict): string =>
  sources
    .map(({ place, registry, repository }) => `${place} of ${registry}/${repository}`)
    .join(', ');

const liesIn = ({ sources }: EvidenceVerdict, name: string): boolean =>
  sources.some(({ registry, repository }) => `${registry}/${repository}` === name);

/**
 * Whether an engine comes upon an item: in the repository of the image or the one that it names, and
 * under the tag of its kind where it is of the old layout. What an operator told us to look for
 * elsewhere, or cosign's OCI 1.1 experiment, engines do not find.
 */
function isFound(
  { kind, sources }: EvidenceVerdict,
  { repository: named }: SignatureDemand,
  { home }: ImageFacts,
): boolean {
  const tag = tags.get(kind);
  const wanted = named ?? home;
  if (wanted === undefined) return true;
  return sources.some(
    ({ registry, repository, place }) =>
      `${registry}/${repository}` === wanted && (tag === undefined || tag === place),
  );
}

const tags: ReadonlyMap<EvidenceKind, EvidencePlace> = new Map([
  ['cosign-signature', 'signature-tag'],
  ['cosign-attestation', 'attestation-tag'],
]);

function judgeItem(item: EvidenceVerdict, demand: SignatureDemand, facts: ImageFacts): Finding {
  if (!isFound(item, demand, facts))
    return no(`a signature lies where the engine does not look: ${sourceText(item)}`);
  if (demand.hash !== undefined && trustedHash(demand.hash).hash === undefined)
    return notEvaluated(
      `signatures with the hash ${demand.hash.slice(0, 20)} are not evaluated here`,
    );
  if (demand.ownMaterial) return judgeByName(item, demand, facts);
  const held = demand.keys
    ? judgeKey(item, demand.keys, demand, facts)
    : judgeCertificate(item, demand, facts);
  if (held.met !== 'yes') return held;
  return unmetDemand(item, demand, facts) ?? held;
}

function judgeKey(
  item: EvidenceVerdict,
  keys: readonly string[],
  demand: SignatureDemand,
  { judgedUnder }: ImageFacts,
): Finding {
  const { signer } = item;
  const known = keys.map(keyFingerprint);
  const wasTried = judgedUnder.includes(demand.authority);
  if (isSound(item) && signer !== undefined) {
    if (signer.kind !== 'key' || !known.includes(signer.fingerprint))
      return no(`signed by ${nameOf(signer)}, not with a key of the policy`);
    if (hasHash(item, signer, demand, wasTried)) return yes(`signed with ${nameOf(signer)}`);
    const hash = `signed with ${nameOf(signer)}, which the policy tries with ${demand.hash} alone`;
    return wasTried ? no(hash) : notEvaluated(hash);
  }
  // A bare key can be told only by trying it: who has not tried it knows nothing.
  if (!wasTried) return notEvaluated('the keys of the policy were not tried on the signatures');
  return strangeOr(item);
}

/**
 * Whether a signature by a key was made with the hash that a policy demands. What it verified where it
 * was tried is among the evidence; elsewhere kinds of keys tell with which nobody signs with another.
 */
function hasHash(
  { status, authority }: EvidenceVerdict,
  { algorithm }: KeySigner,
  demand: SignatureDemand,
  wasTried: boolean,
): boolean {
  if (demand.hash === undefined) return true;
  if (wasTried) return status === 'verified' && authority === demand.authority;
  return algorithm === 'ed25519' || (demand.hash === 'sha256' && !/p(384|521)$/.test(algorithm));
}
type KeySigner = Extract<Signer, { readonly kind: 'key' }>;

function judgeByName(
  item: EvidenceVerdict,
  { authority }: SignatureDemand,
  { judgedUnder }: ImageFacts,
): Finding {
  if (item.status === 'verified' && item.authority === authority && item.signer)
    return yes(`signed by ${nameOf(item.signer)}`);
  return judgedUnder.includes(authority)
    ? strangeOr(item)
    : notEvaluated('this authority of the policy was not tried on the signatures');
}

function judgeCertificate(
  item: EvidenceVerdict,
  demand: SignatureDemand,
  { judgedUnder }: ImageFacts,
): Finding {
  const { signer, trustRoot } = item;
  const root = demand.trustRoot;
  // Under other roots than the engine's, a certificate is strange to us and may be known to it.
  const isStrange = trustRoot?.name !== root && signer?.kind !== 'key';
  if (isStrange && !isPublic(item, root) && !judgedUnder.includes(demand.authority))
    return notEvaluated(`the trust root ${root ?? ''} was not tried on the signatures`);
  if (!isSound(item) || signer === undefined)
    return judgedUnder.includes(demand.authority) ? strangeOr(item) : brokenOr(item);
  if (signer.kind === 'key') return no('signed with a bare key, and the policy names identities');
  if (root !== undefined && trustRoot?.name !== root)
    return no(
      `signed by ${nameOf(signer)} under the trust root ${trustRoot?.name ?? '(none)'}, not ${root}`,
    );
  const named = demand.names?.(signer);
  if (named === undefined) return notEvaluated('the rule for signers is not evaluated here');
  return named
    ? yes(`signed by ${nameOf(signer)}`)
    : no(`signed by ${nameOf(signer)}, whom the policy does not name`);
}

/** What is broken is broken under every root, and what is verified under another is not of the public one. */
const isPublic = ({ status, reason }: EvidenceVerdict, root: string | undefined): boolean =>
  root === 'public-good' &&
  (status === 'verified' || (reason !== 'cert-untrusted-root' && reason !== 'trustroot-missing'));

/**
 * The cryptography holds, whoever signed: verified, or refused for the name of the signer alone.
 * Everything else that failed makes it no signature at all.
 */
const isSound = ({ status, checks }: EvidenceVerdict): boolean =>
  status === 'verified' ||
  (status === 'untrusted' &&
    checks.every(
      ({ id, outcome, reason }) =>
        outcome !== 'failed' ||
        id === 'identity' ||
        (id === 'key' && (reason === 'key-not-trusted' || reason === 'no-authority')),
    ));

/** Who signed it nobody else knows, and it was tried under the policy: it is none of those whom it names. */
const strangeOr = (item: EvidenceVerdict): Finding =>
  item.status === 'inconclusive' &&
  (item.reason === 'key-unresolvable' || item.reason === 'trustroot-missing')
    ? no('signed by somebody whom the policy does not name')
    : brokenOr(item);

function brokenOr({ status, reason, checks }: EvidenceVerdict): Finding {
  const detail = checks.find(({ outcome }) => outcome === 'failed')?.detail ?? reason ?? status;
  return status === 'inconclusive' ? unknown(detail) : no(detail);
}

/**
 * A check that another authority did not ask for, and this one does. Where this very authority was
 * tried, what it verified is among the evidence, and everything else is not enough for it.
 */
function unmetDemand(
  item: EvidenceVerdict,
  demand: SignatureDemand,
  { judgedUnder }: ImageFacts,
): Finding | undefined {
  const open = judgedUnder.includes(demand.authority) ? no : notEvaluated;
  const asked = [
    ...(demand.tlog === 'required' ? (['transparency-log'] as const) : []),
    ...(demand.sct === 'required' && item.signer?.kind === 'certificate' ? (['sct'] as const) : []),
  ];
  for (const id of asked) {
    const check = item.checks.find((one) => one.id === id);
    if (check?.outcome === 'failed') return no(check.detail);
    if (check?.outcome !== 'passed') return open(`${id} was not checked for this signature`);
    if (demand.trustRoot !== undefined && item.trustRoot?.name !== demand.trustRoot)
      return open(`${id} was checked under another trust root than ${demand.trustRoot}`);
  }
  const unmet = Object.entries(demand.annotations ?? {}).find(
    ([name, value]) => item.annotations?.[name] !== value,
  );
  return unmet && no(`the signature has no annotation ${unmet[0]}=${unmet[1]}`);
}

const nameOf = (signer: Signer): string =>
  signer.kind === 'key' ? `the key ${signer.fingerprint.slice(0, 16)}` : signer.subject;

/** All alternative names of a signer, each of which engines look at. */
export const namesOf = ({ names, subject }: CertificateSigner): readonly string[] =>
  names?.map(({ value }) => value) ?? [subject];

/** The one name that sigstore-go looks at: the first URI, else the first e-mail address, else another. */
export function firstNameOf({ names, subject }: CertificateSigner): readonly string[] {
  const of = (kind: string) => names?.find((one) => one.kind === kind)?.value;
  return [of('uri') ?? of('email') ?? of('other') ?? subject];
}
