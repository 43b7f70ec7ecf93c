/** What must be asked of the world before a certificate can be called not revoked. */
export interface RevocationQuestion {
  /** Names the question: equal questions have equal answers for as long as an answer holds. */
  readonly key: string;
  readonly kind: 'ocsp' | 'crl';
  /** From a certificate that leads to a trust store; whoever issued it wrote the address. */
  readonly url: string;
  /** DER OCSPRequest (RFC 6960 §4.1). */
  readonly request?: Uint8Array;
}

/** The bytes that came back, or why none did. Nothing about them is verified yet. */
export type RevocationAnswer = { readonly key: string } & (
  | { readonly outcome: 'answered'; readonly bytes: Uint8Array }
  | { readonly outcome: 'failed'; readonly detail: string }
);
