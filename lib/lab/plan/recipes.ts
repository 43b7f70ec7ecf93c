import type { ReasonCode } from '#lib/model/reasons.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';

/** Those who sign in the lab; `signers.ts` gives each a key or an identity. */
export type SignerName =
  | 'release'
  | 'other-workflow'
  | 'other-branch'
  | 'other-issuer'
  | 'unknown-root'
  | 'upstream'
  | 'partner'
  | 'platform-key'
  | 'data-key'
  | 'data-key-unlogged'
  | 'edge-key'
  | 'p384-key'
  | 'pss-key'
  | 'treasury-release'
  | 'treasury-intern'
  | 'stranger-key';

/** Those who sign with Notation: certificates of one authority, only the first of them trusted. */
export type NotationSignerName = 'vendor-release' | 'vendor-contractor';

export type PredicateName =
  | 'sign'
  | 'provenance'
  | 'spdx'
  | 'cyclonedx'
  | 'vulnerabilities'
  | 'openvex'
  | 'verification-summary';

/** One thing to attach to a digest. `copied`: made for another digest and put beside this one. */
export type EvidenceStep =
  | {
      readonly kind: 'signature';
      readonly by: SignerName;
      readonly tampering?: 'payload' | 'copied' | 'type' | 'base64' | 'log-entry';
      /** Where it lies when not under the `.sig` tag: a referrer, or the repository for signatures. */
      readonly place?: 'referrer' | 'elsewhere';
    }
  | {
      readonly kind: 'bundle';
      readonly by: SignerName;
      readonly predicate: PredicateName;
      readonly log: 'rekor-1' | 'rekor-2' | 'none';
      readonly tampering?: 'statement' | 'copied';
    }
  | { readonly kind: 'attestation'; readonly by: SignerName; readonly predicate: PredicateName }
  | {
      readonly kind: 'notation';
      readonly by: NotationSignerName;
      readonly format: 'jws' | 'cose';
      /** `expired`: by the end that the signer gave it. */
      readonly flaw?: 'expired' | 'tampered';
    }
  /** Docker Content Trust: the tags name this digest, or that of another build. */
  | { readonly kind: 'trust-data'; readonly names: 'own' | 'other' }
  /** An `.sbom` tag, or a bare in-toto statement as a referrer: nobody signed either. */
  | { readonly kind: 'attachment'; readonly form: 'sbom' | 'in-toto' };

/** How a registry fails for a whole repository, by name; `faults.ts` says how it is done. */
export type PlannedFault =
  | 'unauthorized'
  | 'forbidden'
  | 'hidden'
  | 'rate-limited'
  | 'server-error'
  | 'reset'
  | 'wrong-bytes'
  | 'timeout'
  | 'endless';

/** What must come out of verification. */
export interface Expected {
  readonly status: VerdictStatus;
  readonly reason?: ReasonCode;
}

/** How an image is signed, spoilt or hidden, and the verdict that follows. */
export interface Recipe {
  readonly expected: Expected;
  readonly evidence: readonly EvidenceStep[];
  readonly fault?: PlannedFault;
  /** True for images that are indexes; `children` are the steps of each platform manifest. */
  readonly index?: {
    readonly children: readonly EvidenceStep[];
    readonly expected: Expected;
    /** True where the index lists attestations as BuildKit writes them. */
    readonly attestations?: true;
  };
}

const verified: Expected = { status: 'verified' };
const unsigned: Expected = { status: 'unsigned', reason: 'no-signature' };

const good = (...evidence: EvidenceStep[]): Recipe => ({ expected: verified, evidence });
const bad =
  (status: 'invalid' | 'untrusted' | 'unsigned') =>
  (reason: ReasonCode, ...evidence: EvidenceStep[]): Recipe => ({
    expected: { status, reason },
    evidence,
  });
const invalid = bad('invalid');
const untrusted = bad('untrusted');
/** Everything about the image is in order; the registry is not. */
const hidden = (fault: PlannedFault, reason: ReasonCode): Recipe => ({
  expected: { status: 'inconclusive', reason },
  evidence: [{ kind: 'signature', by: 'platform-key' }],
  fault,
});

const legacy = (by: SignerName): EvidenceStep => ({ kind: 'signature', by });
const bundle = (by: SignerName, log: 'rekor-1' | 'rekor-2' | 'none' = 'rekor-1'): EvidenceStep => ({
  kind: 'bundle',
  by,
  log,
  predicate: 'sign',
});
const provenance = {
  kind: 'bundle',
  by: 'release',
  log: 'rekor-1',
  predicate: 'provenance',
} as const satisfies EvidenceStep;
const attested = (predicate: PredicateName): EvidenceStep => ({ ...provenance, predicate });
const spdx: EvidenceStep = { kind: 'attestation', by: 'release', predicate: 'spdx' };

/** Every recipe by name. */
export const recipes = {
  bundle: good(bundle('release')),
  'bundle-rekor-2': good(bundle('release', 'rekor-2')),
  legacy: good(legacy('release')),
  'legacy-and-attested': good(legacy('release'), provenance, spdx),
  'attested-in-full': good(
    legacy('release'),
    provenance,
    spdx,
    attested('cyclonedx'),
    attested('vulnerabilities'),
    attested('openvex'),
    attested('verification-summary'),
  ),
  'cosign-referrer': good({ kind: 'signature', by: 'release', place: 'referrer' }),
  'signed-elsewhere': good({ kind: 'signature', by: 'edge-key', place: 'elsewhere' }),
  'signed-twice': good(legacy('release'), bundle('release'), bundle('partner')),
  'good-beside-poisoned': good(legacy('release'), {
    kind: 'bundle',
    by: 'release',
    log: 'rekor-1',
    predicate: 'sign',
    tampering: 'statement',
  }),
  'index-signed': {
    ...good(bundle('release')),
    index: { children: [], expected: unsigned },
  },
  'index-signed-recursively': {
    ...good(legacy('release')),
    index: { children: [legacy('release')], expected: verified },
  },
  'index-with-attestations': {
    ...good(bundle('release')),
    index: { children: [], expected: unsigned, attestations: true },
  },
  'index-unsigned': {
    expected: unsigned,
    evidence: [],
    index: { children: [], expected: unsigned, attestations: true },
  },
  'platform-key': good(legacy('platform-key')),
  'platform-key-bundle': good(bundle('platform-key', 'none')),
  'platform-key-beside-stranger': good(legacy('stranger-key'), legacy('platform-key')),
  'data-key': good(legacy('data-key')),
  'edge-key': good(legacy('edge-key')),
  'p384-key': good(legacy('p384-key')),
  'rsa-pss-key': good(legacy('pss-key')),
  'private-pki': good(legacy('treasury-release')),
  upstream: good(legacy('upstream')),
  'upstream-bundle': good(bundle('upstream', 'rekor-2')),

  'other-workflow': untrusted('identity-mismatch', legacy('other-workflow')),
  'other-branch': untrusted('identity-mismatch', bundle('other-branch')),
  'other-issuer': untrusted('issuer-mismatch', bundle('other-issuer')),
  'private-pki-other-name': untrusted('identity-mismatch', legacy('treasury-intern')),
  'unknown-root': untrusted('cert-untrusted-root', legacy('unknown-root')),
  'key-of-other-team': untrusted('key-not-trusted', legacy('data-key')),
  'no-authority': untrusted('no-authority', bundle('partner')),

  'tampered-payload': invalid('signature-bad', {
    kind: 'signature',
    by: 'platform-key',
    tampering: 'payload',
  }),
  'stranger-key': invalid('signature-bad', legacy('stranger-key')),
  'copied-signature': invalid('claim-digest', {
    kind: 'signature',
    by: 'platform-key',
    tampering: 'copied',
  }),
  'other-claim-type': invalid('claim-type', {
    kind: 'signature',
    by: 'platform-key',
    tampering: 'type',
  }),
  'broken-base64': invalid('base64-malformed', {
    kind: 'signature',
    by: 'edge-key',
    tampering: 'base64',
  }),
  'copied-bundle': invalid('subject-mismatch', {
    kind: 'bundle',
    by: 'release',
    log: 'rekor-1',
    predicate: 'sign',
    tampering: 'copied',
  }),
  'tampered-bundle': invalid('signature-bad', {
    kind: 'bundle',
    by: 'release',
    log: 'rekor-1',
    predicate: 'sign',
    tampering: 'statement',
  }),
  'foreign-log-entry': invalid('tlog-body', {
    kind: 'signature',
    by: 'release',
    tampering: 'log-entry',
  }),
  unlogged: invalid('tlog-missing', legacy('data-key-unlogged')),

  'notation-jws': good({ kind: 'notation', by: 'vendor-release', format: 'jws' }),
  'notation-cose': good({ kind: 'notation', by: 'vendor-release', format: 'cose' }),
  'notation-other-identity': untrusted('identity-mismatch', {
    kind: 'notation',
    by: 'vendor-contractor',
    format: 'jws',
  }),
  'notation-expired': invalid('notation-expired', {
    kind: 'notation',
    by: 'vendor-release',
    format: 'cose',
    flaw: 'expired',
  }),
  'notation-tampered': invalid('signature-bad', {
    kind: 'notation',
    by: 'vendor-release',
    format: 'jws',
    flaw: 'tampered',
  }),

  'content-trust': good({ kind: 'trust-data', names: 'own' }),
  'content-trust-other-digest': {
    expected: unsigned,
    evidence: [{ kind: 'trust-data', names: 'other' }],
  },
  'content-trust-unpinned': {
    expected: unsigned,
    evidence: [{ kind: 'trust-data', names: 'own' }],
  },

  unsigned: { expected: unsigned, evidence: [] },
  'attached-sbom': { expected: unsigned, evidence: [{ kind: 'attachment', form: 'sbom' }] },
  'attached-statement': {
    expected: unsigned,
    evidence: [{ kind: 'attachment', form: 'in-toto' }],
  },
  'attested-only': bad('unsigned')('attested-only', provenance),

  unauthorized: hidden('unauthorized', 'registry-unauthorized'),
  forbidden: hidden('forbidden', 'registry-forbidden'),
  'private-repository': hidden('hidden', 'registry-not-found'),
  'rate-limited': hidden('rate-limited', 'registry-ratelimited'),
  'server-error': hidden('server-error', 'registry-error'),
  reset: hidden('reset', 'registry-unreachable'),
  'wrong-bytes': hidden('wrong-bytes', 'blob-digest'),
  timeout: hidden('timeout', 'registry-timeout'),
  endless: hidden('endless', 'limit-exceeded'),
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof recipes;

/** The recipe of a name. */
export const recipeOf = (name: RecipeName): Recipe => recipes[name];
