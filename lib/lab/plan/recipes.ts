import type { ReasonCode } from '#lib/model/reasons.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import type { Zone } from './zones.ts';

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
  | 'stranger-key';

export type PredicateName = 'sign' | 'provenance' | 'spdx';

/** One thing to attach to a digest. `copied`: made for another digest and put beside this one. */
export type EvidenceStep =
  | {
      readonly kind: 'signature';
      readonly by: SignerName;
      readonly tampering?: 'payload' | 'copied' | 'type' | 'base64' | 'log-entry';
    }
  | {
      readonly kind: 'bundle';
      readonly by: SignerName;
      readonly predicate: PredicateName;
      readonly log: 'rekor-1' | 'rekor-2' | 'none';
      readonly tampering?: 'statement' | 'copied';
    }
  | { readonly kind: 'attestation'; readonly by: SignerName; readonly predicate: PredicateName }
  /** An `.sbom` tag: nobody signed it. */
  | { readonly kind: 'attachment' };

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
  readonly index?: { readonly children: readonly EvidenceStep[]; readonly expected: Expected };
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
const provenance: EvidenceStep = {
  kind: 'bundle',
  by: 'release',
  log: 'rekor-1',
  predicate: 'provenance',
};
const spdx: EvidenceStep = { kind: 'attestation', by: 'release', predicate: 'spdx' };

/** Every recipe by name. */
export const recipes = {
  bundle: good(bundle('release')),
  'bundle-rekor-2': good(bundle('release', 'rekor-2')),
  legacy: good(legacy('release')),
  'legacy-and-attested': good(legacy('release'), provenance, spdx),
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
  'platform-key': good(legacy('platform-key')),
  'platform-key-bundle': good(bundle('platform-key', 'none')),
  'platform-key-beside-stranger': good(legacy('stranger-key'), legacy('platform-key')),
  'data-key': good(legacy('data-key')),
  'edge-key': good(legacy('edge-key')),
  upstream: good(legacy('upstream')),
  'upstream-bundle': good(bundle('upstream', 'rekor-2')),

  'other-workflow': untrusted('identity-mismatch', legacy('other-workflow')),
  'other-branch': untrusted('identity-mismatch', bundle('other-branch')),
  'other-issuer': untrusted('issuer-mismatch', bundle('other-issuer')),
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

  unsigned: { expected: unsigned, evidence: [] },
  'attached-sbom': { expected: unsigned, evidence: [{ kind: 'attachment' }] },
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

type Weighted = readonly (readonly [RecipeName, number])[];

/**
 * What happens in each zone and how often. Every recipe listed occurs at least once, however small
 * the lab is. Zones with slow faults, which wait for their limits, have services only on demand.
 */
export const recipesByZone: Readonly<Record<Zone, Weighted>> = {
  acme: [
    ['bundle', 30],
    ['bundle-rekor-2', 14],
    ['legacy', 20],
    ['legacy-and-attested', 8],
    ['signed-twice', 2],
    ['good-beside-poisoned', 1],
    ['index-signed', 6],
    ['index-signed-recursively', 3],
    ['unsigned', 6],
    ['attested-only', 2],
    ['attached-sbom', 1],
    ['other-workflow', 1],
    ['other-branch', 2],
    ['other-issuer', 1],
    ['unknown-root', 1],
    ['copied-bundle', 0.4],
    ['tampered-bundle', 0.4],
    ['foreign-log-entry', 0.3],
  ],
  platform: [
    ['platform-key', 20],
    ['platform-key-bundle', 8],
    ['platform-key-beside-stranger', 1],
    ['key-of-other-team', 1],
    ['tampered-payload', 0.3],
    ['stranger-key', 0.5],
    ['copied-signature', 0.4],
    ['other-claim-type', 0.2],
  ],
  data: [
    ['data-key', 12],
    ['unsigned', 1],
    ['unlogged', 1],
  ],
  edge: [
    ['edge-key', 10],
    ['broken-base64', 0.5],
  ],
  partners: [
    ['no-authority', 2],
    ['unsigned', 1],
  ],
  finance: [
    ['private-repository', 1],
    ['forbidden', 1],
    ['unauthorized', 1],
  ],
  upstream: [
    ['upstream', 6],
    ['upstream-bundle', 4],
    ['unsigned', 1],
  ],
  thirdparty: [
    ['unsigned', 6],
    ['wrong-bytes', 0.5],
  ],
  // A registry that is down or limits us does so for everything: the whole host has the fault.
  hub: [['rate-limited', 1]],
  artifacts: [['server-error', 1]],
  old: [['reset', 1]],
  slow: [['timeout', 1]],
  endless: [['endless', 1]],
};
