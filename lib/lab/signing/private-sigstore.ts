import { createHash, generateKeyPairSync } from 'node:crypto';
import { RFC3161Timestamp } from '@sigstore/core';
// The services one by one: the entry of the package loads nock, which replaces node:http globally.
import { initializeCA } from '@sigstore/mock/dist/fulcio/ca.js';
import { initializeCTLog } from '@sigstore/mock/dist/fulcio/ctlog.js';
import { initializeTLog } from '@sigstore/mock/dist/rekor/tlog.js';
import { initializeTSA } from '@sigstore/mock/dist/timestamp/tsa.js';
import type { Identity } from './identity.ts';
import { generateKeyPair, type KeyPair } from './key-pair.ts';
import { trustedRootJson } from './trusted-root.ts';

/** A short-lived key with its certificate. */
export interface CertifiedKey {
  readonly key: KeyPair;
  readonly certificateDer: Buffer;
  readonly certificatePem: string;
  /** PEM of what stands above the leaf: here the root alone. */
  readonly chainPem: string;
}

/** An entry as the log answers it; hex and base64 as in Rekor v1. */
export interface LoggedEntry {
  readonly kind: string;
  readonly version: string;
  readonly body: string;
  readonly logIndex: number;
  /** Seconds. */
  readonly integratedTime: number;
  readonly logID: string;
  readonly signedEntryTimestamp: string;
  readonly inclusionProof: { readonly rootHash: string; readonly checkpoint: string };
}

/** A private Fulcio, certificate log, Rekor and timestamp authority, called in-process. */
export interface PrivateSigstore {
  readonly trustedRootJson: string;
  /** PEM of the timestamp authority: its certificate, then its root. */
  readonly timestampChainPem: string;
  /** A key certified for the identity; `unknown` comes from a second root that nobody trusts. */
  certify(identity: Identity, root: 'trusted' | 'unknown'): Promise<CertifiedKey>;
  log(entry: { readonly kind: string; readonly apiVersion: string }): Promise<LoggedEntry>;
  /** A DER TimeStampResp over the SHA-256 of the bytes (RFC 3161). */
  timestamp(bytes: Uint8Array): Promise<Buffer>;
}

const rekorUrl = 'https://rekor.acme.example';
const fulcioArc = '1.3.6.1.4.1.57264.1';

/**
 * One certificate serves this many signatures, as when one pipeline run signs several images: issuing
 * one costs a hundred times what a signature costs.
 */
const signaturesPerCertificate = 40;
/** Half the lifetime of a certificate: whoever holds one has time to use it. */
const certificateAgeMs = 5 * 60_000;

interface Pooled {
  readonly certified: Promise<CertifiedKey>;
  readonly issuedAt: number;
  uses: number;
}

/** What the log of @sigstore/mock answers; its own types name a package that it does not bring. */
interface RekorAnswer {
  readonly body: string;
  readonly logIndex: number;
  readonly integratedTime: number;
  readonly logID: string;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: { readonly rootHash: string; readonly checkpoint: string };
  };
}

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/** Starts the services with fresh keys. The trusted root is valid from an hour ago. */
export async function startPrivateSigstore(): Promise<PrivateSigstore> {
  const ctLog = await initializeCTLog(p256());
  const authorities = {
    trusted: await initializeCA(p256(), ctLog),
    unknown: await initializeCA(p256(), ctLog),
  };
  const rekor = await initializeTLog(rekorUrl, p256());
  const timestamps = await initializeTSA(p256());
  const timestampChain = [timestamps.intCertificate, timestamps.rootCertificate].map(bytesOf);

  return {
    trustedRootJson: trustedRootJson({
      rekorUrl,
      rekorKey: rekor.publicKey,
      ctKey: ctLog.publicKey,
      fulcioRoot: bytesOf(authorities.trusted.rootCertificate),
      timestampChain,
      validFrom: new Date(Date.now() - 3_600_000),
    }),
    timestampChainPem: timestampChain.map(pemOf).join(''),
    certify: pooled((identity, root) => issue(authorities[root], identity)),
    async log(entry) {
      const [answer] = Object.values((await rekor.log(entry)) as Record<string, RekorAnswer>);
      if (!answer) throw new TypeError('the log answered without an entry');
      const { body, logIndex, integratedTime, logID, verification } = answer;
      return {
        kind: entry.kind,
        version: entry.apiVersion,
        body,
        logIndex,
        integratedTime,
        logID,
        signedEntryTimestamp: verification.signedEntryTimestamp,
        inclusionProof: verification.inclusionProof,
      };
    },
    timestamp: (bytes) => readableTimestamp(timestamps, bytes),
  };
}

/**
 * A timestamp that can be read. The ASN.1 encoder misplaces the Z of a time whose milliseconds end in
 * zero, which is every tenth: then another one is asked for, some milliseconds later.
 */
async function readableTimestamp(
  authority: Awaited<ReturnType<typeof initializeTSA>>,
  bytes: Uint8Array,
): Promise<Buffer> {
  const artifactHash = createHash('sha256').update(bytes).digest();
  for (;;) {
    const response = bytesOf(
      await authority.timestamp({
        artifactHash,
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        policyOID: '1.3.6.1.4.1.57264.2',
        nonce: 1,
        certReq: true,
      }),
    );
    if (isReadable(response)) return response;
  }
}

function isReadable(response: Buffer): boolean {
  try {
    return !Number.isNaN(RFC3161Timestamp.parse(Buffer.from(response)).signingTime.getTime());
  } catch {
    return false;
  }
}

/** Hands out a certificate for {@link signaturesPerCertificate} signatures of one identity. */
function pooled(issueNew: PrivateSigstore['certify']): PrivateSigstore['certify'] {
  const pool = new Map<string, Pooled>();
  return (identity, root) => {
    const name = `${root} ${identity.issuer} ${identity.subject}`;
    const now = Date.now();
    const known = pool.get(name);
    if (known && known.uses < signaturesPerCertificate && now - known.issuedAt < certificateAgeMs) {
      known.uses++;
      return known.certified;
    }
    const fresh = { certified: issueNew(identity, root), issuedAt: now, uses: 1 };
    pool.set(name, fresh);
    return fresh.certified;
  };
}

async function issue(
  authority: Awaited<ReturnType<typeof initializeCA>>,
  identity: Identity,
): Promise<CertifiedKey> {
  const key = generateKeyPair('ecdsa-p256');
  const der = bytesOf(
    await authority.issueCertificate({
      publicKey: new Uint8Array(key.publicDer),
      subjectAltName: identity.subject,
      extensions: extensionsOf(identity),
    }),
  );
  return {
    key,
    certificateDer: der,
    certificatePem: pemOf(der),
    chainPem: pemOf(bytesOf(authority.rootCertificate)),
  };
}

/** The issuer twice: raw in .1, DER UTF8String in .8. Arcs up to 6 are raw as well. */
const extensionsOf = ({ issuer, extensions }: Identity) => [
  { oid: `${fulcioArc}.1`, value: issuer, legacy: true },
  { oid: `${fulcioArc}.8`, value: issuer },
  ...extensions.map(({ arc, value }) => ({ oid: `${fulcioArc}.${arc}`, value, legacy: arc <= 6 })),
];

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const pemOf = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};
