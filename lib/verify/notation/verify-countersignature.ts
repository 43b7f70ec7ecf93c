import type { Certificate } from '#lib/verify/certificate.ts';
import { isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { verifyTimestamp } from '#lib/verify/timestamp/verify-timestamp.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { nameText } from '#lib/verify/x509/distinguished-name.ts';

/** A time that a timestamp authority of the trust store vouches for. Milliseconds. */
export interface Countersignature {
  readonly at: number;
  /** The time with its accuracy on both sides. */
  readonly from: number;
  readonly until: number;
  readonly by: string;
  /** Certificates of the authority, the root last. */
  readonly chain: readonly Certificate[];
}

/** What a countersignature is checked with: a bare TimeStampToken over the value of a signature. */
export interface CountersignatureQuestion {
  readonly token: Buffer;
  readonly signature: Buffer;
  readonly authorities: readonly TrustedAuthority[];
}

/** The roots of `tsa` trust stores in the shape in which timestamps are verified. */
export const timestampAuthorities = (roots: readonly Certificate[]): readonly TrustedAuthority[] =>
  roots.map((root) => ({
    url: '',
    certificates: [root],
    from: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
  }));

/** Verifies a countersignature (RFC 3161) and tells the span of time that it proves. */
export function verifyCountersignature({
  token,
  signature,
  authorities,
}: CountersignatureQuestion): Countersignature | Refusal {
  const timestamp = verifyTimestamp({
    der: token,
    over: signature,
    authorities,
    domain: 'the trust store',
    container: 'token',
  });
  if (isRefusal(timestamp)) return timestamp;
  return {
    at: timestamp.at.getTime(),
    from: timestamp.earliest,
    until: timestamp.latest,
    by: nameText(timestamp.signer.subjectDer) ?? timestamp.by,
    chain: timestamp.path.certificates,
  };
}
