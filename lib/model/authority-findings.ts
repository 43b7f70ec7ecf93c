import type { Severity } from './posture.ts';

/** One way in which an authority or a trust root is weaker than its reader may think. */
export interface Weakness {
  /** A few words, for lists. */
  readonly title: string;
  readonly severity: Severity;
  /** What to write instead, one or two sentences in the imperative. */
  readonly remedy: string;
}

const weakness = (severity: Severity, title: string, remedy: string): Weakness => ({
  title,
  severity,
  remedy,
});

/**
 * The closed catalogue of weaknesses. Settings page, API, `sealwatch doctor` and documentation read
 * this table. None of them changes a verdict: a weak rule is still the operator's rule. Codes are a
 * stable interface.
 */
export const weaknesses = {
  // Whom an authority believes.
  'subject-anyone': weakness(
    'critical',
    'Believes whoever has a certificate',
    'Name the subject that signs: its host, organisation, repository, workflow and ref.',
  ),
  'subject-any-host': weakness(
    'high',
    'Host of the subject is not fixed',
    'Write the scheme and the host out, dots escaped: a wildcard there reaches hosts of strangers.',
  ),
  'subject-any-owner': weakness(
    'high',
    'Organisation of the subject is not fixed',
    'Write the organisation out up to the slash behind it: anyone can open an account on this host.',
  ),
  'subject-any-mailbox': weakness(
    'medium',
    'Everyone with an address at this domain may sign',
    'Name the addresses that sign, or sign with the identity of a pipeline.',
  ),
  'subject-any-ref': weakness(
    'medium',
    'Every branch may sign',
    'End the subject in the refs that release, such as @refs/heads/main or @refs/tags/v.+ (with a preset: ref). Whoever may push a branch can change the workflow on it.',
  ),
  'subject-without-ref': weakness(
    'medium',
    'Subject of a workflow names no ref',
    'Add @ and the ref, such as @refs/heads/main: without it this rule matches no certificate.',
  ),
  'subject-any-caller': weakness(
    'low',
    'Workflow may have been called by another repository',
    'Add claims.sourceRepositoryOwnerUri or claims.sourceRepositoryUri: the subject names the workflow, and others may call one that can be reused.',
  ),
  'pattern-loose-dot': weakness(
    'low',
    'Unescaped dot in a host',
    'Write \\. where a dot is meant: a dot alone stands for any character.',
  ),
  'pattern-unread': weakness(
    'low',
    'Pattern is too complicated to be looked at',
    'Split it into several identities, so that what each leaves open can be told.',
  ),
  'exact-like-pattern': weakness(
    'medium',
    'Exact rule is written like a pattern',
    'Move it to the key that ends in Pattern (RE2 over the whole text): here every character stands for itself.',
  ),
  'rule-unusable': weakness(
    'high',
    'Rule cannot be used',
    'Correct the rule: until then nothing is verified under this authority.',
  ),
  'issuer-anyone': weakness(
    'critical',
    'Believes any identity provider',
    'Write the one issuer out. Another provider may hand out the same subject to somebody else.',
  ),
  'issuer-pattern': weakness(
    'low',
    'Issuer is a pattern',
    'Write the issuer as one exact address, and one identity for each issuer.',
  ),
  'issuer-none': weakness(
    'medium',
    'No identity provider is asked for',
    'Name the issuer. `none` is for a private PKI, whose certificates name none.',
  ),

  // Keys.
  'key-expired': weakness(
    'low',
    'Key no longer counts for new signatures',
    'Keep it as long as images that it signed are in use, then remove it.',
  ),
  'keys-all-expired': weakness(
    'high',
    'No key counts at present',
    'Add the key that signs now: what is signed today cannot be verified.',
  ),
  'key-not-yet-valid': weakness(
    'low',
    'Key does not count yet',
    'Nothing, if it is the next key of a rotation; else correct validFrom.',
  ),
  'key-without-window': weakness(
    'medium',
    'Key without end among keys that rotate',
    'Write validFrom for the current key and validUntil for the ones before it.',
  ),
  'key-window-unprovable': weakness(
    'high',
    'Validity of a key can never be proven',
    'Name a trustRoot whose log or timestamps prove when it signed (tlog: required), or drop the dates.',
  ),
  'key-weak': weakness(
    'high',
    'Key is too weak or of a refused kind',
    'Use a P-256 or stronger key, or RSA of at least 2048 bits; this one verifies nothing.',
  ),

  // What an authority does without.
  'tlog-ignored': weakness(
    'low',
    'No transparency log is asked for',
    'Write tlog: required and a trustRoot, if its signatures are logged: without a log a stolen key can sign unseen, and no time is proven.',
  ),
  'tlog-ignored-keyless': weakness(
    'medium',
    'Certificates without their log',
    'Write tlog: required, as this trust root has logs: certificates live for minutes, and the log is what proves the time.',
  ),
  'sct-ignored': weakness(
    'medium',
    'Certificates need not be logged',
    'Write sct: required, as this trust root has certificate logs: a certificate that was issued in secret would pass.',
  ),

  // Images.
  'images-everything': weakness(
    'medium',
    'Speaks about every image',
    'Name the registry and repositories that this signer may sign: now its signature makes any image of anyone verified.',
  ),
  'images-any-registry': weakness(
    'medium',
    'Registry of the images is not fixed',
    'Write the host out: a repository of the same name elsewhere belongs to somebody else.',
  ),
  'images-never': weakness(
    'medium',
    'Glob matches no image',
    'Write registry/repository without tag and digest; Docker Hub is docker.io/library/nginx.',
  ),

  // Authorities beside each other: any of them suffices.
  'authorities-contradict': weakness(
    'medium',
    'Another authority asks for less of the same signer',
    'Write both alike, or give them different images: any authority suffices, so the laxer one decides.',
  ),

  // Notation and Docker Content Trust.
  'notation-skip': weakness(
    'medium',
    'Trust policy skips verification',
    'Raise the level: at level skip nothing about these images is proven.',
  ),
  'notation-not-enforced': weakness(
    'medium',
    'Trust policy only logs an unknown signer',
    'Use level strict or permissive: at level audit notation lets the signature of a stranger pass. Here it stays an untrusted signer.',
  ),
  'notation-any-identity': weakness(
    'medium',
    'Every certificate of the trust store may sign',
    'List trustedIdentities (x509.subject: C=…, ST=…, O=…), unless the authority issues to nobody else.',
  ),
  'notation-revocation': weakness(
    'low',
    'Revocation is not enforced',
    'Leave revocation to level strict, or write revocation: enforce: a certificate that nobody can be asked about passes now.',
  ),
  'content-trust-ends': weakness(
    'low',
    'Docker Content Trust comes to its end',
    'Sign with cosign or notation before the trust server is switched off; notary.docker.io ends on 2026-12-08.',
  ),

  // Certificates of trust stores and trust roots.
  'certificate-expired': weakness(
    'medium',
    'Certificate has expired',
    'Add its successor: what is signed now cannot be verified under it.',
  ),
  'certificate-expires-soon': weakness(
    'low',
    'Certificate expires within 30 days',
    'Add its successor before that day.',
  ),
  'certificate-weak': weakness(
    'high',
    'Certificate is signed with a broken hash or has a weak key',
    'Replace it by one with SHA-256 and P-256, or RSA of at least 2048 bits; chains through it are refused.',
  ),

  // Trust roots.
  'root-missing': weakness(
    'high',
    'Trust root is not there',
    'Correct its entry under trustRoots, or the name that the authority gives.',
  ),
  'root-unusable': weakness(
    'high',
    'Trust root cannot be read',
    'Replace the file: until then nothing is verified under the authorities that name it.',
  ),
  'root-stale': weakness(
    'high',
    'Trust root could not be refreshed',
    'Let the server reach the TUF mirror, or pin a newer trusted_root.json.',
  ),
  'root-lapsed': weakness(
    'medium',
    'TUF metadata of the trust root has lapsed',
    'Let the server reach the TUF mirror: newer logs, authorities and revocations are not known here.',
  ),
  'root-expires-soon': weakness(
    'low',
    'TUF metadata of the trust root lapses within a day',
    'See that the mirror can be reached and is kept up to date.',
  ),
  'root-old': weakness(
    'low',
    'Trust root is older than half a year',
    'Write tuf: { mirror: … } for it, or pin a newer trusted_root.json: several logs begin every year.',
  ),
  'root-newer': weakness(
    'info',
    'Trust root is written in a newer format',
    'See that other verifiers read it too: cosign and sigstore-go know version 0.1 of trusted_root.json only.',
  ),
  'root-retired': weakness(
    'medium',
    'Nothing in the trust root counts at present',
    'Provide a newer trusted_root.json: all its authorities, or all its logs, have come to their end.',
  ),

  'preset-unconfirmed': weakness(
    'info',
    'Preset rests on something no document confirms',
    'Ask the publisher, or write the authority yourself from what you know.',
  ),
} as const satisfies Record<string, Weakness>;

export type WeaknessCode = keyof typeof weaknesses;

/** A weakness where it was found. */
export interface AuthorityFinding {
  readonly code: WeaknessCode;
  readonly about: { readonly kind: 'authority' | 'trust-root'; readonly name: string };
  /** The key of the configuration below the authority, `keyless.identities[0].subject`, or a part of a trust root. */
  readonly where: string;
  /** What stands there, and what follows. */
  readonly detail: string;
}

/** Findings with the gravest first; those of one severity stay in their order. */
export const gravestFirst = (findings: readonly AuthorityFinding[]): readonly AuthorityFinding[] =>
  [...findings].sort((a, b) => rankOf(a) - rankOf(b));

const ranks: Readonly<Record<Severity, number>> = {
  critical: 0,
  high: 1,
  medium: 2,
  low: 3,
  info: 4,
};
const rankOf = ({ code }: AuthorityFinding): number => ranks[weaknesses[code].severity];
