import { createHash } from 'node:crypto';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** The DER public parts of a private Sigstore. */
export interface TrustedParts {
  readonly rekorUrl: string;
  /** SPKI of the Rekor key. */
  readonly rekorKey: Uint8Array;
  /** SPKI of the certificate log key. */
  readonly ctKey: Uint8Array;
  readonly fulcioRoot: Uint8Array;
  /** Leaf first. */
  readonly timestampChain: readonly Uint8Array[];
  readonly validFrom: Date;
}

/**
 * The `trusted_root.json` text for a private Sigstore.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
export function trustedRootJson(parts: TrustedParts): string {
  const validFor = { start: parts.validFrom.toISOString() };
  const log = (baseUrl: string, key: Uint8Array) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(key), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: createHash('sha256').update(key).digest('base64') },
  });
  const authority = (commonName: string, uri: string, chain: readonly Uint8Array[]) => ({
    subject: { organization: 'acme.example', commonName },
    uri,
    certChain: { certificates: chain.map((certificate) => ({ rawBytes: base64(certificate) })) },
    validFor,
  });
  return `${JSON.stringify(
    {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(parts.rekorUrl, parts.rekorKey)],
      certificateAuthorities: [
        authority('fulcio', 'https://fulcio.acme.example', [parts.fulcioRoot]),
      ],
      ctlogs: [log('https://ct.acme.example', parts.ctKey)],
      timestampAuthorities: [
        authority('timestamp', 'https://timestamp.acme.example', parts.timestampChain),
      ],
    },
    null,
    2,
  )}\n`;
}
