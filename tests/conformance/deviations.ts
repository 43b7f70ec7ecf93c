/** Where Sealwatch answers another question than the verifiers beside it, on purpose. */
export interface Deviation {
  /** What the other verifiers do. */
  readonly peers: string;
  readonly ours: string;
  readonly why: string;
}

/**
 * Every deliberate deviation. A conformance case that is not applicable names one of these, and the
 * documentation prints all of them.
 */
export const deviations = {
  'several-signers': {
    peers: 'Connaisseur can demand several keys at once, or a number of signatures.',
    ours: 'An authority believes any one of its keys; who else signed is shown.',
    why: 'Sealwatch reports who vouches for an image. How many must is a decision of an admission policy.',
  },
  'reference-in-claim': {
    peers:
      'containers/image always compares the reference in the claim with the one that is pulled.',
    ours: 'The digest in the claim decides. A reference is compared where an authority asks for one.',
    why: 'Mirrors and moved repositories carry good signatures; cosign and the admission controllers do not compare it either.',
  },
  'strict-base64': {
    peers: 'Go readers pass over line breaks inside base64.',
    ours: 'Base64 in bundles, envelopes and claims is one text for one value.',
    why: 'Two texts for one signature let the same evidence pass under two digests.',
  },
  disputed: {
    peers: 'Different calls of one verifier accept and refuse it.',
    ours: 'It is refused where anything of it is refused.',
    why: 'What is in doubt is not called verified.',
  },
  'not-understood': {
    peers: 'The case asks for something that its reader here does not know.',
    ours: 'It is not judged, and it is named.',
    why: 'A demand that is ignored would make a wrong answer look right.',
  },
  rego: {
    peers: 'Gatekeeper runs the rego of a template.',
    ours: 'Rules of the library that are known word for word are evaluated. Others are shown as not evaluated.',
    why: 'A guess about a program is no decision.',
  },
  'claim-type': {
    peers: 'cosign accepts a simple-signing claim of any type.',
    ours: 'The type must be the one that cosign writes.',
    why: 'A signed claim of another kind was not made to vouch for an image.',
  },
  'ambiguous-json': {
    peers: 'Go readers take the last of repeated members, whatever the case of their names.',
    ours: 'Signed JSON that two readers may read differently is refused.',
    why: 'Otherwise one signature proves two different claims to two verifiers.',
  },
  'attestation-is-no-signature': {
    peers: 'With the new bundles, cosign verify counts any verified statement about the digest.',
    ours: 'Only a statement of the type for signatures counts as one; others are attestations.',
    why: 'A verified vulnerability report says nothing about who released the image.',
  },
  'whole-pattern': {
    peers: 'cosign and policy-controller search for a pattern anywhere in the identity.',
    ours: 'A pattern must match the whole identity, and never the empty text.',
    why: 'https://github.com/acme/ is also part of https://evil.example/?https://github.com/acme/.',
  },
  'second-opinion': {
    peers: 'Each verifier trusts its own code.',
    ours: 'Where our own code and @sigstore/verify both judge and differ, nothing is claimed.',
    why: 'One of the two is wrong, and nobody knows yet which.',
  },
  'skip-level': {
    peers: 'At the level skip, notation lets everything pass without a look at it.',
    ours: 'Nothing is verified there, and it is said so.',
    why: 'What nobody looked at is not proven.',
  },
  'logged-failures': {
    peers: 'Below the level strict, notation lets signatures pass whose checks failed.',
    ours: 'The failed checks stay visible, and an unproven signer is never called verified.',
    why: 'A level says what an admission may let through, not what is proven.',
  },
  'content-trust-first-use': {
    peers: 'docker trusts the root of the first trust data that it sees.',
    ours: 'Without a pinned root, trust data is told as legacy and proves nothing.',
    why: 'Whoever answers the first question would otherwise name the signer.',
  },
  'content-trust-fallback': {
    peers: 'docker takes a tag from targets where targets/releases does not name it.',
    ours: 'Where targets/releases is published, it must name the digest itself, as must every role that is asked for.',
    why: 'What the demanded role has not signed is signed by somebody else.',
  },
} as const satisfies Readonly<Record<string, Deviation>>;

export type DeviationName = keyof typeof deviations;
