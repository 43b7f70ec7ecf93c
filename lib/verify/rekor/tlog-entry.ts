/** A log entry as evidence carries it. Everything here is claimed by the writer of the evidence. */
export interface TlogEntry {
  /** ID of the log, lower-case hex. */
  readonly logId: string;
  readonly kind: string;
  readonly version: string;
  /** Index over all shards of the log, decimal digits. */
  readonly logIndex: string;
  /** Seconds since 1970, decimal digits; `0` where the log vouches for no time. */
  readonly integratedTime: string;
  /** The signed entry timestamp of Rekor v1. */
  readonly promise?: Buffer;
  readonly proof?: InclusionProof;
  /** The canonicalized body, and the base64 text as which it was written. */
  readonly body: Buffer;
  readonly bodyText: string;
}

/** An inclusion proof (RFC 6962 §2.1.1). The index is that within one shard. */
export interface InclusionProof {
  readonly logIndex: string;
  readonly hashes: readonly Buffer[];
  /** The signed note in which the log commits to its root. */
  readonly checkpoint?: string;
  /** Root and size that the bundle repeats; the checkpoint is what counts. */
  readonly rootHash?: Buffer;
  readonly treeSize?: string;
}

/** True for entries of Rekor v2, which has neither promises nor times. */
export const isRekorV2 = ({ kind, version }: Pick<TlogEntry, 'kind' | 'version'>): boolean =>
  version === '0.0.2' && (kind === 'hashedrekord' || kind === 'dsse');
