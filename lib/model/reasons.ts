/** Who can act on a reason. */
export const owners = ['image owner', 'platform', 'registry', 'security', 'Sealwatch'] as const;
export type Owner = (typeof owners)[number];

/** One way in which something can be other than proven. */
export interface Reason {
  /** A few words, for lists. */
  readonly title: string;
  /** What to do, one or two sentences in the imperative. */
  readonly remedy: string;
  readonly owner: Owner;
  /** True when trying again later may give another answer. */
  readonly retryable: boolean;
}

const reason = (title: string, owner: Owner, remedy: string, retryable = false): Reason => ({
  title,
  remedy,
  owner,
  retryable,
});

const rebuild = 'Sign the image again from its pipeline, and find out who wrote this signature.';
const retry = 'Nothing to do at once: it is tried again. If it stays, look at the detail.';

/**
 * The closed catalogue of reason codes. API, UI, CLI, docs and SARIF rules read this table, so a
 * reason cannot appear without telling its reader what to do. Codes are a stable interface.
 */
export const reasons = {
  // Nothing wrong with the cryptography, but nobody vouches.
  'no-signature': reason(
    'No signature found',
    'image owner',
    'Sign the digest in the pipeline that builds it, for example with cosign sign, or mirror a signed build.',
  ),
  'attested-only': reason(
    'Attested, but not signed',
    'image owner',
    'Add a signature: a verified attestation alone is not one. Or accept attestations in the authority.',
  ),
  'no-authority': reason(
    'Signed, but no authority covers this image',
    'security',
    'Add an authority for this image if the signer shown is the right one.',
  ),
  'identity-mismatch': reason(
    'Identity is not one the authority trusts',
    'image owner',
    'Build from the trusted workflow and branch, or widen the authority on purpose.',
  ),
  'issuer-mismatch': reason(
    'Identity provider is not one the authority trusts',
    'image owner',
    'Sign with the trusted identity provider; the same name from another issuer proves nothing.',
  ),
  'key-not-trusted': reason(
    'Signed with a key that does not count for this image',
    'image owner',
    'Sign with the key that the authority names, or add this key to an authority for this image.',
  ),
  'cert-untrusted-root': reason(
    'Certificate comes from an unknown authority',
    'security',
    'Add the trust root that issued it if it is yours; otherwise treat the signer as unknown.',
  ),
  'annotation-mismatch': reason(
    'Signature lacks an annotation that the authority asks for',
    'image owner',
    'Sign again with the annotation named in the detail (cosign sign -a), or drop it from the authority.',
  ),
  'reference-mismatch': reason(
    'Signature names another image reference',
    'image owner',
    'Sign the image under the name that the authority asks for, or widen its rule for references.',
  ),
  'tlog-unknown-log': reason(
    'Logged in a transparency log that is not trusted',
    'security',
    'Refresh the trust root, or name the log in a trust root of your own.',
  ),
  'tsa-untrusted': reason(
    'Timestamp comes from an unknown authority',
    'security',
    'Refresh the trust root, or name the timestamp authority in a trust root of your own.',
  ),
  'sct-unknown-log': reason(
    'Certificate log is not trusted',
    'security',
    'Refresh the trust root, or name the certificate log in a trust root of your own.',
  ),

  // Evidence is there and a check failed.
  'signature-bad': reason('Signature does not verify', 'image owner', rebuild),
  'claim-digest': reason('Signature is about another image', 'image owner', rebuild),
  'claim-type': reason('Signed claim is of another type', 'image owner', rebuild),
  'subject-mismatch': reason('Statement is about another image', 'image owner', rebuild),
  'payload-type': reason('Envelope holds no in-toto statement', 'image owner', rebuild),
  'predicate-mismatch': reason(
    'Attestation is of another type',
    'image owner',
    'Attach an attestation of the type that the policy demands.',
  ),
  'blob-digest': reason(
    'Registry served other bytes than the digest names',
    'registry',
    'Repair or replace the registry or proxy: its content does not match its address.',
  ),
  'manifest-ambiguous': reason(
    'Manifest can be read in two ways',
    'image owner',
    'Rebuild the image with a tool that writes either layers or manifests, and find out who pushed this.',
  ),
  'manifest-malformed': reason('Manifest is malformed', 'image owner', 'Push the image again.'),
  'json-malformed': reason('Signed content is malformed', 'image owner', rebuild),
  'json-ambiguous': reason('Signed content can be read in two ways', 'image owner', rebuild),
  'base64-malformed': reason('Signature is not proper base64', 'image owner', rebuild),
  'bundle-malformed': reason('Bundle is malformed', 'image owner', rebuild),
  'cert-malformed': reason('Certificate is malformed', 'image owner', rebuild),
  'cert-path': reason('Certificate chain does not hold', 'image owner', rebuild),
  'cert-eku': reason('Certificate is not for code signing', 'image owner', rebuild),
  'cert-ku': reason('Certificate key is not for signing', 'image owner', rebuild),
  'cert-critical-ext': reason(
    'Certificate has a critical extension we do not know',
    'image owner',
    rebuild,
  ),
  'cert-expired-at-time': reason(
    'Certificate was not valid when it signed',
    'image owner',
    'Sign again: the proven signing time lies outside the validity of the certificate.',
  ),
  'cert-root-in-bundle': reason('Bundle carries its own root certificate', 'image owner', rebuild),
  'cert-key-mismatch': reason(
    'Certificate does not belong to the signing key',
    'image owner',
    rebuild,
  ),
  'sct-missing': reason('Certificate was not logged', 'image owner', rebuild),
  'sct-bad': reason('Certificate log proof does not verify', 'image owner', rebuild),
  'issuer-conflict': reason('Certificate names two issuers', 'image owner', rebuild),
  'identity-ambiguous': reason(
    'Certificate names several or no identities',
    'image owner',
    rebuild,
  ),
  'tlog-missing': reason(
    'No proof from a transparency log',
    'image owner',
    'Sign with upload to the log, or say in the authority that this key needs none.',
  ),
  'tlog-set-bad': reason('Log promise does not verify', 'image owner', rebuild),
  'tlog-proof-bad': reason('Log inclusion proof does not verify', 'image owner', rebuild),
  'tlog-checkpoint-bad': reason('Log checkpoint does not verify', 'image owner', rebuild),
  'tlog-body': reason('Log entry is about another signature', 'image owner', rebuild),
  'tlog-key': reason('Log entry names another key or certificate', 'image owner', rebuild),
  'tlog-duplicate': reason('Log entry is repeated', 'image owner', rebuild),
  'tlog-threshold': reason('Too few transparency logs', 'image owner', rebuild),
  'tsa-bad': reason('Timestamp does not verify', 'image owner', rebuild),
  'tsa-eku': reason('Timestamp certificate is not for timestamps', 'image owner', rebuild),
  'no-trusted-time': reason(
    'Nothing proves when it was signed',
    'image owner',
    'Sign with a transparency log or a timestamp authority.',
  ),
  'time-future': reason('Signing time lies in the future', 'image owner', rebuild),
  'key-window': reason(
    'Signed outside the time in which the key counts',
    'image owner',
    'Sign again with the current key.',
  ),
  'key-weak': reason(
    'Key is too weak or of a refused kind',
    'image owner',
    'Use a P-256 or stronger key.',
  ),
  'notation-crit': reason(
    'Critical header of the signature is missing or unknown',
    'image owner',
    rebuild,
  ),
  'notation-scheme': reason('Signing scheme of the signature is broken', 'image owner', rebuild),
  'notation-target': reason(
    'Signature is about another media type or size',
    'image owner',
    'Sign the image as it lies in the registry again, and find out who wrote this signature.',
  ),
  'notation-expired': reason(
    'Signature has expired',
    'image owner',
    'Sign the image again: the signer gave this signature an end, and it has passed.',
  ),
  'cert-revoked': reason(
    'Signing certificate was revoked',
    'security',
    'Treat what this key signed as untrusted, and sign with a new certificate.',
  ),

  // We could not look, or could not judge.
  'policy-skips': reason(
    'Trust policy skips verification for this image',
    'security',
    'Raise the level of the statement in the Notation trust policy: at level skip nothing is proven.',
  ),
  'revocation-unknown': reason(
    'Revocation of the certificate could not be checked',
    'platform',
    'Let the server reach the OCSP or CRL address in the detail (egress.allow for private ones).',
    true,
  ),
  'key-unresolvable': reason(
    'No public key is known for this signature',
    'security',
    'Export the public key (for a KMS: cosign public-key --key …) and name it in an authority.',
  ),
  'unsupported-algorithm': reason(
    'Signature algorithm is not supported',
    'Sealwatch',
    'Sign with ECDSA, RSA or Ed25519, or wait for support.',
  ),
  'unsupported-format': reason(
    'Signature format is not supported yet',
    'Sealwatch',
    'Nothing is claimed about it. Sign with cosign as well, or wait for support.',
  ),
  'unsupported-digest': reason(
    'Digest algorithm is not supported',
    'image owner',
    'Refer to the image by its SHA-256 digest.',
  ),
  'registry-unauthorized': reason(
    'Registry refused our credentials (401)',
    'platform',
    'Renew the credentials for this registry, or name a pull secret that works.',
    true,
  ),
  'registry-forbidden': reason(
    'Registry denied access (403)',
    'platform',
    'Give the credentials pull access to this repository.',
    true,
  ),
  'registry-not-found': reason(
    'Image is not in its registry, or hidden from us (404)',
    'platform',
    'Check that the image still exists; a private repository answers the same without credentials.',
    true,
  ),
  'registry-ratelimited': reason(
    'Rate limited (429)',
    'platform',
    'Wait for the budget to return, or log in to raise it.',
    true,
  ),
  'registry-error': reason('Registry failed (5xx)', 'registry', retry, true),
  'registry-unreachable': reason(
    'Registry is not reachable',
    'platform',
    'Check name resolution, firewall and TLS from this server to the registry.',
    true,
  ),
  'registry-timeout': reason('Registry was too slow', 'registry', retry, true),
  'registry-tls': reason(
    'TLS connection to the registry failed',
    'platform',
    'Name the CA of this registry in the configuration (registries[].ca), or renew its certificate.',
    true,
  ),
  'registry-protocol': reason(
    'Registry answered against the protocol',
    'registry',
    'Check for a proxy or login page in between; the detail shows what came back.',
    true,
  ),
  'registry-redirect-blocked': reason(
    'Registry redirected to an address that is not allowed',
    'platform',
    'If the address is right, allow its host in the configuration (egress.allow).',
  ),
  'egress-blocked': reason(
    'Address is not allowed',
    'platform',
    'If this private address is right, allow its host in the configuration (egress.allow).',
  ),
  'token-realm-blocked': reason(
    'Registry sent us to a token service that is not allowed',
    'platform',
    'If the service is right, name it for this registry (registries[].tokenRealms).',
  ),
  'discovery-incomplete': reason(
    'Some places could not be searched',
    'platform',
    'Look at the places that failed; until then nothing is claimed.',
    true,
  ),
  'limit-exceeded': reason(
    'More or larger than we read',
    'image owner',
    'Remove surplus signatures or referrers beside this digest.',
  ),
  'trustroot-missing': reason(
    'Trust root is not available',
    'platform',
    'Name a trusted_root.json, or let the server reach the TUF repository.',
    true,
  ),
  'trustroot-stale': reason(
    'Trust root is out of date',
    'platform',
    'Let the server reach the TUF repository, or provide a newer trusted_root.json.',
    true,
  ),
  'verifier-crash': reason(
    'Verifier failed on this evidence',
    'Sealwatch',
    'Report the evidence named in the detail; nothing is claimed about it.',
  ),
  'verifier-timeout': reason(
    'Verifier took too long',
    'Sealwatch',
    'Report the evidence named in the detail.',
  ),
  'verifier-disagreement': reason(
    'Two verifiers disagree',
    'Sealwatch',
    'Report the evidence named in the detail; nothing is claimed about it.',
  ),
  'unresolvable-local': reason(
    'Runs an image that no registry named',
    'platform',
    'Run an image pulled from a registry: this one was loaded on the node.',
  ),
  pending: reason('Not started yet', 'platform', 'Wait for the container to start.', true),
  'reference-malformed': reason(
    'Image reference is malformed',
    'image owner',
    'Correct the reference in the workload.',
  ),
  'not-checked-yet': reason('Not checked yet', 'Sealwatch', 'Wait for the running scan.', true),

  // Docker Content Trust (Notary v1).
  'legacy-trust-data': reason(
    'Legacy trust data, and no root pinned for it',
    'security',
    'Docker Content Trust ends with its servers: sign with cosign or notation. Until then pin the root (contentTrust[].rootKeys) if you rely on it.',
  ),
  'trust-data-malformed': reason('Trust data is malformed', 'image owner', rebuild),
  'trust-data-mismatch': reason(
    'Trust data does not fit together',
    'registry',
    'Repair the trust server or the proxy before it: its files are not the ones that were signed.',
    true,
  ),
  'trust-data-expired': reason(
    'Trust data has expired',
    'image owner',
    'Publish the trust data again, or better, sign with cosign or notation. A server that hides newer data looks the same.',
  ),
  'trust-data-rollback': reason(
    'Trust data is older than what was seen before',
    'registry',
    'Find out who put old data on the trust server. If it was restored from a backup, remove its folder from the trust cache.',
  ),
  'trust-data-root': reason(
    'Root of the trust data is not the successor of the one known',
    'security',
    'Ask the publisher whether the root was replaced; if so, remove its folder from the trust cache or pin the new root.',
  ),
  'tag-not-signed': reason(
    'Trust data does not name this image',
    'image owner',
    'Sign the tag, or run the digest that trust data names for it.',
  ),
  'role-not-trusted': reason(
    'Signed by a role that does not count',
    'image owner',
    'Sign as the delegation that is demanded, or name the role in contentTrust[].delegations.',
  ),

  // A cluster could not be read.
  'cluster-config': reason(
    'Cluster connection is misconfigured',
    'platform',
    'Correct the kubeconfig or the cluster entry named in the detail.',
  ),
  'cluster-unreachable': reason(
    'Cluster API is not reachable',
    'platform',
    'Check address, firewall and TLS from this server to the API server.',
    true,
  ),
  'cluster-unauthorized': reason(
    'Cluster refused our identity (401)',
    'platform',
    'Renew the token or client certificate of this cluster entry.',
    true,
  ),
  'cluster-forbidden': reason(
    'Cluster denies reading (403)',
    'platform',
    'Grant get, list and watch on what the detail names; deploy/ has the ClusterRole.',
    true,
  ),
  'cluster-error': reason('Cluster API failed', 'platform', retry, true),
  'cluster-stale': reason(
    'Cluster has not reported for a while',
    'platform',
    'Look at the cause on the Clusters page; its rows are shown with their age.',
    true,
  ),
  'input-file': reason(
    'Input file cannot be read',
    'platform',
    'Correct the file named in the detail: it must be Kubernetes JSON or YAML.',
  ),

  // Findings that are not about signatures.
  'tag-latest': reason(
    'Pinned by "latest" or by nothing',
    'image owner',
    'Write the digest into the workload; "latest" may be anything at the next restart.',
  ),
  'tag-only': reason(
    'Pinned by a tag',
    'image owner',
    'Write the digest behind the tag: the tag may name another image at the next restart.',
  ),
  'tag-moved': reason(
    'Tag now names another digest',
    'image owner',
    'Roll out on purpose or pin the running digest: the next restart pulls the other one.',
  ),
  'tag-gone': reason(
    'Tag no longer exists',
    'image owner',
    'Pin the running digest, or push the tag again: the next pull fails.',
  ),
  'replicas-differ': reason(
    'Replicas run different digests',
    'image owner',
    'Pin the digest and roll out again, so that every replica runs the same image.',
  ),
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof reasons;

/** The catalogue entry of a code. */
export const reasonOf = (code: ReasonCode): Reason => reasons[code];

/** True for a code of the catalogue; for codes that come from outside the type system. */
export const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(reasons, code);
