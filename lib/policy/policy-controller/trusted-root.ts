import { createPublicKey, hash, type KeyObject, X509Certificate } from 'node:crypto';
import { limits } from '#lib/model/limits.ts';
import type { TrustRootContent } from './trust-root.ts';

type Keys = Extract<TrustRootContent, { readonly from: 'sigstoreKeys' }>['sigstoreKeys'];
type LogOfKeys = Keys['tLogs'][number];
type AuthorityOfKeys = Keys['certificateAuthorities'][number];

/** The text of a `trusted_root.json`, or why there is none. */
export type WrittenRoot =
  | { readonly kind: 'root'; readonly json: string }
  | { readonly kind: 'problem'; readonly detail: string };

/** The engine bounds neither keys nor authorities in time; certificates bound themselves. */
const validFor = { start: '1970-01-01T00:00:00Z' } as const;

/**
 * The material of a TrustRoot object as a `trusted_root.json`. Keys and certificates that stand in the
 * object become one; what lies in a TUF repository, in the object or at a mirror, is not fetched here.
 * @see https://github.com/sigstore/policy-controller/blob/main/pkg/apis/config/sigstore_keys.go
 */
export function writeTrustedRoot(content: TrustRootContent): WrittenRoot {
  if (content.from === 'remote') {
    const mirror = content.remote.mirror.slice(0, limits.attestationText);
    return problem(`its material lies in the TUF repository ${mirror}, which is not asked`);
  }
  if (content.from === 'repository')
    return problem('its material lies in a TUF repository packed into the object, not opened here');
  const { sigstoreKeys: keys } = content;
  try {
    const root = {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: keys.tLogs.map(logOf),
      certificateAuthorities: keys.certificateAuthorities.map(authorityOf),
      ctlogs: keys.ctLogs.map(logOf),
      timestampAuthorities: keys.timestampAuthorities.map(authorityOf),
    };
    return { kind: 'root', json: JSON.stringify(root) };
  } catch (error) {
    return problem(`a key or certificate in it cannot be read: ${(error as Error).message}`);
  }
}

const problem = (detail: string): WrittenRoot => ({ kind: 'problem', detail });

/** Byte fields of the object are base64 of PEM. */
const pemOf = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

function logOf({ baseURL, publicKey }: LogOfKeys): object {
  const key = createPublicKey(pemOf(publicKey));
  const spki = key.export({ type: 'spki', format: 'der' });
  return {
    baseUrl: baseURL,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: spki.toString('base64'), keyDetails: detailsOf(key), validFor },
    // A log is named by the hash of its key (RFC 6962 §3.2, and so does Rekor).
    logId: { keyId: hash('sha256', spki, 'base64') },
  };
}

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'PKIX_ECDSA_P256_SHA_256',
  secp384r1: 'PKIX_ECDSA_P384_SHA_384',
  secp521r1: 'PKIX_ECDSA_P521_SHA_512',
};

function detailsOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string {
  if (asymmetricKeyType === 'ed25519') return 'PKIX_ED25519';
  const { namedCurve = '', modulusLength } = asymmetricKeyDetails;
  const details =
    asymmetricKeyType === 'rsa' && modulusLength !== undefined
      ? `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`
      : curves[namedCurve];
  if (details === undefined)
    throw new TypeError(`the key of a log is of the kind ${asymmetricKeyType}`);
  return details;
}

function authorityOf({ subject, uri, certChain }: AuthorityOfKeys): object {
  const pems = pemOf(certChain).match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (pems === null) throw new TypeError('a chain has no certificate');
  const certificates = pems.map((pem) => ({
    rawBytes: new X509Certificate(pem).raw.toString('base64'),
  }));
  const { organization, commonName } = subject;
  return { subject: { organization, commonName }, uri, certChain: { certificates }, validFor };
}
